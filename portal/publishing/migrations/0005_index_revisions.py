from django.db import migrations, models

from portal.publishing.migrating import AddLiveIndex


class Migration(migrations.Migration):
    # PostgreSQL makes these while officers and residents go on; it cannot in a transaction.
    atomic = False

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('locations', '0001_initial'),
        ('publishing', '0004_allow_trigrams'),
    ]

    operations = [
        AddLiveIndex(
            model_name='revision',
            index=models.Index(condition=models.Q(('is_correction', True)), fields=['-sequence'], name='revision_all_corrections'),
        ),
        AddLiveIndex(
            model_name='revision',
            index=models.Index(condition=models.Q(('is_correction', True)), fields=['decided_at'], name='revision_corrected_at'),
        ),
        AddLiveIndex(
            model_name='revision',
            index=models.Index(fields=['province', '-id'], name='revision_of_province'),
        ),
        AddLiveIndex(
            model_name='revision',
            index=models.Index(fields=['state', '-id'], name='revision_in_state'),
        ),
    ]
