"""The services of systemd: a user of their own, who may do little on the machine."""

from configparser import ConfigParser

import pytest

from portal.environment import BASE_DIR

UNITS = sorted((BASE_DIR / "deploy").glob("*.service"))
LEAST = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectControlGroups": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "SystemCallFilter": "@system-service",
    "UMask": "0027",
}


@pytest.mark.parametrize("unit", UNITS, ids=[unit.name for unit in UNITS])
def test_the_services_have_few_rights(unit):
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit.read_text())
    service = dict(parser["Service"])
    # It has to do with nothing but the pages that nginx keeps, as nginx itself.
    of_nginx = ["www-data"] if unit.stem == "portal-clock" else []
    assert service["User"] not in {"root", "www-data", "nobody"} - set(of_nginx)
    assert service["Group"] == service["User"]
    # What only its own user needs is for nobody else.
    stricter = LEAST | {"UMask": "0077"}
    rights = {name: service.get(name) for name in LEAST}
    assert rights in (LEAST, stricter)


def test_their_user_has_a_home_that_they_can_see():
    """/home is hidden from them, and PostgreSQL's client, which looks for certificates there, then
    goes on without TLS."""
    (made,) = [
        line for line in (BASE_DIR / "README.md").read_text().splitlines() if "useradd" in line
    ]
    assert "--home-dir /var/lib/portal portal" in made
