from django.db import migrations

# As `portal.publishing.roles` names them; it gives them their permissions after every migrate.
ROLES = ("Soạn tin", "Duyệt tin", "Quản trị tỉnh", "Trung ương", "Kiểm toán chỉ đọc")


def make_roles(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for name in ROLES:
        groups.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]

    # Not undone: officers are in these groups.
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
