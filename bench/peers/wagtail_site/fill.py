"""Makes the database, or the one that is there hold other rows: `python -m wagtail_site.fill`."""

import os

import django
import rows


def main() -> None:
    from django.core.management import call_command
    from wagtail.models import Site

    from wagtail_site.models import PlacesPage, Row

    call_command("migrate", verbosity=0)
    page = PlacesPage.objects.first()
    if page is None:
        page = PlacesPage(title="Hải Phòng", slug="hai-phong")
        Site.objects.get(is_default_site=True).root_page.add_child(instance=page)
    Row.objects.all().delete()
    Row.objects.bulk_create(
        [Row(page=page, sort_order=number, **row) for number, row in enumerate(rows.read())]
    )


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "wagtail_site.settings"
    django.setup()
    main()
