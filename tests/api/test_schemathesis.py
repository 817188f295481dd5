"""Schemathesis asks what the OpenAPI document allows, and what it does not, and finds nothing.

No document can say which cursors, provinces and codes there are. So it is given words for them,
before there is a database, and each is replaced by a real one when it asks.
"""

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests import states
from tests.api.mirror import answer

# By format in the document: the word for a real value.
WORDS = {
    "list-cursor": "A-LIST-CURSOR",
    "mirror-cursor": "A-MIRROR-CURSOR",
    "province": "a-province",
    "code": "ACODE",
}
for _name, _word in WORDS.items():
    schemathesis.openapi.format(_name, st.just(_word))

# Asks no database: what the document says is in the code.
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def real(story_time, hai_phong, client) -> dict[str, str]:
    """What stands for each word, where there is an entry of every kind in every state."""
    for kind in states.KINDS:
        for number, state in enumerate(states.PUBLIC, 1):
            states.entry_in(state, kind, hai_phong, number)
    page = answer(client, "/api/v1/locations?limit=1")
    return {
        WORDS["list-cursor"]: page["next"].rpartition("cursor=")[2],
        WORDS["mirror-cursor"]: page["since"],
        WORDS["province"]: "hai-phong",
        WORDS["code"]: page["items"][0]["id"],
    }


@pytest.fixture
def one_connection(real):
    """A server gives its connection back after each request; the test's transaction is on it.
    Django's own client does the same, but connects them again."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@pytest.mark.usefixtures("one_connection")
def test_schemathesis_finds_nothing(case, real):
    for asked in (case.query, case.path_parameters):
        for name, value in list((asked or {}).items()):
            if isinstance(value, str):
                asked[name] = real.get(value, value)
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        _make_possible(case, real)
    # It has no brotli of its own.
    case.call_and_validate(headers={"Accept-Encoding": "identity"})


def _make_possible(case, real) -> None:
    """What no document can say: days come in their order, a cursor was given by somebody, and it
    goes with the filters that it is from."""
    asked = case.query or {}
    if {"from", "to"} <= set(asked):
        asked["from"], asked["to"] = sorted([asked["from"], asked["to"]])
    if "since" in asked:
        asked["since"] = real[WORDS["mirror-cursor"]]
    if "cursor" in asked:
        asked["cursor"] = real[WORDS["list-cursor"]]
        if set(asked) - {"limit", "cursor"} or case.operation.path != "/locations":
            del asked["cursor"]
