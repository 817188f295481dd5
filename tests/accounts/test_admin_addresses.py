"""Every address of the admin, asked by whoever must not reach it."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, resolve, reverse

from locations.models import Division
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import AccountEvent, Batch, Revision
from portal.publishing.models.publishable import State, publishable_models
from portal.publishing.roles import ADMINISTRATOR, APPROVER, AUDITOR, AUTHOR
from tests import factories
from tests.accounts.conftest import CODE, INDEX, LOGIN, SET_UP, Browser

LINK = "set-password/<uidb64>/<token>/"
# What there is before somebody is inside, and what it answers to the first two steps.
OPEN = {"anonymous": {"login/", LINK}, "code": {"login/", LINK, "logout/", "code/"}}
OPEN["set up"] = {
    "login/",
    LINK,
    "logout/",
    "password_change/",
    "password_change/done/",
    "second-factor/set-up/",
}
NEXT = {"anonymous": LOGIN, "code": CODE, "set up": SET_UP}


def routes(patterns=None, prefix="") -> Iterator[str]:
    """Every route of the admin, as written in its patterns."""
    for pattern in admin.site.get_urls() if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


ROUTES = sorted(set(routes()))


def address(route: str, of: dict[str, object]) -> str:
    """An address of that route about something in `of`, by label of its model."""
    label = ".".join(route.split("/")[:2])
    number = str(getattr(of.get(label), "pk", 1))
    if route.startswith("^(?P<app_label>"):
        return f"{INDEX}publishing/"
    if "<path:content_type_id>" in route:  # hidden by our own
        return f"{INDEX}r/1/1/"
    if "(?P<url>" in route:
        return f"{INDEX}no/such/page/"
    for name in ("path:object_id", "int:revision_id", "id", "path:what"):
        route = route.replace(f"<{name}>", number)
    return INDEX + route.replace("<uidb64>", "MQ").replace("<token>", "x-y")


def test_the_addresses_are_all_filled_in():
    assert len(ROUTES) > 60
    for route in ROUTES:
        path = address(route, {})
        assert "<" not in path
        resolve(path)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("stage", NEXT)
def test_nobody_passes_the_way_in(stage, method, approver):
    browser = Browser()
    if stage != "anonymous":
        browser.force_login(approver)
    if stage == "code":
        factories.phone(approver)
    passed = []
    for route in ROUTES:
        if route in OPEN[stage]:
            continue
        response = getattr(browser, method)(address(route, {}))
        if response.status_code != 302 or not response["Location"].startswith(NEXT[stage]):
            passed.append((route, response.status_code))
    assert passed == []


@pytest.mark.parametrize("stage", ["code", "set up"])
def test_nothing_is_approved_on_the_way_in(stage, hai_phong, author, approver):
    entry, children = factories.location_draft(hai_phong)
    revision = workflow.save_draft(
        entry=entry, content=contents.content_of(entry, children=children), by=author
    )
    workflow.submit(revision=revision, by=author)
    browser = Browser()
    browser.force_login(approver)
    if stage == "code":
        factories.phone(approver)
    review = reverse("admin:publishing_revision_review", args=[revision.pk])
    assert browser.post(review, {"_approve": "1", "understood": "on"}).status_code == 302
    revision.refresh_from_db()
    assert revision.state == Revision.State.SUBMITTED
    factories.mark_verified(browser, approver)
    browser.post(review, {"_approve": "1", "understood": "on"})
    revision.refresh_from_db()
    assert revision.state == Revision.State.APPROVED


@pytest.fixture
def theirs(binh_duong, their_author, db) -> dict[str, object]:
    """Something of Bình Dương under every model of the admin."""
    from alerts.models import Dispatch, Figure, Guidance, ZaloConnection
    from portal import clock

    location = factories.location(binh_duong, name="Nhà máy lạ")
    notice = factories.notice(binh_duong)
    dispatch = Dispatch.objects.get(notice=notice)
    entries = [
        binh_duong,
        location,
        factories.flight(binh_duong),
        notice,
        factories.cases(binh_duong),
        factories.publish(Figure(province=binh_duong, what="ca mắc", value=5, as_of=clock.now())),
        factories.publish(Guidance(province=binh_duong, by="CDC", points="Ở nhà")),
        their_author,
        Revision.objects.get(entry_code=location.code),
        Batch.objects.create(province=binh_duong, author=their_author, file_name="theirs.csv"),
        AccountEvent.objects.filter(officer=their_author).first(),
        dispatch,
        factories.dead_letter(dispatch),
        ZaloConnection.objects.create(province=binh_duong, refresh_expires_at=clock.now()),
        Division.objects.get(code="74", valid_to__isnull=False, level=1),
    ]
    return {entry._meta.label_lower: entry for entry in entries}


def of_one_object(route: str) -> bool:
    return "<path:object_id>" in route or "<int:revision_id>" in route


@pytest.mark.parametrize("role", [AUTHOR, APPROVER, ADMINISTRATOR, AUDITOR])
def test_another_province_is_out_of_reach(role, cast, theirs):
    officer = cast(role)
    browser = Browser().sign_in(officer)
    reached = []
    for route in filter(of_one_object, ROUTES):
        path = address(route, theirs)
        for response in (browser.get(path), browser.post(path, {"_approve": "1", "reason": "x"})):
            # Django leads from /1/ to /1/change/, which is asked for itself, and from what is not
            # there to the front page. The history of an account is a filter of the trail.
            redirected = response.status_code == 302 and (
                response["Location"] in (INDEX, path + "change/")
                or "accountevent/?officer__id" in response["Location"]
                or route.startswith("publishing/revision/<path:object_id>/change")
            )
            if response.status_code not in (403, 404) and not redirected:
                reached.append((route, response.status_code))
    assert reached == []
    assert theirs["alerts.notice"].__class__.objects.get().state == State.PUBLISHED
    listed = browser.get("/admin/publishing/accountevent/", {"officer__id__exact": "1"})
    assert "their-author" not in listed.content.decode()


@pytest.mark.parametrize("role", [AUTHOR, APPROVER, ADMINISTRATOR, AUDITOR])
def test_lists_name_nothing_of_another_province(role, cast, theirs):
    browser = Browser().sign_in(cast(role))
    for model in admin.site._registry:
        meta = model._meta
        listed = browser.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"))
        if listed.status_code == 200:
            assert theirs[meta.label_lower] not in listed.context["cl"].queryset, meta.label
        else:
            assert listed.status_code == 403


ENTRIES = [model._meta.label_lower for model in publishable_models()]
READABLE = [
    *ENTRIES,
    "publishing.batch",
    "publishing.revision",
    "alerts.dispatch",
    "alerts.deadletter",
    "alerts.zaloconnection",
]
# Which lists a role opens, beside those of what is published.
OPENS = {
    AUTHOR: set(),
    APPROVER: set(),
    ADMINISTRATOR: {"publishing.officer", "publishing.accountevent"},
    AUDITOR: {"publishing.officer", "publishing.accountevent"},
}


@pytest.mark.parametrize("role", OPENS)
def test_a_role_that_is_too_low_is_refused(role, cast, location):
    browser = Browser().sign_in(cast(role))
    for model in admin.site._registry:
        meta = model._meta
        name = f"admin:{meta.app_label}_{meta.model_name}"
        opens = meta.label_lower in {*READABLE, "locations.division", *OPENS[role]}
        assert browser.get(reverse(f"{name}_changelist")).status_code == (200 if opens else 403)
        writes = role in (AUTHOR, APPROVER) and meta.label_lower in ENTRIES
        writes = writes and meta.label_lower != "locations.province"
        writes = writes or (role == ADMINISTRATOR and meta.label_lower == "publishing.officer")
        expected = 200 if writes else 403
        assert browser.get(reverse(f"{name}_add")).status_code == expected, meta.label
        assert browser.post(reverse(f"{name}_delete", args=[1])).status_code in (302, 403, 404)


@pytest.mark.parametrize("role", [ADMINISTRATOR, AUDITOR])
def test_who_only_reads_sees_an_entry_and_changes_nothing(role, cast, location, hai_phong):
    browser = Browser().sign_in(cast(role))
    for entry in (location, factories.flight(hai_phong), factories.notice(hai_phong)):
        meta = entry._meta
        name = f"admin:{meta.app_label}_{meta.model_name}"
        page = reverse(f"{name}_change", args=[entry.pk])
        shown = browser.get(page)
        assert shown.status_code == 200
        assert b'type="submit"' not in shown.content.split(b'id="content-main"')[1]
        if entry == location:
            assert "21:30" in shown.content.decode()
        assert browser.get(reverse(f"{name}_history", args=[entry.pk])).status_code == 200
        assert browser.get(reverse(f"{name}_preview", args=[entry.pk])).status_code == 200
        revisions = Revision.objects.count()
        assert browser.post(page, {"name": "x", "_submit": "1"}).status_code == 403
        assert browser.post(reverse(f"{name}_withdraw", args=[entry.pk]), {"reason": "x"})
        assert Revision.objects.count() == revisions
