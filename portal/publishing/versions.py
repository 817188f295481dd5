"""The version of what residents read: counted on with every change, in the same transaction.

A page that was made of version 7 shows all of version 7; perhaps also something of 8, because its
queries came after the question for the version. It never shows less: so whoever keeps a page asks
for the version first, and throws the page away when the version is another.

A row is counted on by the database itself (`number = number + 1`), under its lock until the
transaction ends. So two changes never get one number, and the numbers become known in the order of
the commits.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import F
from django.utils import timezone

from portal import clock
from portal.publishing.models.content_version import EVERYWHERE, NAMES, ContentVersion
from portal.publishing.models.publishable import Entry, Publishable, entry_models
from portal.publishing.questions import Question
from portal.publishing.shared_versions import of_this_portal
from portal.publishing.writing import in_batches
from portal.web.page_cache import Content

# A row of a list shows an entry, and what others that name it ask people to do: notice, flight,
# and the page on which the flight stands.
STEPS = 2

_NAMES = Question(lambda: ContentVersion.objects.filter(pk=NAMES).values_list("number"))

Reached = Mapping[type[Entry], set[Any]]

shared = of_this_portal()


def changed(scopes: Iterable[str]) -> None:
    """Counts the versions of `scopes` on. Called in the transaction of the change."""
    wanted = sorted(set(scopes))
    # A row that somebody else is just making is waited for: after that it is there to be counted.
    rows = [ContentVersion(scope=scope) for scope in wanted]
    ContentVersion.objects.bulk_create(rows, ignore_conflicts=True)
    ContentVersion.objects.filter(pk__in=wanted).update(number=F("number") + 1)
    if shared:
        transaction.on_commit(shared.changed)


def changed_everywhere() -> None:
    """For changes that no revision tells of, such as those of administrative units."""
    changed([EVERYWHERE, NAMES])


def names() -> int:
    """Another number whenever a province or an administrative unit may be called otherwise."""
    return next(iter(_NAMES.ask()), (0,))[0]


def scopes_of(entries: Sequence[Publishable]) -> set[str]:
    """The slugs of the provinces on whose pages any of `entries`, stored and of one kind, can be
    seen, itself or by what is said of another; EVERYWHERE if that is every province, with NAMES
    if one of `entries` is a province.

    Found by the links between entries as they stand: who changes links asks before and after.
    """
    if any(entry.scope == entry for entry in entries):
        return {EVERYWHERE, NAMES}
    if any(entry.scope is None for entry in entries):
        return {EVERYWHERE}
    model: Any = type(entries[0])
    reached: dict[type[Entry], set[Any]] = {model: {entry.pk for entry in entries}}
    latest: Reached = reached
    for _step in range(STEPS):
        latest = _neighbours(latest)
        for kind, keys in latest.items():
            reached.setdefault(kind, set()).update(keys)
    return {slug or EVERYWHERE for kind, keys in reached.items() for slug in _slugs(kind, keys)}


def numbers(alias: str = DEFAULT_DB_ALIAS) -> dict[str, int]:
    """Those of all scopes, as the database `alias` has them."""
    return dict(ContentVersion.objects.using(alias).values_list("scope", "number"))


def read(known: Content | None = None) -> Content:
    """What is current now; `known` itself if it still holds."""
    versions = shared.numbers(numbers) if shared else numbers()
    at = clock.now()
    if known and known.versions == versions and known.holds_at(_real(at)):
        return known
    kinds: list[Any] = list(entry_models())
    changes = [kind._default_manager.all().next_change(at) for kind in kinds]
    # What is so many days away, and what is in force since a day, is told by the day in Vietnam.
    midnight = datetime.combine(
        clock.today() + timedelta(days=1), time(), timezone.get_default_timezone()
    )
    until = _real(min(filter(None, [*changes, midnight])))
    return Content(versions, until, since=_real(at))


def _real(moment: datetime) -> float:
    """`moment` of the portal's clock by that of the machine, in seconds since the epoch."""
    return (moment - clock.offset()).timestamp()


def _neighbours(reached: Reached) -> dict[type[Entry], set[Any]]:
    """The entries that those `reached` name, and those that name them."""
    found: dict[type[Entry], set[Any]] = {}
    for model, keys in reached.items():
        for field in model._meta.get_fields():
            other: Any = field.related_model
            if field.many_to_many and isinstance(other, type) and issubclass(other, Entry):
                found.setdefault(other, set()).update(_values(model, keys, field.name))
    return found


def _slugs(model: type[Entry], keys: set[Any]) -> set[str]:
    """Of the provinces that publish these entries or show them too; None for the whole country."""
    publisher = apps.get_model(settings.PUBLISHER_MODEL)
    names = [field.name for field in model._meta.many_to_many if field.related_model is publisher]
    shown = {slug for name in names for slug in _values(model, keys, f"{name}__slug")}
    return shown | _values(model, keys, "province__slug", with_none=True)


def _values(model: Any, keys: set[Any], name: str, *, with_none: bool = False) -> set[Any]:
    found: set[Any] = set()
    for some in in_batches(sorted(keys)):
        rows = model._default_manager.filter(pk__in=some).order_by()
        found.update(rows.values_list(name, flat=True).distinct())
    return found if with_none else found - {None}
