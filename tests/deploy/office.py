"""Run as a program beside boxes, with their settings: officers who publish and change, told what to
do line by line (`officers.Officers`). Answers each line in JSON.

One place of Hải Phòng is corrected again and again; its name stands in its address too, and so in
several parts of each page.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.db import OperationalError, connection
from django.test import Client

from locations.models import Province
from portal import clock
from portal.publishing import content, workflow
from portal.publishing.models import Revision
from portal.publishing.roles import APPROVER, AUTHOR
from portal.web.times import iso
from tests import factories


class Office:
    def __init__(self) -> None:
        self.province = Province.objects.get(slug="hai-phong")
        self.place = factories.location(self.province, name="Chợ Hàng")
        self.approver = factories.national(APPROVER)

    def sign_in(self, role: str) -> dict[str, Any]:
        """The cookies of an officer of that role."""
        officer, client = factories.national(role), Client()
        client.force_login(officer)
        factories.mark_verified(client, officer)
        return {"cookies": {name: morsel.value for name, morsel in client.cookies.items()}}

    def submit(self, name: str) -> dict[str, Any]:
        return {"revision": self._submitted(name).pk}

    def approve(self, name: str) -> dict[str, Any]:
        workflow.approve(revision=self._submitted(name), by=self.approver)
        return {}

    def withdraw(self, reason: str) -> dict[str, Any]:
        self.place.refresh_from_db()
        by = factories.national(AUTHOR)
        return {"revision": workflow.request_withdrawal(entry=self.place, by=by, reason=reason).pk}

    def publish(self, name: str) -> dict[str, Any]:
        return {"code": factories.location(self.province, name=name).code}

    def announce(self, seconds: str) -> dict[str, Any]:
        ends = clock.now() + timedelta(seconds=int(seconds))
        notice = factories.notice(self.province, expires_at=ends)
        return {"code": notice.code, "until": iso(notice.listed_until)}

    def _submitted(self, name: str) -> Revision:
        self.place.refresh_from_db()
        revision = workflow.save_draft(
            entry=self.place,
            content=content.snapshot(self.place) | {"name": name, "address": f"cạnh {name}"},
            by=factories.national(AUTHOR),
            public_note="Gọi lại cơ sở",
        )
        workflow.submit(revision=revision, by=revision.author)
        return revision


def main() -> None:
    office = Office()
    tell({})
    for line in sys.stdin:
        what, text = line.strip().split(maxsplit=1)
        do: Callable[[str], dict[str, Any]] = getattr(office, what)
        try:
            done = do(text)
        except (OperationalError, OSError) as error:
            done = {"refused": str(error)}
        # When it was committed, by the monotonic clock, which all processes share.
        tell(done | {"at": time.monotonic()})
        # The database may be another by the next line.
        with suppress(OperationalError):
            connection.close()


def tell(what: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
