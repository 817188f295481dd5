"""What residents are asked to do about an entry, at a time: the one rule for pages and pictures.

An entry's own words come first. A place or flight that has none is about what the notices say
that name it, as long as they are in force: then "if you were there, …" is said to be theirs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from alerts.models import Notice
from locations.models import ExposureLocation, Flight
from portal import clock
from portal.publishing.models import Entry
from portal.web.templatetags.portal_web import said

# What a notice can name, and by which of its fields.
NAMED: dict[type[Entry], str] = {ExposureLocation: "locations", Flight: "flights"}
# Of more entries than these it is quicker to read all that notices name.
FEW = 500


@dataclass(frozen=True, slots=True)
class Action:
    """What to do, in the language of the page or, where nobody translated it, in Vietnamese.

    `notice` says it; None if the entry itself does.
    """

    text: str
    language: str
    notice: Notice | None = None


def actions_for(
    entries: Iterable[Entry],
    at: datetime | None = None,
    *,
    naming: Mapping[Entry, list[Notice]] | None = None,
) -> dict[Entry, list[Action]]:
    """For each of `entries`, of any kinds: its own action, else those of the notices in force at
    `at` (default: now) that name it, the most urgent first; nothing if there are none.

    At most four queries, however many entries there are; none with `naming`, which is what
    `notices_naming` said of the same entries and time, for who has asked it already. Nothing
    is borrowed for a withdrawn entry: it no longer holds.
    """
    wanted = list(entries)
    silent = [entry for entry in wanted if not _own(entry) and not entry.is_withdrawn]
    naming = notices_naming(silent, at) if naming is None else naming
    borrowed = {
        entry: [_action_of(notice, notice) for notice in naming.get(entry, ())] for entry in silent
    }
    return {entry: borrowed.get(entry) or _own(entry) for entry in wanted}


def notices_naming(
    entries: Iterable[Entry], at: datetime | None = None
) -> dict[Entry, list[Notice]]:
    """The notices in force at `at` that name each of `entries`, the most urgent first.

    At most four queries; kinds other than places and flights are named by no notice.
    """
    found: dict[Entry, list[Notice]] = {entry: [] for entry in entries}
    listed = Notice.objects.listed(at or clock.now())
    named: dict[int, list[Entry]] = defaultdict(list)
    for model, link in NAMED.items():
        by_key = {entry.pk: entry for entry in found if isinstance(entry, model)}
        for key_of_notice, key in _pairs(listed, link, by_key):
            named[key_of_notice].append(by_key[key])
    if not named:
        return found
    notices = Notice.objects.filter(pk__in=named).newest_first()
    for notice in notices.select_related("province").prefetch_related("hotlines"):
        for entry in named[notice.pk]:
            found[entry].append(notice)
    return found


def _pairs(
    notices: QuerySet[Notice], link: str, wanted: Mapping[int, Entry]
) -> Iterator[tuple[int, int]]:
    """The keys of each of `notices` and of each of the `wanted` entries that it names."""
    if not wanted:
        return
    field: Any = Notice._meta.get_field(link)
    pairs = field.remote_field.through.objects.filter(notice__in=notices)
    column = field.m2m_reverse_name()
    if len(wanted) <= FEW:
        pairs = pairs.filter(**{f"{column}__in": list(wanted)})
    for notice, key in pairs.values_list("notice_id", column):
        if key in wanted:
            yield notice, key


def _own(entry: Entry) -> list[Action]:
    return [_action_of(entry, None)] if getattr(entry, "action", "") else []


def _action_of(teller: Any, notice: Notice | None) -> Action:
    english = get_language() == "en" and bool(teller.action_en)
    return Action(said(teller, "action"), "en" if english else "vi", notice)
