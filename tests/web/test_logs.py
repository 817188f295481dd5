"""The log of refused requests holds no key to anything."""

import logging

import pytest
from django.conf import settings
from django.utils.log import configure_logging


@pytest.fixture
def console(capsys):
    """The logs as the operator reads them."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    handler = logging.getLogger().handlers[-1]
    lines: list[str] = []
    handler.emit = lambda record: lines.append(handler.format(record))
    return lines


@pytest.mark.parametrize(
    "address",
    [
        "/theo-doi/thay-doi/Xq3-k_9Vd7aY2mB8nL5pR1tW4zC6hJ0s/",
        "/en/theo-doi/huy/Xq3-k_9Vd7aY2mB8nL5pR1tW4zC6hJ0s/",
        "/admin/invitation/MTI/c8x1q2-0f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c/",
    ],
)
def test_a_token_in_an_address_is_hidden(address, console):
    token = max(address.split("/"), key=len)
    logging.getLogger("django.request").warning("%s: %s", "Unprocessable Entity", address)
    assert console == [f"Unprocessable Entity: {address.replace(token, '…')}"]


def test_an_ordinary_address_stays_readable(console):
    logging.getLogger("django.request").warning("%s: %s", "Not Found", "/ba-ria-vung-tau/dia-diem/")
    assert console == ["Not Found: /ba-ria-vung-tau/dia-diem/"]
