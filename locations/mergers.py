"""What became of a province: pages keep their address for ever and say what they belong to now."""

from dataclasses import dataclass
from datetime import date, timedelta

from locations.models import Division, Province

# What is known of later mergers is said with its date, whatever the clock shows.
AS_FAR_AS_KNOWN = date.max


@dataclass(frozen=True)
class Merger:
    """A province's unit became part of `unit` on `since`, together with `merged_with`."""

    unit: Division
    since: date
    merged_with: list[str]
    page: Province | None  # of the unit it belongs to now
    is_same_page: bool  # the unit carries on this province's name and page


def continuing_division(unit: Division) -> Division:
    """The earlier province that carries on in `unit`: the one whose code it took over."""
    return unit.predecessors.filter(code=unit.code).first() or unit


def mergers_of(province: Province) -> list[Merger]:
    """The mergers of the province's unit that are known; none while it stands alone."""
    division = province.division
    if division.valid_to is None:
        return []
    mergers = []
    for unit in division.current(AS_FAR_AS_KNOWN):
        heir = continuing_division(unit)
        others = unit.predecessors.exclude(pk=division.pk).order_by("name")
        page = Province.objects.public().filter(division__in=[unit.pk, heir.pk]).first()
        mergers.append(
            Merger(
                unit=unit,
                since=division.valid_to + timedelta(days=1),
                merged_with=[other.name for other in others],
                page=page,
                is_same_page=page == province,
            )
        )
    return mergers
