"""The pages, rendered once for all that is asked of them."""

import pytest
from pytest_django import DjangoDbBlocker

from tests.audit.rendering import File, Rendered, render_all


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
