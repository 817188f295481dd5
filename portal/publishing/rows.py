"""Rows of lists: each is rendered once, and its HTML kept in the process for as long as it holds.

What a row may show is what it is kept under (`_Page.key`), and its template is given nothing else:

- the entry as its last approved revision left it, with its windows and what else is its own. Of
  its columns `COLUMNS` tell that: every approval counts the revision on, and what changes without
  one is when the listing ends, if the province lists for more days or for fewer;
- the names of provinces and administrative units (`versions.names`);
- the clock: what is open and listed by now, and today's date, from which days are counted;
- the language, and of which province the page is.

Other entries are no part of it: a row that showed the places of a notice would grow old.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from portal import clock
from portal.publishing import versions
from portal.publishing.kept import Kept
from portal.publishing.models import Entry, EntryQuerySet

COLUMNS = ("pk", "code", "revision_number", "state", "publish_from", "listed_until")
Mark = tuple[Any, ...]
_mark_of = attrgetter(*COLUMNS)

# Of 50 rows of each of 63 provinces, in two languages, and as many from searches.
KEPT = Kept(32 * 1024 * 1024)


def marks_of(entries: EntryQuerySet) -> QuerySet:
    """What tells whether the rows of `entries` are kept."""
    return entries.prefetch_related(None).values_list(*COLUMNS)


class Rows:
    """The entries of `entries`, in order, of which only those are read whole whose row is not
    kept. Asks the database when it is first looked at, as a queryset does.

    `entries` may be a function that makes the queryset, for who asks for `marks_of` it in a
    quicker way: by `marks`.
    """

    def __init__(
        self,
        entries: EntryQuerySet | Callable[[], EntryQuerySet],
        *,
        marks: Callable[[], list[Mark]] | None = None,
    ) -> None:
        self._entries = entries
        self._ask = marks or (lambda: list(marks_of(self.entries)))

    @cached_property
    def entries(self) -> EntryQuerySet:
        return self._entries() if callable(self._entries) else self._entries

    def __len__(self) -> int:
        return len(self._marks)

    def __iter__(self) -> Iterator[Any]:
        """The entries themselves, read whole, for who does not ask for their rows."""
        return iter(self.entries)

    @cached_property
    def _marks(self) -> list[Mark]:
        return self._ask()

    def html(
        self, name: str, template: str, *, province: Any = None, names: int | None
    ) -> SafeString:
        """All rows, by a `template` that knows each entry by `name`, and the page's `province`.

        `names` is what `versions.names` said before: what gets another name meanwhile is then kept
        under the old number, which nobody asks for again. With None all are rendered now, and stay
        nowhere: for previews, which show under the number of a revision what is not in it.
        """
        keep = names is not None
        page = _Page(
            name, template, province, get_language() or "", names, clock.now(), clock.today()
        )
        keys = [page.key(mark) for mark in self._marks]
        rows = KEPT.find(keys) if keep else {}
        missing = [mark[0] for mark, key in zip(self._marks, keys, strict=True) if key not in rows]
        if not missing:
            return _joined(rows[key] for key in keys)
        fresh = {entry.pk: entry for entry in self._whole(missing)}
        # By what they are now, which may be a revision later than a moment ago.
        rendered = {page.key(_mark_of(entry)): page.row(entry) for entry in fresh.values()}
        if keep:
            KEPT.keep(rendered)
        rows |= rendered
        keys = [
            page.key(_mark_of(fresh[mark[0]])) if mark[0] in fresh else key
            for mark, key in zip(self._marks, keys, strict=True)
        ]
        return _joined(rows[key] for key in keys)

    def _whole(self, keys: list[Any]) -> EntryQuerySet:
        return self.entries.model.objects.filter(pk__in=keys).for_lists()


@dataclass(frozen=True, slots=True)
class _Page:
    """What the rows of one page have in common."""

    name: str
    template: str
    province: Any
    language: str
    names: int | None
    at: datetime
    today: date

    def key(self, mark: Mark) -> Hashable:
        *_, publish_from, listed_until = mark
        return (
            self.template,
            self.language,
            self.names,
            self.province and self.province.pk,
            self.today,
            publish_from is None or publish_from <= self.at,
            listed_until is not None and self.at < listed_until,
            *mark,
        )

    def row(self, entry: Entry) -> str:
        known = {self.name: entry, "province": self.province, "now": self.at}
        return get_template(self.template).render(known)


def names_known_to(request: HttpRequest) -> int | None:
    """What `versions.names` said when the page of `request` asked first; None for a preview."""
    known: Any = request
    if getattr(known, "is_preview", False):
        return None
    if not hasattr(known, "names_version"):
        known.names_version = versions.names()
    return known.names_version


def kept_part(names: int | None, make: Callable[[], str], *about: Hashable) -> SafeString:
    """What `make` renders of `about`, which tells it from all else: a part of a page in which are
    the names of provinces and administrative units only, and the reader's language. `names` as for
    `Rows.html`."""
    key = (*about, get_language(), names)
    kept = KEPT.find([key]) if names is not None else {}
    if key not in kept:
        kept = {key: make()}
        if names is not None:
            KEPT.keep(kept)
    return _joined([kept[key]])


def _joined(rows: Iterable[str]) -> SafeString:
    return mark_safe("".join(rows))  # noqa: S308 - what templates have rendered
