"""Which licences and advisories of packages `make check` lets pass."""

import re
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from portal.environment import BASE_DIR
from tests.tools.advisories import SKIPPED, verdict
from tests.tools.licences import acceptable


@pytest.mark.parametrize(
    "licences",
    [
        ["MIT"],
        ["Apache-2.0 OR GPL-3.0-only"],
        ["Apache-2.0", "License :: OSI Approved :: Apache Software License"],
        ["License :: OSI Approved :: GNU Library or Lesser General Public License (LGPL)"],
        ["License :: OSI Approved :: BSD License", "License :: Other/Proprietary License"],
    ],
)
def test_what_we_may_depend_on(licences):
    assert acceptable(licences)


@pytest.mark.parametrize(
    "licences",
    [
        [],
        ["GPL-3.0-only"],
        ["AGPL-3.0-or-later"],
        ["MIT AND GPL-2.0-only"],
        ["MIT", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"],
        ["License :: OSI Approved :: GNU Affero General Public License v3"],
        ["License :: Other/Proprietary License"],
    ],
)
def test_what_we_may_not(licences):
    assert not acceptable(licences)


SAFE = {"name": "django", "version": "5.2.19", "vulns": []}
MENDED = {"id": "PYSEC-2026-7", "fix_versions": ["6.1.4"]}
UNSAFE = {"name": "lxml", "version": "6.1.3", "vulns": [MENDED]}
UNKNOWN = {"name": "qrcode", "skip_reason": "not found"}


def test_packages_without_an_advisory_pass():
    assert verdict([SAFE]) == (0, [])


def test_an_advisory_is_refused_with_the_release_that_mends_it():
    assert verdict([SAFE, UNSAFE]) == (1, ["lxml 6.1.3: PYSEC-2026-7, mended in 6.1.4"])


def test_a_package_that_could_not_be_asked_about_among_others_is_refused():
    assert verdict([SAFE, UNKNOWN]) == (1, ["the advisory service does not know qrcode"])


@pytest.mark.parametrize("packages", [[], [UNKNOWN]])
def test_without_the_network_the_question_is_skipped(packages):
    assert verdict(packages) == (SKIPPED, ["the advisory service is out of reach"])


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_its_hashes(name):
    """From one index, and with no way around the hashes."""
    text = (BASE_DIR / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    pinned = re.compile(r"[\w.\-]+(\[[\w,]+\])?==\S+( ;[^-]+)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert len(lines) > 20
    assert not [line for line in lines if not pinned.fullmatch(line)]


# The first of each that the portal supports, and that of Debian 12.
@pytest.mark.parametrize("python", ["3.11.0", "3.11.2", "3.12.0", "3.13.0"])
def test_all_that_packages_ask_for_is_pinned_whatever_the_python(python):
    """The pins are made with one Python; another may ask for more."""
    pins = re.findall(r"^([\w.\-]+)==", (BASE_DIR / "requirements.txt").read_text(), re.MULTILINE)
    pinned = {canonicalize_name(name) for name in pins}
    where = {"python_full_version": python, "python_version": python.rpartition(".")[0]}
    installed = {
        canonicalize_name(package.metadata["Name"]): package for package in distributions()
    }
    asked = {
        f"{canonicalize_name(wanted.name)} for {name}"
        for name in pinned & set(installed)
        for wanted in map(Requirement, installed[name].requires or ())
        if wanted.marker is None or wanted.marker.evaluate(where | {"extra": ""})
    }
    assert len(asked) > 20
    assert not {one for one in asked if one.partition(" ")[0] not in pinned}
