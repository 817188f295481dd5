"""What somebody who was there is asked to do, and whom they can call, as numbers."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import get_language

from alerts.what_to_do import Action, actions_for
from locations.models import ExposureLocation, Flight, Province
from locations.models.province import HotlineBase
from portal.pages.check.columns import Table
from portal.web.templatetags.portal_web import said

# Label, number as written, number as dialled.
Line = tuple[str, str, str]


class Todos:
    """Numbers of what to do about each of `entries`, in the language of the page.

    The numbers to call are those of the notices that say it; without any, the province's.
    """

    def __init__(
        self,
        at: datetime,
        provinces: Iterable[Province],
        entries: Iterable[ExposureLocation | Flight],
    ) -> None:
        self.texts: Table[str] = Table()
        self.vietnamese: set[int] = set()
        self.hotlines: Table[Line] = Table()
        self.todos: Table[tuple[tuple[int, ...], tuple[int, ...]]] = Table()
        self._of_province = {one.pk: self._lines(one.hotlines.all()) for one in provinces}
        self._actions = actions_for(entries, at)

    def of_province(self, province: Province) -> tuple[int, ...]:
        return self._of_province[province.pk]

    def number(self, entry: ExposureLocation | Flight) -> int:
        actions = self._actions[entry]
        lines = [
            line
            for action in actions
            if action.notice
            for line in self._lines(action.notice.hotlines.all())
        ]
        return self.todos.number(
            (_once(map(self._text, actions)), _once(lines) or self._of_province[entry.province_id])
        )

    def _text(self, action: Action) -> int:
        number = self.texts.number(action.text)
        if get_language() == "en" and action.language != "en":
            self.vietnamese.add(number)
        return number

    def _lines(self, hotlines: Iterable[HotlineBase]) -> tuple[int, ...]:
        return tuple(
            self.hotlines.number((said(hotline, "label"), hotline.number, hotline.dialled))
            for hotline in hotlines
        )


def _once(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))
