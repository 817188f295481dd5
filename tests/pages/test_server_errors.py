"""What is said to who sent something that could not be saved, and to everybody else."""

import errno

import pytest
from django.db import IntegrityError, OperationalError
from django.test import RequestFactory

from portal.pages.errors import server_error

FULL = OSError(errno.ENOSPC, "No space left on device")
AWAY = OperationalError("connection refused")


def answered(method, error):
    try:
        raise error
    except type(error):
        return server_error(RequestFactory().generic(method, "/admin/"))


@pytest.mark.parametrize("error", [FULL, AWAY], ids=["disk", "database"])
def test_who_sent_something_that_cannot_be_written_keeps_it(error):
    answer = answered("POST", error)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    text = answer.content.decode()
    assert "Không có gì được lưu một nửa" in text and "Nothing was saved by half" in text


@pytest.mark.parametrize(
    ("method", "error"),
    [("GET", FULL), ("HEAD", AWAY), ("POST", IntegrityError()), ("POST", OSError(errno.EPIPE, ""))],
)
def test_any_other_error_is_ours(method, error):
    answer = answered(method, error)
    assert answer.status_code == 500
    assert "Trang đang gặp lỗi" in answer.content.decode()
