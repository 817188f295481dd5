"""What somebody who was there is asked to do, and whom they can call."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from alerts.models import Notice
from locations.models import ExposureLocation, Flight, Province
from locations.models.province import HotlineBase
from portal.pages.check.columns import Table
from portal.web.templatetags.portal_web import said

# Label, number as written, number as dialled.
Line = tuple[str, str, str]


class Todos:
    """Numbers of what to do, in the language of the page, by entry.

    An entry's own action comes first; without one, those of the listed notices that cover it.
    The numbers to call are those of these notices; without any, the province's.
    """

    def __init__(self, at: datetime, provinces: Iterable[Province]) -> None:
        self.texts: Table[str] = Table()
        self.vietnamese: set[int] = set()
        self.hotlines: Table[Line] = Table()
        self.todos: Table[tuple[tuple[int, ...], tuple[int, ...]]] = Table()
        listed = Notice.objects.listed(at)
        notices = list(listed.prefetch_related("hotlines").newest_first())
        self._of_province = {one.pk: self._lines(one) for one in provinces}
        locations, flights = Notice.locations.through, Notice.flights.through
        self._covering = {
            ExposureLocation: _covering(locations, "exposurelocation_id", listed, notices),
            Flight: _covering(flights, "flight_id", listed, notices),
        }

    def of_province(self, province: Province) -> tuple[int, ...]:
        return self._of_province[province.pk]

    def number(self, entry: ExposureLocation | Flight) -> int:
        covering = self._covering[type(entry)][entry.pk]
        actions = [self._action(one) for one in ([entry] if entry.action else covering)]
        lines = [line for notice in covering for line in self._lines(notice)]
        return self.todos.number(
            (_once(actions), _once(lines) or self._of_province[entry.province_id])
        )

    def _action(self, entry: Any) -> int:
        number = self.texts.number(said(entry, "action"))
        if get_language() == "en" and not entry.action_en:
            self.vietnamese.add(number)
        return number

    def _lines(self, owner: Any) -> tuple[int, ...]:
        return tuple(self._line(hotline) for hotline in owner.hotlines.all())

    def _line(self, hotline: HotlineBase) -> int:
        return self.hotlines.number((said(hotline, "label"), hotline.number, hotline.dialled))


def _covering(
    links: Any, linked: str, notices: QuerySet[Notice], known: list[Notice]
) -> dict[int, list[Notice]]:
    """Which of the `known` notices cover an entry, in their order, by the key of the entry."""
    entries_of = defaultdict(list)
    for notice, entry in links.objects.filter(notice__in=notices).values_list("notice_id", linked):
        entries_of[notice].append(entry)
    covering = defaultdict(list)
    for notice in known:
        for entry in entries_of[notice.pk]:
            covering[entry].append(notice)
    return covering


def _once(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))
