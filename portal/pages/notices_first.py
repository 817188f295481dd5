"""The notices with which a province's page begins, and what its head says of them.

They tell of places and flights too, so they are no rows. They are made once nevertheless, and kept
as rows are (`portal.publishing.rows`), under all that they may show: the notices as their last
revisions left them; of the places and flights that they name the sum of the revisions (which of
them there are follows from the notice, and no revision ever goes back); the names and hotlines of
the province (`versions.names`); the day and the language.
"""

import json
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from alerts.cards import share_of
from alerts.json_ld import special_announcement
from alerts.models import Notice
from alerts.models.notice import NoticeQuerySet
from locations.models import ExposureLocation, Flight, Province
from portal import clock
from portal.publishing.questions import Question
from portal.publishing.rows import COLUMNS, KEPT
from portal.web.queries import sum_of
from portal.web.templatetags.portal_web import said

NOTICES_SHOWN = 20


def notices_first(province: Province, at: datetime, *, names: int | None) -> dict[str, Any]:
    """What the page says: `html` of all of them, `json_ld` of each, and of the first `action` and
    what `share` its picture is; nothing if none is in force.

    `names` is what `versions.names` said before, as for `Rows.html`; None keeps nothing.
    """
    marks = tuple(MARKS.ask(province=province.pk, at=at))
    if not marks:
        return {}
    key = ("notices", get_language(), names, province.pk, clock.today(), marks)
    kept = KEPT.find([key]).get(key) if names is not None else None
    if kept is None:
        kept = json.dumps(_made(province, at))
        if names is not None:
            KEPT.keep({key: kept})
    said_of_them = json.loads(kept)
    html = mark_safe(said_of_them["html"])  # noqa: S308 - what a template has rendered
    return said_of_them | {"html": html}


def _current(province: Any, at: Any) -> NoticeQuerySet:
    return Notice.objects.concerning(province).listed(at).newest_first()


def _marks(province: Any, at: Any) -> QuerySet:
    told = {
        f"revisions_of_{model._meta.model_name}s": sum_of(
            model.objects.public(at).filter(notices=OuterRef("pk")), "revision_number"
        )
        for model in (ExposureLocation, Flight)
    }
    return _current(province, at).annotate(**told).values_list(*COLUMNS, *told)[:NOTICES_SHOWN]


MARKS = Question(_marks, province=BigIntegerField(), at=DateTimeField())


def _made(province: Province, at: datetime) -> dict[str, Any]:
    notices = list(_current(province, at).with_covered()[:NOTICES_SHOWN])
    for notice in notices:
        notice.province = province  # with its contacts
    shown = {"notices": notices, "province": province, "now": at}
    share = share_of(notices[0], at) if notices else None
    return {
        "html": render_to_string("pages/_notices.html", shown),
        "json_ld": [special_announcement(notice) for notice in notices],
        "action": said(notices[0], "action") if notices else "",
        "share": share
        and {
            "picture": share.picture,
            "width": share.width,
            "height": share.height,
            "card": {"in_words": share.card.in_words},
        },
    }
