from collections.abc import Callable

import pytest
from django.test import Client

from tests.pages.reading import Page

Read = Callable[..., Page]


@pytest.fixture
def read(client: Client) -> Read:
    """Opens an address as somebody whom the portal does not know, and reads the page."""

    def read(address: str, query: dict[str, str] | None = None, *, status: int = 200) -> Page:
        response = client.get(address, query)
        assert response.status_code == status, address
        return Page(response)

    return read
