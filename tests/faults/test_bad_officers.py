"""Whatever an officer sends to any page of the admin: it is done whole, or refused in words."""

import logging
import random
import re
from collections import Counter
from contextlib import suppress
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.html import escape

from alerts.models import Dispatch, Figure, Guidance, ZaloConnection
from locations.imports.preview import hand_over, preview
from locations.models import Division
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import AccountEvent, Revision
from portal.publishing.models.publishable import publishable_models
from portal.publishing.roles import ADMINISTRATOR, APPROVER
from portal.publishing.verification import differences
from tests import factories
from tests.accounts.conftest import INDEX, Browser
from tests.accounts.test_admin_addresses import ROUTES, address
from tests.faults.filled import VALUES, Filled, encoded, forms, spoilt
from tests.imports.conftest import MARKET, SCHOOL, csv_file
from tests.kept_pages import forget_all_that_is_kept

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("browser")]
REFUSED = {200, 400, 403, 404, 409, 413, 422, 429}
ENCODING = "application/x-www-form-urlencoded"
HEADERS = ({}, {}, {"HTTP_ACCEPT_LANGUAGE": "en;q=1e9"}, {"HTTP_REFERER": "https://evil.example/"})
LOCAL = re.compile(r"/(?![/\\])|http://testserver/|\?|$")
# What lists of the admin, its choices and its windows are asked by.
NAMES = (
    "q", "p", "o", "e", "all", "page", "_popup", "_to_field", "_changelist_filters", "next", "term",
    "app_label", "model_name", "field_name", "officer", "officer__id__exact", "entry_code", "ot",
    "state__exact", "state__in", "is_exercise__exact", "province__id__exact", "province__isnull",
    "province", "entry_type__id__exact", "entry_type", "action__exact", "kind__exact", "by",
    "province__slug__startswith", "groups__id__exact", "provinces__id__exact", "is_active__exact",
    "password__startswith", "notice__province__id__exact", "at__gte", "at__year", "level__exact",
    "valid_to__isnull", "pk__in", "id", "windows", "search_text__regex", "_facets", "kind", "level",
)  # fmt: skip


@pytest.fixture
def ours(hai_phong, author, approver) -> dict[str, Any]:
    """Something of Hải Phòng under every model of the admin, as far on as it can be worked on."""
    location = factories.location(hai_phong)
    notice = factories.notice(hai_phong, locations=[location])
    dispatch = Dispatch.objects.get(notice=notice)
    shown = preview(csv_file(MARKET, SCHOOL), file_name="a.csv", province=hai_phong, by=author)
    waiting = workflow.save_draft(
        entry=location,
        content=contents.snapshot(location) | {"address": "2 Lê Lợi"},
        by=author,
        public_note="Sửa địa chỉ",
    )
    workflow.submit(revision=waiting, by=author)
    entries = [
        hai_phong,
        location,
        factories.flight(hai_phong),
        notice,
        factories.cases(hai_phong, locations=[location]),
        factories.publish(Figure(province=hai_phong, what="ca mắc", value=5, as_of=clock.now())),
        factories.publish(Guidance(province=hai_phong, by="CDC", points="Ở nhà")),
        author,
        waiting,
        hand_over(shown, by=author),
        AccountEvent.objects.first(),
        dispatch,
        factories.dead_letter(dispatch),
        ZaloConnection.objects.create(province=hai_phong, refresh_expires_at=clock.now()),
        Division.objects.get(code="31", valid_to__isnull=False, level=1),
    ]
    return {entry._meta.label_lower: entry for entry in entries}


@pytest.fixture
def officers(approver, hai_phong, db) -> list[Browser]:
    """Signed in: who approves for Hải Phòng, who manages its accounts, who may do everything."""
    root = type(approver).objects.create_superuser("root", password=factories.PASSWORD)
    manager = factories.officer("manager", ADMINISTRATOR, hai_phong)
    browsers = [Browser().sign_in(officer) for officer in (approver, manager, root)]
    for browser in browsers:
        browser.raise_request_exception = False
    return browsers


def rows() -> Counter[str]:
    """How much there is of what officers write."""
    return Counter({
        "revisions": Revision.objects.count(),
        **{model._meta.label: model._default_manager.count() for model in publishable_models()},
    })  # fmt: skip


class Trial:
    """One officer's browser, of which everything that it did is forgotten after each request."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.cookies = browser.cookies.output(header="")

    def __enter__(self) -> Browser:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        return self.browser

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.browser.cookies = SimpleCookie(self.cookies)
        forget_all_that_is_kept()


def found_forms(browsers: list[Browser], of: dict[str, Any]) -> list[tuple[Browser, Filled]]:
    """Every form that an officer is shown at any address of the admin, of the first who is."""
    found: dict[str, tuple[Browser, list[Filled]]] = {}
    for browser in browsers:
        for page in {address(route, of) for route in ROUTES} - found.keys():
            with Trial(browser):
                answer = browser.get(page)
                if answer.status_code == 200 and "html" in answer["Content-Type"]:
                    found[page] = browser, list(forms(page, answer.content))
    found = dict(sorted(found.items()))
    return [(browser, filled(form, found)) for browser, here in found.values() for form in here]


def filled(form: Filled, found: dict[str, tuple[Browser, list[Filled]]]) -> Filled:
    """The form of something new, filled in as that of what is there already."""
    if not form.address.endswith("/add/"):
        return form
    start = form.address.removesuffix("add/")
    there = next(page for page in found if page.startswith(start) and page.endswith("/change/"))
    values = dict(found[there][1][0].fields) | {"version": b""}
    # Keys of rows are of what is there.
    kept = {name: value for name, value in values.items() if not is_key(name)}
    return Filled(form.address, tuple((dict(form.fields) | kept).items()))


def is_key(name: str) -> bool:
    """Whether a field of a row says of which row in the database it is, or of what."""
    prefix, _dash, rest = name.partition("-")
    return rest.endswith("-id") or (prefix == "windows" and rest.endswith("-location"))


def is_shown(form: Any, name: str, page: str) -> bool:
    """Whether somebody could have typed into that field of `form`."""
    if name not in form.fields:
        return True
    return not form.fields[name].widget.is_hidden and f'name="{form.add_prefix(name)}' in page


def messages(answer: Any) -> list[str]:
    """What a page says, or should say, of each thing that was refused."""
    context = answer.context or {}
    page = answer.content.decode(errors="replace")
    found = [words for words in context.get("errors") or () if isinstance(words, str)]
    found += filter(None, (context.get("error"), context.get("refused")))
    shown = [context.get("form"), getattr(context.get("adminform"), "form", None)]
    for inline in context.get("inline_admin_formsets") or ():
        shown += inline.formset.forms
        found += inline.formset.non_form_errors()
    for form in filter(None, shown):
        if form.is_bound:
            found += [
                words
                for name, errors in form.errors.items()
                if is_shown(form, name, page)
                for words in errors
            ]
    return found


def complaints(answer: Any, before: Counter[str]) -> list[str]:
    """What is wrong with an answer to a spoilt form."""
    code = answer.status_code
    done = "codes" in (answer.context or ()) or "data-popup-response" in str(answer.content[:2000])
    if code == 302 or (code == 200 and done):
        return []
    refusals = [] if answer.streaming else messages(answer)
    page = answer.content.decode(errors="replace") if not answer.streaming else ""
    unsaid = [words for words in refusals if escape(words) not in page]
    made = {name: count for name, count in (rows() - before).items() if count}
    checks = {
        f"an error of ours: {answer.exc_info and answer.exc_info[1]!r}": code >= 500,
        "an unknown answer": code < 500 and code not in REFUSED,
        f"not said: {unsaid}": bool(unsaid),
        "refused without a word": code in (200, 409, 422) and not refusals and not said(page),
        f"half saved: {made}": bool(made),
    }
    return [what for what, is_so in checks.items() if is_so]


def said(page: str) -> bool:
    """Whether there is a message on top of a page, or something to confirm."""
    return 'class="messagelist"' in page or "errornote" in page or "alert" in page


def goes_on(browser: Browser, last: int) -> list[str]:
    """What fails of all that follows from the revisions after `last`, until residents read them."""
    pages = []
    for revision in Revision.objects.filter(pk__gt=last).order_by("pk"):
        name = f"admin:{revision.entry._meta.app_label}_{revision.entry._meta.model_name}"
        pages += [
            reverse("admin:publishing_revision_review", args=[revision.pk]),
            *(reverse(f"{name}_{page}", args=[revision.entry_id])
              for page in ("change", "preview", "history")),
        ]  # fmt: skip
        if revision.state == Revision.State.SUBMITTED and revision.author.username != "author":
            with suppress(ValidationError):
                workflow.approve(
                    revision=revision, by=factories.national(APPROVER), privacy_reason="x"
                )
                pages += ["/hai-phong/", "/en/hai-phong/", "/hai-phong/feed.atom"]
                if hasattr(revision.entry, "get_absolute_url"):
                    pages.append(revision.entry.get_absolute_url())
    failed = []
    for page in pages:
        answer = browser.get(page)
        if answer.status_code >= 500:
            failed.append(f"then {page}: {answer.exc_info and answer.exc_info[1]!r}")
    return failed


def test_bad_forms_of_officers(ours, officers, times, tell, caplog):
    caplog.set_level(logging.CRITICAL)
    found = found_forms(officers, ours)
    assert len(found) >= 40
    chance = random.Random(20210326)
    codes: Counter[int] = Counter()
    wrong: list[str] = []
    count = times(100, 1_500)
    for number in range(count):
        browser, form = found[number % len(found)]
        fields, touched = spoilt(form, chance)
        with Trial(browser):
            before, last = rows(), Revision.objects.latest("pk").pk
            answer = browser.post(form.address, encoded(fields), content_type=ENCODING)
            codes[answer.status_code] += 1
            told = [(name, value[:60]) for name, value in fields if name in touched]
            problems = complaints(answer, before)
            if answer.status_code == 302:
                problems += goes_on(browser, last)
            wrong += [f"{what}: {answer.status_code} {form.address} {told}" for what in problems]
    assert not wrong, "\n".join(wrong[:40])
    assert not list(differences())
    tell(
        "forms of officers, filled in badly",
        injected=count,
        observed=f"{len(found)} forms, {codes[302]} accepted, 500s: {codes[500]}",
        lost=codes[500],
    )


def test_bad_addresses_of_officers(ours, officers, times, tell, caplog):
    caplog.set_level(logging.CRITICAL)
    chance = random.Random(20210327)
    codes: Counter[int] = Counter()
    wrong: list[str] = []
    count = times(250, 3_000)
    for _number in range(count):
        page = hostile_address(chance.choice(ROUTES), ours, chance)
        browser = chance.choice(officers)
        with Trial(browser):
            answer = browser.get(page, **chance.choice(HEADERS))
            if answer.streaming:
                b"".join(answer.streaming_content)
            codes[answer.status_code] += 1
            if answer.status_code >= 500 or not LOCAL.match(answer.get("Location", "")):
                error = answer.exc_info and answer.exc_info[1]
                wrong.append(f"{error!r}: {answer.status_code} {page[:300]}")
    assert not wrong, "\n".join(wrong[:40])
    tell(
        "addresses and queries of the admin",
        injected=count,
        observed=f"{len(codes)} kinds of answer, 500s: {codes[500]}",
        lost=codes[500],
    )


def hostile_address(route: str, of: dict[str, Any], chance: random.Random) -> str:
    """An address of that route, or one that looks like it, with anything asked of it."""
    page = address(route, of)
    if chance.random() < 0.5:
        page = re.sub("<[^>]*>", lambda _: quoted(chance), INDEX + route) if "<" in route else page
        page = re.sub(r"[\^()?$]", "", page)
    if chance.random() < 0.05:
        page += quoted(chance)
    asked = [f"{chance.choice(NAMES)}={quoted(chance)}" for _n in range(chance.randrange(4))]
    return "?".join((page, chance.choice("&&&;").join(asked)))


def quoted(chance: random.Random) -> str:
    if chance.random() < 0.2:
        return chance.choice(("1", "0", "-1", "1/change", "1/delete", "add", "all", "None", "True"))
    return quote_from_bytes(chance.choice(VALUES)[:2000], chance.choice(("", "/:?&=+;,")))
