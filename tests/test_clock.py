"""The one clock: real unless a demonstration says where it starts, and then it runs on."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from portal import clock
from portal.environment import BASE_DIR

START = "2021-03-26T08:00:00+07:00"
NOW = "from portal import clock; print(clock.now().isoformat(), clock.today().isoformat())"


@pytest.fixture
def told(tmp_path: Path):
    """The moment and the day that a process of its own is told by the clock."""

    def told(start: str = "", code: str = NOW) -> tuple[datetime, str]:
        environment = os.environ | {
            "CLOCK_START": start,
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": "sqlite://:memory:",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }
        ran = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup(); {code}"],
            cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        moment, day = ran.stdout.split()
        return datetime.fromisoformat(moment), day

    return told


def test_without_a_start_the_clock_is_the_real_one(told, tmp_path):
    before = timezone.now()
    moment, _day = told()
    assert before < moment < timezone.now()
    assert not list(tmp_path.glob("clock-*"))


def test_the_clock_of_a_demonstration_starts_where_it_is_told(told):
    moment, day = told(START)
    assert timedelta() <= moment - datetime.fromisoformat(START) < timedelta(seconds=60)
    assert day == "2021-03-26"


def test_the_clock_runs_on_across_restarts(told, tmp_path):
    first, _day = told(START)
    kept = next(tmp_path.glob("clock-*"))
    # As if that start had been three days and an hour ago.
    ago = datetime.fromisoformat(kept.read_text()) - timedelta(days=3, hours=1)
    kept.write_text(ago.isoformat())
    second, day = told(START)
    assert timedelta(days=3, hours=1) < second - first < timedelta(days=3, hours=1, minutes=1)
    assert day == "2021-03-29"


def test_another_start_is_a_clock_of_its_own(told, tmp_path):
    told(START)
    moment, day = told("2021-04-01T00:00:00+07:00")
    assert day == "2021-04-01"
    assert len(list(tmp_path.glob("clock-*"))) == 2


def test_the_day_is_the_one_in_vietnam(told):
    """23:30 in UTC is half past six on the next day."""
    _moment, day = told("2021-03-26T23:30:00+00:00")
    assert day == "2021-03-27"


def test_of_two_processes_that_start_at_once_one_wins(tmp_path):
    code = "import django; django.setup(); from portal import clock; print(clock.offset())"
    environment = os.environ | {
        "CLOCK_START": START, "DATA_DIR": str(tmp_path), "DATABASE_URL": "sqlite://:memory:",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }  # fmt: skip
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    offsets = {process.communicate(timeout=60)[0] for process in processes}
    assert len(offsets) == 1
    assert offsets != {""}


def test_every_decision_by_time_asks_this_clock():
    """No other module asks Django or Python what time it is."""
    asking = {
        str(path.relative_to(BASE_DIR)): needle
        for package in ("portal", "locations", "alerts")
        for path in (BASE_DIR / package).rglob("*.py")
        for needle in ("timezone.now(", "datetime.now(", "date.today(", "utcnow(", "Now()")
        if needle in path.read_text()
    }
    # A phone's authenticator knows nothing of a demonstration's clock, nor do Django's sessions and
    # others' servers, nor what an operator keeps: certificates, backups and pages that were made on
    # this machine.
    assert asking == {
        "portal/clock.py": "timezone.now(",
        "portal/publishing/accounts/second_factor.py": "timezone.now(",
        "portal/publishing/accounts/own_sessions.py": "timezone.now(",
        "alerts/delivery/retry_after.py": "datetime.now(",
        "portal/operating/alarms/certificates.py": "datetime.now(",
        "portal/operating/alarms/keeping.py": "timezone.now(",
        "portal/operating/alarms/readers.py": "datetime.now(",
    }


def test_the_tests_run_on_the_real_clock():
    assert clock.offset() == timedelta()
