from django.db import migrations, models

from portal.publishing.migrating import AddSearchIndex, AddLiveIndex, RemoveLiveIndex


class Migration(migrations.Migration):
    # PostgreSQL makes these while officers and residents go on; it cannot in a transaction.
    atomic = False

    dependencies = [
        ('locations', '0001_initial'),
        ('publishing', '0004_allow_trigrams'),
    ]

    operations = [
        RemoveLiveIndex(
            model_name='exposurelocation',
            name='exposurelocation_added',
        ),
        RemoveLiveIndex(
            model_name='exposurelocation',
            name='exposurelocation_by_ward',
        ),
        RemoveLiveIndex(
            model_name='exposurelocation',
            name='exposurelocation_by_district',
        ),
        RemoveLiveIndex(
            model_name='flight',
            name='flight_added',
        ),
        AddLiveIndex(
            model_name='exposurelocation',
            index=models.Index(fields=['state', 'listed_until'], name='exposurelocation_current'),
        ),
        AddLiveIndex(
            model_name='exposurelocation',
            index=models.Index(fields=['province', '-published_at', '-id'], name='exposurelocation_added'),
        ),
        AddLiveIndex(
            model_name='exposurelocation',
            index=models.Index(fields=['-published_at', '-id'], name='exposurelocation_newest'),
        ),
        AddLiveIndex(
            model_name='exposurelocation',
            index=models.Index(fields=['province', '-updated_at', '-id'], name='exposurelocation_changed'),
        ),
        AddLiveIndex(
            model_name='exposurelocation',
            index=models.Index(fields=['-updated_at', '-id'], name='exposurelocation_last_changed'),
        ),
        AddLiveIndex(
            model_name='exposurelocation',
            index=models.Index(fields=['province', '-id'], name='exposurelocation_of_province'),
        ),
        AddLiveIndex(
            model_name='exposurelocation',
            index=models.Index(fields=['state', '-id'], name='exposurelocation_in_state'),
        ),
        AddLiveIndex(
            model_name='exposurelocation',
            index=models.Index(fields=['province', 'state', '-id'], name='exposurelocation_waiting'),
        ),
        AddLiveIndex(
            model_name='exposurelocation',
            index=models.Index(fields=['province', 'ward', '-published_at', '-id'], name='exposurelocation_wards'),
        ),
        AddLiveIndex(
            model_name='exposurelocation',
            index=models.Index(fields=['province', 'district', '-published_at', '-id'], name='exposurelocation_districts'),
        ),
        AddLiveIndex(
            model_name='flight',
            index=models.Index(fields=['state', 'listed_until'], name='flight_current'),
        ),
        AddLiveIndex(
            model_name='flight',
            index=models.Index(fields=['province', '-published_at', '-id'], name='flight_added'),
        ),
        AddLiveIndex(
            model_name='flight',
            index=models.Index(fields=['-published_at', '-id'], name='flight_newest'),
        ),
        AddLiveIndex(
            model_name='flight',
            index=models.Index(fields=['province', '-updated_at', '-id'], name='flight_changed'),
        ),
        AddLiveIndex(
            model_name='flight',
            index=models.Index(fields=['-updated_at', '-id'], name='flight_last_changed'),
        ),
        AddLiveIndex(
            model_name='flight',
            index=models.Index(fields=['province', '-id'], name='flight_of_province'),
        ),
        AddLiveIndex(
            model_name='flight',
            index=models.Index(fields=['state', '-id'], name='flight_in_state'),
        ),
        AddLiveIndex(
            model_name='flight',
            index=models.Index(fields=['province', 'state', '-id'], name='flight_waiting'),
        ),
        AddLiveIndex(
            model_name='exposurewindow',
            index=models.Index(condition=models.Q(('ends_on__gt', models.F('starts_on'))), fields=['ends_on'], name='exposurewindow_several_days'),
        ),
        AddSearchIndex('ExposureLocation'),
        AddSearchIndex('Flight'),
    ]
