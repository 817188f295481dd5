"""The timer's service does what the handbook says, and is closed as the other services are."""

import shlex
from configparser import RawConfigParser
from pathlib import Path

import pytest
from django.core.management import load_command_class

from portal.environment import BASE_DIR

DEPLOY = BASE_DIR / "deploy"
# What systemd may do to a service beyond running it: to be the same for all of ours.
HARDENING = {
    "NoNewPrivileges", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices",
    "ProtectKernelTunables", "ProtectKernelModules", "ProtectControlGroups",
    "RestrictAddressFamilies", "RestrictSUIDSGID", "LockPersonality", "CapabilityBoundingSet",
    "SystemCallFilter", "User", "Group",
}  # fmt: skip


def lines(unit: Path) -> list[tuple[str, str]]:
    """Names and values of all sections, also those that come more than once."""
    said = (line.partition("=") for line in unit.read_text().splitlines() if "=" in line)
    return [(name, value) for name, _equals, value in said if not name.startswith("#")]


@pytest.mark.parametrize("name", ["portal", "portal-worker"])
def test_the_backup_is_closed_as_the_other_services_are(name):
    ours, other = (
        dict(lines(DEPLOY / "portal-backup.service")),
        dict(lines(DEPLOY / f"{name}.service")),
    )
    assert {key: ours.get(key) for key in HARDENING} == {key: other.get(key) for key in HARDENING}


def test_it_writes_only_where_it_must():
    said = dict(lines(DEPLOY / "portal-backup.service"))
    assert "ReadWritePaths" not in said
    assert said["StateDirectory"].split() == ["portal", "portal-backups"]
    assert ("Environment", "BACKUP_DIR=/var/lib/portal-backups") in lines(
        DEPLOY / "portal-backup.service"
    )


def test_what_it_runs_are_commands_that_understand_it():
    commands = [
        value for name, value in lines(DEPLOY / "portal-backup.service") if name == "ExecStart"
    ]
    assert len(commands) == 2
    for command in commands:
        python, manage, name, *arguments = shlex.split(command)
        assert (python, manage) == ("/opt/portal/.venv/bin/python", "manage.py")
        app = {"backup": "portal.operating", "verify_ledger": "portal.publishing"}[name]
        load_command_class(app, name).create_parser("manage.py", name).parse_args(arguments)


def test_the_timer_starts_it_every_night():
    timer = RawConfigParser()
    timer.optionxform = str
    timer.read(DEPLOY / "portal-backup.timer")
    assert dict(timer["Timer"])["OnCalendar"] == "*-*-* 01:30:00 Asia/Ho_Chi_Minh"
    assert timer["Timer"]["Persistent"] == "yes"
    assert (DEPLOY / "portal-backup.service").exists()
