"""Everything that understands a text, called by itself with any text: its own refusal, at once."""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.test import RequestFactory
from pydantic_core import PydanticCustomError

from alerts.api import parameters
from alerts.api.cursors import Place, Round, pack
from locations.filters import ExposureLocationFilter, FlightFilter
from locations.imports import cells, delimited, uploads
from locations.imports.cells import Unreadable
from locations.imports.columns import Headings
from locations.imports.problems import Refused
from locations.imports.reading import read
from locations.imports.sheets import Row
from locations.models.flight import normalise_number, validate_airport
from portal.pages import asked_address, short_address
from portal.publishing import privacy
from portal.publishing.accounts import second_factor
from portal.publishing.admin.careful import is_key
from portal.publishing.models import Revision
from portal.publishing.models.publishable import publishable_models
from portal.publishing.verification import Anchor
from portal.text import capitalised, fold, search_words
from portal.web import compression, spreadsheets
from portal.web.client import client_network
from portal.web.language import in_language
from portal.web.page_cache import declaring
from tests.faults.filled import VALUES
from tests.faults.redirects import leads_elsewhere

# Nobody waits longer for a text to be understood; in seconds of the processor.
MOST_SECONDS = 1.0
GOOD = (
    "22/03/2021 19:00", "19h30 22/03/2021", "2021-03-22T19:00:00+07:00", "chợ", "tiếp xúc gần",
    "20,8449°", "VN1234", "12-16, 20", "HPH", "0225 123 456", "+84 225 123 456", "Máy Tơ",
    "Ông Nguyễn Văn An, 34 tuổi, ở số 12 ngõ 34 Lê Lợi, điện thoại 0912 345 678", "7H3KDA", "2E",
    "http://testserver/Q/7H3KDA", "http://testserver/hai-phong/dia-diem/7H3KDA/?ban=2", "2004-31",
    "Xem http://testserver/Q/7H3KDA/2 và https://evil.example/", "gzip;q=1.0, br;q=0.5, *;q=0",
    pack("list", 1, "0" * 12, 0, 1616720400000000, 7, "x"), pack("seen", 1, "0" * 12, 0),
    f"12:{'0' * 64}", "203.0.113.7, 2001:db8::1", "Mã,Tên địa điểm,Từ\nA1,Chợ Đổ,22/03/2021",
    "/hai-phong/?page=2&q=ch%E1%BB%A3", "[x](https://zalo.me/1)", "https://zalo.me/1234",
)  # fmt: skip


def said_in(data: str) -> Any:
    form = {"q": data, "from": data, "to": data, "ward": data, "district": data, "kind": data}
    for kind in (ExposureLocationFilter, FlightFilter):
        kind(form).form.is_valid()


def network_of(text: str) -> Any:
    return client_network(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=text, REMOTE_ADDR=text))


def columns() -> dict[str, Callable[[str], Any]]:
    """What each column that officers write makes of a text."""
    models = [
        *publishable_models(),
        *(
            model._meta.get_field(name).related_model
            for model in publishable_models()
            for name in model.content_children
        ),
    ]
    return {
        f"{model.__name__}.{field.name}": lambda text, field=field: field.clean(text, None)
        for model in dict.fromkeys(models)
        for field in model._meta.concrete_fields
        if field.editable and not field.is_relation
    }


# By name: what understands a text, and how it may refuse one.
PARSERS: dict[str, tuple[Callable[[str], Any], type[Exception] | tuple[type[Exception], ...]]] = {
    "cell: text": (cells.text, Unreadable),
    "cell: lines": (lambda text: cells.text(text, lines=True), Unreadable),
    "cell: moment": (cells.moment, Unreadable),
    "cell: kind": (cells.kind, Unreadable),
    "cell: tier": (cells.tier, Unreadable),
    "cell: degrees": (lambda text: cells.degrees(text, 90), Unreadable),
    "headings": (lambda text: Headings.of(Row(1, text.split(","))), Refused),
    "CSV": (lambda text: delimited.read(text.encode("utf-8", "surrogatepass")), Refused),
    "a list": (lambda text: read(text.encode("utf-8", "surrogatepass")), Refused),
    "an upload's token": (lambda text: uploads.of(sendable(text), None), Refused),
    "flight number": (normalise_number, ()),
    "airport": (validate_airport, ValidationError),
    "privacy": (privacy.findings, ()),
    "privacy, masked": (privacy.masked, ()),
    "what was asked about": (asked_address.read, ()),
    "signs of no code": (asked_address.impossible, ()),
    "codes that look alike": (lambda text: asked_address.look_alikes(text[:6]), ()),
    "version of a card": (short_address.read_version, Http404),
    "cursor of a list": (Place.read, ValueError),
    "cursor of a mirror": (Round.read, ValueError),
    "anchor of the ledger": (Anchor.parse, ValueError),
    "search": (lambda text: (fold(text), search_words(text), capitalised(text)), ()),
    "Accept-Encoding": (compression.accepted_coding, ()),
    "page that is kept": (lambda text: declaring.address_of(*halves(text)), ()),
    "address of a client": (network_of, ()),
    "recovery code": (second_factor._plain, ()),
    "key": (lambda text: is_key(Revision, text), ()),
    "cell for a spreadsheet": (spreadsheets.as_cell, ()),
    **{
        f"parameter: {one.name}": (one.checked, PydanticCustomError)
        for one in vars(parameters).values()
        if isinstance(one, parameters.Parameter)
    },
    **{f"column: {name}": (clean, ValidationError) for name, clean in columns().items()},
}  # fmt: skip


def sendable(text: str) -> str:
    """As Django makes it of what was sent: half a character becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def halves(text: str) -> tuple[str, str]:
    path, _mark, query = text.partition("?")
    return path, query


def texts(seed: int, count: int) -> list[str]:
    """`count` texts: hostile, of chance, and good ones that were damaged."""
    chance = random.Random(seed)
    return [_text(chance) for _number in range(count)]


def _text(chance: random.Random) -> str:
    way = chance.random()
    if way < 0.2:
        return chance.choice(VALUES).decode("utf-8", "replace")
    if way < 0.3:
        return chance.choice(VALUES).decode("latin-1")
    if way < 0.4:
        return "".join(chr(chance.randrange(0x110000)) for _sign in range(chance.randrange(30)))
    if way < 0.5:
        piece = chance.choice(
            ("a", "0", "9-", "12-16, ", " ", "\n", ".", "//", "<", "[", "%", "ợ", "a@")
        )
        return piece * chance.choice((10, 1_000, 20_000))
    signs = list(chance.choice(GOOD))
    for _change in range(chance.choice((1, 2, 5))):
        at = chance.randrange(len(signs) + 1)
        signs[at : at + chance.choice((0, 1, 3))] = chance.choice(
            (
                "",
                "\0",
                "\u202e",
                "９",
                "٣",
                "-",
                "/",
                "9" * 30,
                "\ud800",
                chr(chance.randrange(0x3000)),
            )
        )
    return "".join(signs)


@pytest.mark.django_db
def test_bad_texts(divisions, times, tell):
    wrong = []
    count = times(60, 2_500)
    for text in texts(20210326, count):
        for name, (parse, refusals) in PARSERS.items():
            begun = time.process_time()
            try:
                parse(text)
            except refusals:
                pass
            except Exception as error:
                wrong.append(f"{name}: {error!r} of {text[:80]!r}")
            if (took := time.process_time() - begun) > MOST_SECONDS:
                wrong.append(f"{name}: {took:.1f} s for {len(text)} signs, {text[:40]!r}")
    assert not wrong, "\n".join(wrong[:30])
    tell(
        "texts, to what understands them",
        injected=count * len(PARSERS),
        observed=f"{len(PARSERS)} parsers, each with its own refusal",
        lost=len(wrong),
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_address_in_the_other_language_leads_elsewhere(language):
    for text in texts(20210327, 2_000):
        for path in (f"/{text}", f"//{text}", f"/en/{text}", f"/en//{text}", f"/\t/{text}"):
            assert not leads_elsewhere(in_language(path, language)), path
