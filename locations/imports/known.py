"""What the portal already has of a province, found for the places of a file."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.imports.columns import Headings
from locations.imports.grouping import Place, natural_key
from locations.imports.problems import Findings
from locations.models import ExposureLocation, Province
from portal.publishing.models import Revision
from portal.publishing.writing import in_batches, load


class Known:
    """Entries of `province`, by their id or, for `without_id`, by their name and address."""

    def __init__(
        self, province: Province, listed: Sequence[Place], without_id: Sequence[Place]
    ) -> None:
        self.own = ExposureLocation.objects.filter(province=province, is_exercise=False)
        # Which numbers a text may name is asked of the province for every place.
        prefetch_related_objects([province], "hotlines")
        self.province = province
        self.by_nature: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        if without_id:
            for pk, name, address, ward, district in self.own.filter(external_id="").values_list(
                "pk", "name", "address", "ward", "district"
            ):
                self.by_nature[(*natural_key(name, address), ward, district)].append(pk)

    def entries(
        self, some: Sequence[Place], headings: Headings, findings: Findings
    ) -> list[ExposureLocation | None]:
        """The entry of each place, a new one if there is none, None if it cannot be told."""
        ids = [place.values.get("external_id") for place in some]
        alike = {id(place): self._alike(place) for place in some}
        keys = [pks[0] for pks in alike.values() if len(pks) == 1]
        stored = list(
            self.own.filter(Q(external_id__in=[one for one in ids if one]) | Q(pk__in=keys))
        )
        load(stored)
        self._warn_of_others_work(stored, findings)
        by_id = {entry.external_id: entry for entry in stored if entry.external_id}
        by_key = {entry.pk: entry for entry in stored}
        found: list[ExposureLocation | None] = []
        for place in some:
            pks = alike[id(place)]
            if len(pks) > 1:
                findings.error(
                    place.first_row,
                    headings.words["name"],
                    _("The portal has several places of this name and address. Give it an id."),
                )
                found.append(None)
                continue
            entry = by_id.get(place.values.get("external_id") or "") or (pks and by_key.get(pks[0]))
            found.append(entry or ExposureLocation(province=self.province))
        return found

    def missing(self, kept: set[int]) -> list[ExposureLocation]:
        """What is listed now, came from a list, and is not among `kept`."""
        imported = Revision.objects.exclude(batch=None).filter(
            province=self.province, state=Revision.State.APPROVED
        )
        listed = self.own.listed().filter(
            ~Q(external_id="") | Q(code__in=imported.values("entry_code"))
        )
        gone = [entry for entry in listed.order_by("pk") if entry.pk not in kept]
        for some in in_batches(gone):
            load(some)
        return gone

    def _alike(self, place: Place) -> list[int]:
        if place.values.get("external_id"):
            return []
        words = natural_key(place.values["name"], place.values.get("address"))
        key = (*words, place.values.get("ward"), place.values.get("district"))
        return self.by_nature.get(key, [])

    def _warn_of_others_work(self, stored: Sequence[ExposureLocation], findings: Findings) -> None:
        pending = Revision.objects.of_all(stored).open().select_related("author")
        authors = sorted({str(revision.author) for revision in pending})
        if authors:
            findings.warn(
                None,
                "",
                ngettext(
                    "%(count)d place has a version that waits or is a draft (%(authors)s). "
                    "This import replaces it: “%(first)s”.",
                    "%(count)d places have a version that waits or is a draft (%(authors)s). "
                    "This import replaces them, “%(first)s” first.",
                    len(pending),
                )
                % {
                    "count": len(pending),
                    "authors": ", ".join(authors),
                    "first": pending[0].title,
                },
            )
