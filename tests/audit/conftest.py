"""The pages, rendered once for all that is asked of them."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.audit.rendering import File, Rendered, render_all
from tests.audit.serving import serving


@pytest.fixture(scope="session")
def answers(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> tuple[list[Rendered], list[File]]:
    with django_db_blocker.unblock():
        return render_all()


@pytest.fixture(scope="session")
def pages(answers) -> list[Rendered]:
    return answers[0]


@pytest.fixture(scope="session")
def files(answers) -> list[File]:
    return answers[1]


@pytest.fixture(scope="session")
def site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of the portal as it is served, with the content of the pages."""
    with django_db_blocker.unblock(), serving(tmp_path_factory.mktemp("site")) as base:
        yield base
