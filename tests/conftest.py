"""What the tests share: the divisions of Vietnam, a province or two, and a cast of officers."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client

from locations.models import Division, ExposureLocation, Province
from portal.pages.corrections import RECENTLY
from portal.publishing.models import Officer
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.browser import chromium
from tests.kept_pages import forget_all_that_is_kept

# When the story is told: the morning on which the report appeared.
STORY_TIME = datetime(2021, 3, 26, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


class StaffClient(Client):
    """Signs officers in the whole way, second factor included, for tests of what lies behind."""

    def force_login(self, user: Officer, backend: str | None = None) -> None:
        super().force_login(user, backend)
        factories.mark_verified(self, user)


@pytest.fixture(autouse=True)
def no_kept_rows() -> None:
    """A test is rolled back, which nothing that was public ever is: its keys come again."""
    forget_all_that_is_kept()
    RECENTLY.forget()


@pytest.fixture(autouse=True)
def no_counts() -> None:
    """Nobody has asked for anything yet, which is counted in memory (`portal.web.rates`)."""
    for name in ("default", "of this process"):
        caches[name].clear()


@pytest.fixture
def client() -> StaffClient:
    return StaffClient()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The divisions are loaded once, since no test changes them."""
    with django_db_blocker.unblock():
        call_command("load_divisions", verbosity=0)


@pytest.fixture
def divisions(db) -> None:
    """Loads them again where a test with real transactions has emptied the tables."""
    if not Division.objects.exists():
        call_command("load_divisions", verbosity=0)


@pytest.fixture
def story_time():
    with time_machine.travel(STORY_TIME, tick=False) as clock:
        yield clock


@pytest.fixture
def hai_phong(divisions) -> Province:
    return factories.province("Hải Phòng", "31")


@pytest.fixture
def binh_duong(divisions) -> Province:
    return factories.province("Bình Dương", "74")


@pytest.fixture(scope="module")
def browser():
    """For modules of the xdist group "browser", whose tests have real transactions."""
    with chromium() as browser, pytest.MonkeyPatch.context() as patch:
        # Playwright's loop makes Django take this thread for an asynchronous program.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield browser


@pytest.fixture
def author(hai_phong) -> Officer:
    """Writes for Hải Phòng."""
    return factories.officer("author", AUTHOR, hai_phong)


@pytest.fixture
def colleague(hai_phong) -> Officer:
    """Writes for Hải Phòng too."""
    return factories.officer("colleague", AUTHOR, hai_phong)


@pytest.fixture
def approver(hai_phong) -> Officer:
    """Writes and approves for Hải Phòng."""
    return factories.officer("approver", APPROVER, hai_phong)


@pytest.fixture
def stranger(binh_duong) -> Officer:
    """Writes and approves for Bình Dương only."""
    return factories.officer("stranger", APPROVER, binh_duong)


@pytest.fixture
def location(hai_phong) -> ExposureLocation:
    """A published place in Hải Phòng."""
    return factories.location(hai_phong)


@pytest.fixture
def story(divisions, story_time) -> None:
    """The story as the demonstration loads it, at the time it is told."""
    call_command("load_story", verbosity=0)
