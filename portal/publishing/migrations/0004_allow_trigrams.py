from django.db import migrations

from portal.publishing.migrating import AllowTrigrams


class Migration(migrations.Migration):
    dependencies = [("publishing", "0003_content_version")]

    operations = [AllowTrigrams()]
