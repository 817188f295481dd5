"""What residents are asked to do about an entry, at a time: the one rule for pages and pictures.

An entry's own words come first. A place or flight that has none is about what the notices say
that name it, as long as they are in force: then "if you were there, …" is said to be theirs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import get_language

from alerts.models import Notice
from locations.models import ExposureLocation, Flight
from portal import clock
from portal.publishing.models import Entry
from portal.web.templatetags.portal_web import said


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

    Two queries for places and two for flights; other kinds are named by no notice.
    """
    wanted = list(entries)
    at = at or clock.now()
    return _naming(wanted, ExposureLocation, "locations", at) | _naming(
        wanted, Flight, "flights", at
    )


def _naming(
    entries: list[Entry], model: type[Entry], link: str, at: datetime
) -> dict[Entry, list[Notice]]:
    by_key: dict[Any, Entry] = {entry.pk: entry for entry in entries if isinstance(entry, model)}
    found: dict[Entry, list[Notice]] = {entry: [] for entry in by_key.values()}
    if not found:
        return found
    notices = Notice.objects.listed(at).newest_first().select_related("province")
    notices = notices.prefetch_related("hotlines")
    # A row for each pair; the annotation reads the same join as the filter.
    for notice in notices.filter(**{f"{link}__in": list(by_key)}).annotate(named=F(link)):
        found[by_key[notice.named]].append(notice)
    return found


def _own(entry: Entry) -> list[Action]:
    return [_action_of(entry, None)] if getattr(entry, "action", "") else []


def _action_of(teller: Any, notice: Notice | None) -> Action:
    english = get_language() == "en" and bool(teller.action_en)
    return Action(said(teller, "action"), "en" if english else "vi", notice)
