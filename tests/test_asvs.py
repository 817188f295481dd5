"""docs/asvs.md answers every requirement of ASVS 5.0.0, levels 1 and 2, by tests that exist.

asvs_5.0.0.csv holds the numbers and levels, taken from the OWASP Application Security Verification
Standard 5.0.0 (https://github.com/OWASP/ASVS, 5.0/docs_en/…_5.0.0_en.csv, CC BY-SA 4.0).
"""

import ast
import csv
import re
from functools import cache

import pytest
from django.conf import settings

from alerts.api import parameters
from alerts.delivery import subscribing
from alerts.models import subscription
from locations.imports import sheets, uploads, xlsx, xlsx_child
from portal.environment import BASE_DIR
from portal.pages import push_subscriptions, subscriptions
from portal.publishing import views
from portal.publishing.accounts import lockout, second_factor, sessions
from portal.publishing.filters import EntryFilter
from portal.publishing.privacy import engine
from portal.web import rates

TESTS = BASE_DIR / "tests"
DOC = (BASE_DIR / "docs" / "asvs.md").read_text()
SECURITY = (BASE_DIR / "docs" / "security.md").read_text()
ROW = re.compile(
    r"^\| v5\.0\.0-(?P<number>[\d.]+) \| (?P<level>[12]) \| (?P<short>[^|]+) \| (?P<how>[^|]+) \|$"
)
ROWS = [match for line in DOC.splitlines() if (match := ROW.match(line))]
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
OPEN, OUT = "**Open**: ", "Not applicable: "


def standard() -> dict[str, str]:
    with (TESTS / "asvs_5.0.0.csv").open() as file:
        return {row["requirement"]: row["level"] for row in csv.DictReader(file)}


@cache
def functions(path: str) -> set[str]:
    """The tests in the file; none if there is no such file."""
    file = TESTS / path
    tree = ast.parse(file.read_text()) if file.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_requirement_is_there_once_in_its_order_and_with_its_level():
    assert [(row["number"], row["level"]) for row in ROWS] == list(standard().items())
    assert len([line for line in DOC.splitlines() if "v5.0.0-" in line]) == len(ROWS)
    levels = list(standard().values())
    assert (levels.count("1"), levels.count("2")) == (70, 183), "as the standard counts them"


@pytest.mark.parametrize("row", ROWS, ids=[row["number"] for row in ROWS])
def test_a_requirement_is_shown_by_tests_that_exist_or_says_why_not(row):
    named = TEST.findall(row["how"])
    missing = [f"{path}::{name}" for path, name in named if name not in functions(path)]
    assert not missing
    if row["how"].startswith((OPEN, OUT)):
        reason = row["how"].split(": ", 1)[1]
        assert len(reason) >= 8 and reason.endswith((".", "`"))
    else:
        assert named, "shown by no test, not open and not out of question"
    assert row["how"].count("`") % 2 == 0
    assert row["how"].count("::") == len(named), "a test is named in a way that is not checked"


def test_what_is_open_is_counted():
    """So that it cannot grow unnoticed: whoever leaves more open has to say so above."""
    opened = [row["number"] for row in ROWS if row["how"].startswith(OPEN)]
    out = [row["number"] for row in ROWS if row["how"].startswith(OUT)]
    said = f"Open: {len(opened)} of {len(ROWS)}. Not applicable: {len(out)}."
    assert said in DOC, said
    assert len(opened) <= 8


def test_a_name_that_is_not_there_would_be_noticed():
    assert "test_what_is_open_is_counted" in functions("test_asvs.py")
    assert not functions("accounts/test_nothing.py")


# --- security.md


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_its_links_lead_to_sections():
    for name, anchor in re.findall(r"\]\((\w+\.md)(?:#([\w-]+))?\)", DOC + SECURITY):
        text = (BASE_DIR / "docs" / name).read_text()
        assert not anchor or anchor in anchors(text), f"{name}#{anchor}"


def section(title: str) -> str:
    return re.split(r"^## ", SECURITY.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def figures(title: str) -> list[str]:
    """The figures in bold of a section, in their order."""
    return re.findall(r"\*\*([\d,]+)\*\*", section(title))


def whole(number: float) -> str:
    assert number == int(number)
    return f"{int(number):,}"


def test_the_figures_of_security_md_hold():
    megabyte, minute, hour = 1024 * 1024, 60, 3600
    validators = {one["NAME"].rpartition(".")[2]: one for one in settings.AUTH_PASSWORD_VALIDATORS}
    held = {
        "Validation": [
            EntryFilter.base_filters["q"].extra["max_length"],
            parameters.MOST_AT_ONCE,
            engine.LONGEST,
            views.ENTRIES_PER_PAGE,
        ],
        "Uploads": [
            sheets.MAX_BYTES / megabyte,
            sheets.MAX_ROWS,
            sheets.MAX_COLUMNS,
            sheets.MAX_CELL,
            xlsx.MAX_PARTS,
            xlsx.MAX_UNPACKED / megabyte,
            xlsx_child.MEMORY / megabyte,
            xlsx_child.CPU_SECONDS,
            uploads.HOURS,
        ],
        "Signing in": [
            settings.PASSWORD_RESET_TIMEOUT / (24 * hour),
            settings.AXES_FAILURE_LIMIT,
            settings.AXES_COOLOFF_TIME.total_seconds() / minute,
            validators["MinimumLengthValidator"]["OPTIONS"]["min_length"],
        ],
        "Sessions": [
            settings.SESSION_COOKIE_AGE / minute,
            settings.SESSION_LONGEST.total_seconds() / hour,
            sessions.RECENT_SECONDS / minute,
        ],
        "Limits of business": [
            subscriptions.MOST_REQUESTS,
            subscriptions.SECONDS / minute,
            lockout.GUESSES_OF_NETWORK,
            rates.TOGETHER,
            subscribing.BETWEEN_LETTERS.total_seconds() / minute,
            subscribing.LETTERS_A_DAY,
            *map(int, re.findall(r"rate=(\d+)r/s", template())),
            *(said("limit_conn", zone) for zone in ("open", "posting", "fetching")),
        ],
        "Data": [subscription.TIME_TO_CONFIRM.total_seconds() / hour],
        "Packages": [7, 2],
    }
    assert {title: figures(title) for title in held} == {
        title: [whole(number) for number in numbers] for title, numbers in held.items()
    }
    assert sum(len(figures(title)) for title in held) == len(
        re.findall(r"\*\*[\d,]+\*\*", SECURITY)
    )
    assert second_factor.MOST_FAILURES_COUNTED == 10 and "2⁹ seconds" in section("Signing in")
    both = (push_subscriptions.MOST_REQUESTS, push_subscriptions.SECONDS)
    assert both == (subscriptions.MOST_REQUESTS, subscriptions.SECONDS)


def template() -> str:
    return (BASE_DIR / "deploy" / "nginx.conf.template").read_text()


def said(directive: str, zone: str) -> int:
    """The one number that the template says of a zone, wherever it does."""
    (number,) = set(re.findall(rf"{directive} portal_{zone} (\d+);", template()))
    return int(number)


def example() -> list[str]:
    """The names of all settings of the environment."""
    text = (BASE_DIR / ".env.example").read_text()
    return re.findall(r"^#?([A-Z][A-Z_]+)=", text, re.MULTILINE)


def test_security_md_names_every_key_of_the_settings():
    keys = {name for name in example() if re.search(r"_KEYS?$", name)}
    assert keys >= {"SECRET_KEY", "SUBSCRIPTION_KEYS", "PUSH_KEY", "CAP_KEY"}
    assert {key for key in keys if f"| `{key}` |" not in section("Keys and cryptography")} == set()


def test_security_md_names_whom_the_portal_calls():
    """Every address in the settings that the portal itself may call, or sends browsers to."""
    called = {name for name in example() if name.endswith(("_URL", "_SERVICES"))}
    called -= {"PUBLIC_BASE_URL", "ZALO_API_URL", "ZALO_OAUTH_URL"}  # itself; Zalo by its name
    text = section("Communications")
    assert {name for name in called if name not in text} == set()
    assert "Zalo" in text
