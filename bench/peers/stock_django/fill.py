"""Makes the database, or the one that is there hold other rows: `python -m stock_django.fill`."""

import os

import django
import rows


def main() -> None:
    from django.core.management import call_command

    from stock_django.models import Row

    call_command("migrate", verbosity=0)
    Row.objects.all().delete()
    Row.objects.bulk_create([Row(**row) for row in rows.read()])


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "stock_django.settings"
    django.setup()
    main()
