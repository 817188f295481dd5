"""An announcement as headings and lines, in the order in which somebody has to know them.

The plain text and the HTML of an e-mail are both made of these, and so say the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from alerts.delivery.announcement import Announcement, Covered
from alerts.models import Kind
from portal.text import capitalised
from portal.web.times import end_of, shown

# Where there is little room: of those to call, and letters of what was changed.
MOST_NUMBERS = 2
MOST_OF_A_CHANGE = 500


@dataclass(frozen=True)
class Line:
    """One line; `url` is what it leads to, `is_item` makes it one of a list."""

    text: str
    url: str = ""
    is_item: bool = False


@dataclass(frozen=True)
class Section:
    heading: str
    lines: tuple[Line, ...]
    is_first: bool = False


def sections(told: Announcement) -> list[Section]:
    """In the language that is active, which is to be the announcement's own."""
    makers = _WITHDRAWN if told.kind == Kind.WITHDRAWAL else _CURRENT
    made = [Section(heading, tuple(lines)) for heading, lines in (make(told) for make in makers)]
    made = [section for section in made if section.lines]
    return [Section(made[0].heading, made[0].lines, is_first=True), *made[1:]]


@dataclass(frozen=True)
class Brief:
    """What there is room for where there is little: `text` may be cut, `end` may not."""

    text: str
    end: str


def brief(told: Announcement) -> Brief:
    """What to do, whom to call and until when; of a change first what it is. In the language that
    is active."""
    news, action = (_withdrawn, None) if told.kind == Kind.WITHDRAWAL else (_changed, _action)
    changed = Truncator(_joined(news(told)[1])).chars(MOST_OF_A_CHANGE)
    to_do = _joined(action(told)[1]) if action else ""
    text = "\n".join(filter(None, [changed, to_do]))
    return Brief(text, _joined(_numbers(told)[1][:MOST_NUMBERS] + _until(told)))


def _withdrawn(told: Announcement) -> tuple[str, list[Line]]:
    lines = [Line(_("This notice is withdrawn: what it said does not hold any more."))]
    return _("Withdrawn"), lines + _why(told)


def _withdrawn_was(told: Announcement) -> tuple[str, list[Line]]:
    return _("It said"), [Line(told.title), *_paragraphs(told.action)]


def _changed(told: Announcement) -> tuple[str, list[Line]]:
    if told.change is None:
        return "", []
    lines = []
    if told.change.is_return:
        lines.append(Line(_("This notice was withdrawn and is in force again.")))
    for row in told.change.rows:
        before = _one_line(row.before) or _("nothing")
        now = _one_line(row.after) or _("left out")
        words = {"label": capitalised(row.label), "before": before, "now": now}
        lines.append(Line(_("%(label)s: was “%(before)s”, now “%(now)s”") % words, is_item=True))
    return _("What was changed"), lines + _why(told)


def _why(told: Announcement) -> list[Line]:
    why = told.change.why if told.change else ""
    return [Line(_("Why: %s") % why)] if why else []


def _action(told: Announcement) -> tuple[str, list[Line]]:
    lines = _paragraphs(told.action)
    if told.is_untranslated:
        lines.append(Line(_("The office has written this in Vietnamese only.")))
    return _("What to do"), lines


def _numbers(told: Announcement) -> tuple[str, list[Line]]:
    lines = [
        Line(f"{one.who}: {one.number}", url=f"tel:{one.dialled}", is_item=True)
        for one in told.numbers
    ]
    return _("Whom to call"), lines


def _covered(told: Announcement) -> tuple[str, list[Line]]:
    return _("Were you here?"), [line for one in told.covered for line in _place(one)]


def _place(one: Covered) -> Iterator[Line]:
    name = capitalised(one.name)
    if one.is_withdrawn:
        name = _("%s (withdrawn)") % name
    yield Line(f"{name}, {one.where}: {'; '.join(one.when)}", url=one.url, is_item=True)


def _body(told: Announcement) -> tuple[str, list[Line]]:
    return _("Who it concerns"), _paragraphs(told.body)


def _page(told: Announcement) -> tuple[str, list[Line]]:
    lines = []
    if told.kind == Kind.NEW:
        lines.append(Line(_("Announced: %s") % shown(told.published_at)))
    else:
        words = {"first": shown(told.published_at), "changed": shown(told.changed_at)}
        lines.append(Line(_("Announced: %(first)s; changed: %(changed)s") % words))
    lines += _until(told)
    lines.append(Line(_("It is real if it stands here: %s") % told.url, url=told.url))
    return _("On the official page"), lines


def _until(told: Announcement) -> list[Line]:
    if told.until is None or told.kind == Kind.WITHDRAWAL:
        return []
    return [Line(_("In force until: %s") % shown(end_of(told.until)))]


_CURRENT = (_changed, _action, _numbers, _covered, _body, _page)
_WITHDRAWN = (_withdrawn, _withdrawn_was, _numbers, _page)


def _joined(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _paragraphs(text: str) -> list[Line]:
    return [Line(line.strip()) for line in text.splitlines() if line.strip()]


def _one_line(text: str) -> str:
    return "; ".join(part.strip() for part in text.splitlines() if part.strip())
