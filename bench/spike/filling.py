"""Brings the database of the portal to PROVINCES provinces with ROWS listed places each, and prints
JSON: the path of each province's page.

    python -m bench.spike.filling PROVINCES ROWS
"""

import json
import sys

import django


def main(provinces: int, rows: int) -> None:
    from django.core.management import call_command

    from locations import made_load
    from locations.models import Division, ExposureLocation
    from portal.publishing.demo import APPROVER_OF_ALL, AUTHOR_OF_ALL, ensure_account

    call_command("migrate", interactive=False, verbosity=0)
    if not Division.objects.exists():
        call_command("load_divisions", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
    # Of places made by default the older half is past, and not listed.
    made_load.DAYS_BACK = 5
    made = made_load.MadeLoad(ensure_account(AUTHOR_OF_ALL), ensure_account(APPROVER_OF_ALL))
    filled = made.provinces(provinces)
    for province in filled:
        listed = ExposureLocation.objects.listed().filter(province=province)
        for _done in made.locations([province], rows - listed.count()):
            pass
        if listed.count() != rows:
            sys.exit(f"{listed.count()} places of {province} are listed, and not {rows}")
    sys.stdout.write(json.dumps([province.get_absolute_url() for province in filled]))


if __name__ == "__main__":
    django.setup()
    main(*map(int, sys.argv[1:]))
