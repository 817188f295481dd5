"""An office that corrects one place again and again, with settings of SQLite of its own choice."""

import time
from multiprocessing.connection import Connection
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.db import OperationalError, connection

from locations.models import ExposureLocation
from portal.publishing.verification import differences
from tests import factories


def work(
    database: str, options: dict[str, Any], number: int, seconds: float, parent: Connection
) -> None:
    """Tells `parent` how many corrections became public, and how many the database refused."""
    connection.settings_dict |= {"NAME": database, "OPTIONS": options}
    place, done, refused = None, 0, 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            place = place or ExposureLocation.objects.get(name=f"Chợ {number}")
            factories.correct(place, address=f"{done} Lê Lợi")
            done += 1
        except OperationalError:
            refused += 1
    parent.send((done, refused))


def verify(database: str, parent: Connection) -> None:
    connection.settings_dict["NAME"] = database
    parent.send(len(list(differences())))
