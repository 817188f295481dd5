from django.db import migrations, models

from portal.publishing.migrating import AddSearchIndex, AddLiveIndex, RemoveLiveIndex


class Migration(migrations.Migration):
    # PostgreSQL makes these while officers and residents go on; it cannot in a transaction.
    atomic = False

    dependencies = [
        ('alerts', '0003_zalo'),
        ('locations', '0002_index_search_and_lists'),
    ]

    operations = [
        RemoveLiveIndex(
            model_name='caseannouncement',
            name='caseannouncement_added',
        ),
        RemoveLiveIndex(
            model_name='figure',
            name='figure_added',
        ),
        RemoveLiveIndex(
            model_name='guidance',
            name='guidance_added',
        ),
        RemoveLiveIndex(
            model_name='notice',
            name='notice_added',
        ),
        AddLiveIndex(
            model_name='caseannouncement',
            index=models.Index(fields=['state', 'listed_until'], name='caseannouncement_current'),
        ),
        AddLiveIndex(
            model_name='caseannouncement',
            index=models.Index(fields=['province', '-published_at', '-id'], name='caseannouncement_added'),
        ),
        AddLiveIndex(
            model_name='caseannouncement',
            index=models.Index(fields=['-published_at', '-id'], name='caseannouncement_newest'),
        ),
        AddLiveIndex(
            model_name='caseannouncement',
            index=models.Index(fields=['province', '-updated_at', '-id'], name='caseannouncement_changed'),
        ),
        AddLiveIndex(
            model_name='caseannouncement',
            index=models.Index(fields=['-updated_at', '-id'], name='caseannouncement_last_changed'),
        ),
        AddLiveIndex(
            model_name='caseannouncement',
            index=models.Index(fields=['province', '-id'], name='caseannouncement_of_province'),
        ),
        AddLiveIndex(
            model_name='caseannouncement',
            index=models.Index(fields=['state', '-id'], name='caseannouncement_in_state'),
        ),
        AddLiveIndex(
            model_name='caseannouncement',
            index=models.Index(fields=['province', 'state', '-id'], name='caseannouncement_waiting'),
        ),
        AddLiveIndex(
            model_name='figure',
            index=models.Index(fields=['state', 'listed_until'], name='figure_current'),
        ),
        AddLiveIndex(
            model_name='figure',
            index=models.Index(fields=['province', '-published_at', '-id'], name='figure_added'),
        ),
        AddLiveIndex(
            model_name='figure',
            index=models.Index(fields=['-published_at', '-id'], name='figure_newest'),
        ),
        AddLiveIndex(
            model_name='figure',
            index=models.Index(fields=['province', '-updated_at', '-id'], name='figure_changed'),
        ),
        AddLiveIndex(
            model_name='figure',
            index=models.Index(fields=['-updated_at', '-id'], name='figure_last_changed'),
        ),
        AddLiveIndex(
            model_name='figure',
            index=models.Index(fields=['province', '-id'], name='figure_of_province'),
        ),
        AddLiveIndex(
            model_name='figure',
            index=models.Index(fields=['state', '-id'], name='figure_in_state'),
        ),
        AddLiveIndex(
            model_name='figure',
            index=models.Index(fields=['province', 'state', '-id'], name='figure_waiting'),
        ),
        AddLiveIndex(
            model_name='guidance',
            index=models.Index(fields=['state', 'listed_until'], name='guidance_current'),
        ),
        AddLiveIndex(
            model_name='guidance',
            index=models.Index(fields=['province', '-published_at', '-id'], name='guidance_added'),
        ),
        AddLiveIndex(
            model_name='guidance',
            index=models.Index(fields=['-published_at', '-id'], name='guidance_newest'),
        ),
        AddLiveIndex(
            model_name='guidance',
            index=models.Index(fields=['province', '-updated_at', '-id'], name='guidance_changed'),
        ),
        AddLiveIndex(
            model_name='guidance',
            index=models.Index(fields=['-updated_at', '-id'], name='guidance_last_changed'),
        ),
        AddLiveIndex(
            model_name='guidance',
            index=models.Index(fields=['province', '-id'], name='guidance_of_province'),
        ),
        AddLiveIndex(
            model_name='guidance',
            index=models.Index(fields=['state', '-id'], name='guidance_in_state'),
        ),
        AddLiveIndex(
            model_name='guidance',
            index=models.Index(fields=['province', 'state', '-id'], name='guidance_waiting'),
        ),
        AddLiveIndex(
            model_name='notice',
            index=models.Index(fields=['state', 'listed_until'], name='notice_current'),
        ),
        AddLiveIndex(
            model_name='notice',
            index=models.Index(fields=['province', '-published_at', '-id'], name='notice_added'),
        ),
        AddLiveIndex(
            model_name='notice',
            index=models.Index(fields=['-published_at', '-id'], name='notice_newest'),
        ),
        AddLiveIndex(
            model_name='notice',
            index=models.Index(fields=['province', '-updated_at', '-id'], name='notice_changed'),
        ),
        AddLiveIndex(
            model_name='notice',
            index=models.Index(fields=['-updated_at', '-id'], name='notice_last_changed'),
        ),
        AddLiveIndex(
            model_name='notice',
            index=models.Index(fields=['province', '-id'], name='notice_of_province'),
        ),
        AddLiveIndex(
            model_name='notice',
            index=models.Index(fields=['state', '-id'], name='notice_in_state'),
        ),
        AddLiveIndex(
            model_name='notice',
            index=models.Index(fields=['province', 'state', '-id'], name='notice_waiting'),
        ),
        AddSearchIndex('CaseAnnouncement'),
        AddSearchIndex('Figure'),
        AddSearchIndex('Guidance'),
        AddSearchIndex('Notice'),
    ]
