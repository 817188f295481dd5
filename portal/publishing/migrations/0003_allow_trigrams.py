from django.db import migrations

from portal.publishing.migrating import AllowTrigrams


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_make_roles")]

    operations = [AllowTrigrams()]
