"""Names of wards and districts to units, each looked up once for as long as nothing is renamed."""

from bisect import bisect_right
from datetime import date, timedelta
from functools import cached_property

from locations.models import Division, Province


class Places:
    """Wards and districts of one province, as they were called on a day."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.found: dict[tuple[str, str, int], Division | None] = {}

    def find(self, *, ward: str, district: str, on: date) -> Division | None:
        """The ward, or the district if no ward is named; None if neither is.

        Raises Division.DoesNotExist or Division.MultipleObjectsReturned, with a message.
        """
        if not ward and not district:
            return None
        # A name means the same on all days between two changes of names or borders.
        key = ward, district, bisect_right(self._changes, on)
        if key not in self.found:
            self.found[key] = Division.objects.find(
                province_name=self._province_name(on),
                district_name=district,
                ward_name=ward,
                on=on,
            )
        return self.found[key]

    def _province_name(self, on: date) -> str:
        units = self.province.division.current(on)
        return (units[0] if len(units) == 1 else self.province.division).full_name_on(on)

    @cached_property
    def _changes(self) -> list[date]:
        """The first days on which some unit of the country bore another name or was another's."""
        days = set(Division.objects.exclude(valid_from=None).values_list("valid_from", flat=True))
        ended = set(Division.objects.exclude(valid_to=None).values_list("valid_to", flat=True))
        for former in Division.objects.exclude(former=[]).values_list("former", flat=True):
            ended |= {date.fromisoformat(title["until"]) for title in former}
        return sorted(day for day in days | {last + timedelta(days=1) for last in ended} if day)
