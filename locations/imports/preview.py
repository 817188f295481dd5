"""What a file would change, compared with what is public; and handing that over as one batch."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from locations.imports.columns import Headings
from locations.imports.grouping import Place, Window, places, without_id
from locations.imports.known import Known
from locations.imports.problems import Findings, Problem, Refused, TooManyErrors
from locations.imports.reading import read
from locations.models import ExposureLocation, ExposureWindow, Province
from portal.publishing import batches, meanwhile, workflow
from portal.publishing import content as contents
from portal.publishing.checking import validate_all
from portal.publishing.models import Batch, Officer, Revision
from portal.publishing.privacy import checks
from portal.publishing.workflow import Proposal
from portal.publishing.writing import in_batches

Report = Callable[[int, int], None]
# Of what others did meanwhile, so much is told.
MOST_TOLD = 5
# Residents read it on the page of a place that --replace withdraws.
NO_LONGER_LISTED = gettext_lazy("No longer on the health office's list.")


@dataclass(frozen=True)
class Change:
    """One entry that the file would add, change or withdraw; `fields` are the words for what."""

    title: str
    proposal: Proposal
    row: int | None = None
    fields: tuple[str, ...] = ()


@dataclass
class Preview:
    """Everything that an officer must know before handing a file over."""

    province: Province
    file_name: str
    sha256: str
    replace: bool
    findings: Findings = field(default_factory=Findings)
    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    # The keys of the places that the portal has already.
    known: set[int] = field(default_factory=set)
    missing: list[ExposureLocation] = field(default_factory=list)
    removed: list[Change] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return self.findings.errors

    @property
    def warnings(self) -> list[Problem]:
        return self.findings.warnings

    @property
    def proposals(self) -> list[Proposal]:
        return [change.proposal for change in (*self.new, *self.changed, *self.removed)]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "removed": len(self.removed),
        }

    def changed_since(self, at: datetime) -> list[Revision]:
        """What others did to the places of the list, or to those that it lacks, after `at`."""
        keys = self.known | {entry.pk for entry in self.missing}
        places = [ExposureLocation(pk=key) for key in keys]
        later = Q(created_at__gte=at) | Q(submitted_at__gte=at) | Q(decided_at__gte=at)
        return list(Revision.objects.of_all(places).filter(later)[:MOST_TOLD])

    @property
    def fingerprint(self) -> str:
        """Differs as soon as handing over would do anything else than what was shown."""
        digest = hashlib.sha256()
        for one in self.proposals:
            shown = (one.entry.pk, one.expected, one.action, one.content)
            digest.update(json.dumps(shown, cls=DjangoJSONEncoder).encode())
        return digest.hexdigest()


def preview(
    data: bytes,
    *,
    file_name: str,
    province: Province,
    by: Officer,
    replace: bool = False,
    report: Report | None = None,
) -> Preview:
    """Reads a file and compares it with what is public. Nothing is saved.

    Raises Refused if the file cannot be taken at all, PermissionDenied unless `by` may write for
    the province. What is wrong with rows stands in `errors`.
    """
    workflow.require_author(by, ExposureLocation(province=province))
    shown = Preview(province, file_name[-200:], hashlib.sha256(data).hexdigest(), replace)
    with suppress(TooManyErrors):
        _compare(shown, *_listed(data, shown), report)
    return shown


def hand_over(shown: Preview, *, by: Officer, report: Report | None = None) -> Batch:
    """Makes the batch that waits for a colleague's approval.

    Raises Refused if there is an error or nothing to change, and what `submit_batch` raises.
    """
    if shown.errors:
        raise Refused(_("The file has errors; nothing was saved."))
    if not shown.proposals:
        raise Refused(_("The file changes nothing: all of it is public already."))
    batch = Batch(
        province=shown.province,
        file_name=shown.file_name,
        file_sha256=shown.sha256,
        replaces=shown.replace,
        **shown.counts,
    )
    return batches.submit_batch(batch=batch, proposals=shown.proposals, by=by, report=report)


def _listed(data: bytes, shown: Preview) -> tuple[list[Place], Headings]:
    """What the file lists; its rows themselves, which take as much memory again, end here."""
    sheet = read(data)
    headings = Headings.of(sheet.headings)
    for remark in sheet.remarks:
        shown.findings.warn(None, "", remark)
    return places(sheet, headings, shown.province, shown.findings), headings


def _compare(
    shown: Preview, listed: list[Place], headings: Headings, report: Report | None
) -> None:
    known = Known(shown.province, listed, without_id(listed, shown.findings))
    kept: set[int] = set()
    done = 0
    for some in in_batches(listed):
        pairs: list[tuple[Place, ExposureLocation, contents.Content]] = []
        for place, entry in zip(some, known.entries(some, headings, shown.findings), strict=True):
            if entry is not None:
                pairs.append((place, entry, _content(entry, place)))
                kept.update({entry.pk} - {None})
        tokens = meanwhile.version_tokens([entry for _, entry, _ in pairs if entry.pk])
        wrong = validate_all([(entry, content) for _, entry, content in pairs])
        for position, (place, entry, content) in enumerate(pairs):
            if position in wrong:
                _explain(wrong[position], place, headings, shown.findings)
            elif _sort_in(shown, place, entry, content, tokens.get(entry.pk)):
                _warn_of_persons(entry, content, place, headings, shown.findings)
        done += len(some)
        if report:
            report(done, len(listed))
    shown.known = kept
    shown.missing = known.missing(kept)
    if shown.replace:
        shown.removed = _withdrawals(shown.missing)


def _content(entry: ExposureLocation, place: Place) -> contents.Content:
    """The content of `entry` as the file wants it; what the file has no column for stays."""
    content = contents.snapshot(entry) if entry.pk else contents.content_of(entry)
    fields = entry.content_children["windows"]
    notes = {_times(window): window for window in content["windows"]}
    content["windows"] = []
    for window in sorted(place.windows, key=lambda one: one.order):
        encoded = contents.encode(_model_of(window), fields)
        before = notes.get(_times(encoded), {})
        content["windows"].append(
            encoded | {name: before[name] for name in ("note", "note_en") if name in before}
        )
    return content | place.values


def _model_of(window: Window) -> ExposureWindow:
    return ExposureWindow(
        starts_on=window.starts_on,
        starts_time=window.starts_time,
        ends_on=window.ends_on,
        ends_time=window.ends_time,
    )


def _times(window: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(window[n] for n in ("starts_on", "starts_time", "ends_on", "ends_time"))


def _sort_in(
    shown: Preview,
    place: Place,
    entry: ExposureLocation,
    content: contents.Content,
    expected: str | None,
) -> bool:
    """Whether the place would be public otherwise than it is."""
    proposal = Proposal(
        entry, content, reason=_("Import of %s") % shown.file_name, expected=expected
    )
    title = content["name"]
    if not entry.is_public:
        shown.new.append(Change(title, proposal, place.first_row))
        return True
    public = contents.snapshot(entry)
    fields = [
        contents.label(ExposureLocation, name)
        for name, value in content.items()
        if public[name] != value
    ]
    if entry.is_withdrawn:
        fields.insert(0, _("current again"))
    if fields:
        shown.changed.append(Change(title, proposal, place.first_row, tuple(fields)))
    else:
        shown.unchanged += 1
    return bool(fields)


def _warn_of_persons(
    entry: ExposureLocation,
    content: contents.Content,
    place: Place,
    headings: Headings,
    findings: Findings,
) -> None:
    """What the privacy lint finds; the approver passes it only with a reason."""
    found = [finding.as_dict() for finding in checks.lint(entry, content)]
    for finding, words in zip(found, checks.warnings(ExposureLocation, found), strict=True):
        name = finding["field"]
        row, column = place.given_in.get(name, place.first_row), headings.words.get(name, "")
        findings.warn(row, column, f"“{words.words}” ({words.rule}). {words.advice}")


def _explain(error: ValidationError, place: Place, headings: Headings, findings: Findings) -> None:
    """What the models refuse, said of the row and the column."""
    rows = [place.windows[window] for window in sorted(place.windows, key=lambda one: one.order)]
    for name, messages in error.message_dict.items():
        for message in messages:
            row, column = place.given_in.get(name, place.first_row), headings.words.get(name, "")
            if name == "windows":
                number, _colon, message = message.partition(": ")
                row, column = rows[int(number) - 1], headings.words.get("ends_at", "")
            elif name == NON_FIELD_ERRORS and "latitude" in headings.words:
                column = headings.words["latitude"] if "latitude" in message else ""
            findings.error(row, column, message)


def _withdrawals(entries: list[ExposureLocation]) -> list[Change]:
    with override(settings.LANGUAGE_CODE):
        note = str(NO_LONGER_LISTED)
    made = []
    for some in in_batches(entries):
        tokens = meanwhile.version_tokens(some)
        made += [
            Change(
                entry.name,
                Proposal(
                    entry,
                    contents.snapshot(entry),
                    workflow.WITHDRAW,
                    reason=note,
                    public_note=note,
                    expected=tokens[entry.pk],
                ),
            )
            for entry in some
        ]
    return made
