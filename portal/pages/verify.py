"""`/xac-minh/`: is this real? About a code, an address or a message that somebody was sent."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from alerts.cards import CARD_KINDS, Share, share_of
from locations.models import Province
from locations.qr.codes import address_of, printed_url
from portal.pages import asked_address
from portal.pages.asked_address import Asked
from portal.pages.codes import Found, find
from portal.pages.entries import also_changed
from portal.publishing.models import Entry
from portal.publishing.models.code import LENGTH, Code
from portal.publishing.verdict import Verdict, verdict_on
from portal.web.page_cache.declaring import cached_page

# Of the kind that is printed, and of no entry: no code has a zero within.
EXAMPLE = "7H3K0X"
# As many as one compares letter by letter.
SUGGESTIONS = 3
PROVINCE_PAGES = {"province", "follow"}


class Kind(StrEnum):
    UNREADABLE = "unreadable"
    ELSEWHERE = "elsewhere"
    NO_PAGE = "no page"
    PAGE = "page"
    NO_CODE = "no code"
    PROVINCE = "province"
    FOLLOW = "follow"
    EXERCISE = "exercise"
    ON_A_PAGE = "on a page"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the portal says of what was asked; `host` is somebody else's that was in it too."""

    kind: Kind
    host: str = ""
    code: str = ""
    found: Found | None = None
    province: Province | None = None
    path: str = ""
    verdict: Verdict | None = None
    also_changed: tuple[Entry, ...] = ()
    share: Share | None = None
    suggestions: tuple[Found, ...] = ()
    impossible: str = ""
    length: int = LENGTH


@cached_page(ma=None)
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("ma", "")
    asked = query[: asked_address.LONGEST].replace("\x00", "")
    answer = answer_to(query) if query.strip() else None
    context = {
        "asked": asked,
        "answer": answer,
        "own_host": address_of(settings.PUBLIC_BASE_URL),
        "example_address": address_of(printed_url(settings.PUBLIC_BASE_URL, EXAMPLE)),
    }
    return render(request, "pages/verify.html", context)


def answer_to(text: str) -> Answer:
    """What there is to say of `text`, whatever it is; in the active language."""
    asked = asked_address.read(text)
    if asked.code:
        return _of_code(asked)
    if asked.path:
        return _of_path(asked)
    return Answer(Kind.ELSEWHERE if asked.host else Kind.UNREADABLE, host=asked.host)


def _of_code(asked: Asked) -> Answer:
    found = find(asked.code, with_exercises=True)
    told: dict[str, Any] = {"host": asked.host, "code": asked.code}
    if found is None or found.target is None:
        return Answer(
            Kind.NO_CODE,
            suggestions=_suggestions(asked.code),
            impossible=asked_address.impossible(asked.code),
            **told,
        )
    target = found.target
    if isinstance(target, Province):
        kind = Kind.FOLLOW if found.to_follow else Kind.PROVINCE
        return Answer(kind, found=found, province=target, **told)
    if target.is_exercise:
        return Answer(Kind.EXERCISE, **told)
    if not isinstance(target, CARD_KINDS):
        return Answer(Kind.ON_A_PAGE, found=found, **told)
    verdict = verdict_on(target, asked.number)
    return Answer(
        Kind.ENTRY,
        found=found,
        verdict=verdict,
        also_changed=tuple(also_changed(target, verdict)),
        share=share_of(target),
        **told,
    )


def _of_path(asked: Asked) -> Answer:
    try:
        match = resolve(asked.path)
    except (Resolver404, ValueError):
        return Answer(Kind.NO_PAGE, host=asked.host)
    slug = match.kwargs.get("province")
    if slug is None:
        return Answer(Kind.PAGE, host=asked.host, path=asked.path)
    province = Province.objects.public().filter(slug=slug).first()
    if province is None:
        return Answer(Kind.NO_PAGE, host=asked.host)
    if match.url_name in PROVINCE_PAGES:
        kind = Kind.FOLLOW if match.url_name == "follow" else Kind.PROVINCE
        found = Found("", province, to_follow=kind == Kind.FOLLOW)
        return Answer(kind, host=asked.host, found=found, province=province)
    return Answer(Kind.PAGE, host=asked.host, path=asked.path)


def _suggestions(code: str) -> tuple[Found, ...]:
    """Codes that lead to something public and may have been misread as `code`."""
    guesses = asked_address.look_alikes(code)
    likeliest = {guess: rank for rank, guess in enumerate(guesses)}
    allocated = Code.objects.filter(value__in=guesses).values_list("value", flat=True)
    near = sorted(allocated, key=likeliest.__getitem__)[: 2 * SUGGESTIONS]
    found = (find(value) for value in near)
    return tuple(one for one in found if one and one.target is not None)[:SUGGESTIONS]
