"""Notices, case announcements and figures as open data."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from alerts.models import CaseAnnouncement, Figure, Notice
from locations.models import Division, ExposureLocation, Flight
from locations.open_data import FLIGHTS, LOCATIONS, others, with_others, with_slug
from portal.publishing.models import EntryQuerySet
from portal.publishing.open_data.dataset import Column, Dataset, Row, Type, columns


def with_codes(entries: EntryQuerySet, at: datetime) -> EntryQuerySet:
    """With their province, and with the places and flights that they name, as far as public."""
    return entries.defer("search_text").prefetch_related(
        with_slug(),
        *(
            Prefetch(name, model.objects.public(at).only("code").order_by("code"))
            for name, model in (("locations", ExposureLocation), ("flights", Flight))
        ),
    )


def load_notices(notices: EntryQuerySet, at: datetime) -> EntryQuerySet:
    return with_codes(notices, at).prefetch_related("hotlines", "province__hotlines")


def load_cases(cases: EntryQuerySet, at: datetime) -> EntryQuerySet:
    return with_codes(cases, at).prefetch_related("ward", with_others())


def load_figures(figures: EntryQuerySet, at: datetime) -> EntryQuerySet:
    return figures.defer("search_text").prefetch_related(with_slug())


def _codes(name: str) -> Any:
    return lambda row: [entry.code for entry in getattr(row.entry, name).all()]


def _hotlines(row: Row) -> str:
    notice = row.entry
    lines = notice.hotlines.all() or notice.province.hotlines.all()
    return "; ".join(f"{line.label}: {line.number}" for line in lines)


def _ward(row: Row) -> str:
    unit: Division | None = row.entry.ward
    return unit.full_name_on(row.entry.ends_on) if unit else ""


LINKS = (
    Column("locations", _("The exposure locations that it names, by “id”."), Type.LIST,
           _codes("locations"), always=True),
    Column("flights", _("The flights that it names, by “id”."), Type.LIST,
           _codes("flights"), always=True),
)  # fmt: skip

NOTICES = Dataset(
    slug="thong-bao",
    name="notices",
    title=_("Notices"),
    explanation=_("What the health office asks residents to do, one row for each notice."),
    model=Notice,
    linked=(ExposureLocation, Flight),
    load=load_notices,
    columns=columns(
        Column("severity", _("How urgent it is."), choices=Notice.Severity, always=True),
        Column("title", _("What it is about."), always=True),
        Column("title_en", _("The same in English.")),
        Column("action", _("What to do."), always=True),
        Column("action_en", _("The same in English.")),
        Column("body", _("Whom it concerns, and details.")),
        Column("body_en", _("The same in English.")),
        Column("hotlines", _("Who answers at which number: those of the notice, else those of the "
                             "province."), value=_hotlines),
        *LINKS,
    ),
)  # fmt: skip

CASES = Dataset(
    slug="ca-benh",
    name="cases",
    title=_("Case announcements"),
    explanation=_(
        "How many new cases, when and where; never who. One row for each announcement, which may "
        "count several provinces together: do not add up rows of the same days."
    ),
    model=CaseAnnouncement,
    linked=(ExposureLocation, Flight),
    load=load_cases,
    columns=columns(
        Column("also_concerns", _("Other provinces whose cases are in the number."), Type.LIST,
               others, always=True),
        Column("cases", _("How many new cases."), Type.WHOLE_NUMBER, always=True),
        Column("starts_on", _("The first day that it counts."), Type.DAY, always=True),
        Column("ends_on", _("The last day that it counts."), Type.DAY, always=True),
        Column("ward", _("Ward or commune, as it was called at the time."), value=_ward),
        Column("unit_id", _("The ward: the year of the decision that numbers it and its code "
                            "there."), value=lambda row: row.entry.ward_id),
        Column("note", _("A note on the cases.")),
        Column("note_en", _("The same in English.")),
        *LINKS,
    ),
)  # fmt: skip

FIGURES = Dataset(
    slug="so-lieu",
    name="figures",
    title=_("Figures"),
    explanation=_("What is counted, how many, and as of when, one row for each figure."),
    model=Figure,
    load=load_figures,
    columns=columns(
        Column("what", _("What is counted."), always=True),
        Column("what_en", _("The same in English.")),
        Column("value", _("How many."), Type.WHOLE_NUMBER, always=True),
        Column("since", _("The day since which it is counted."), Type.DAY),
        Column("as_of", _("Up to when it is counted."), Type.MOMENT, always=True),
    ),
)  # fmt: skip

# Every kind by its part of addresses.
DATASETS = {dataset.slug: dataset for dataset in (NOTICES, LOCATIONS, FLIGHTS, CASES, FIGURES)}
