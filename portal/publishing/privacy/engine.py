"""All rules over one text."""

from collections.abc import Collection, Iterable

from portal.publishing.privacy.homes import homes
from portal.publishing.privacy.names import names
from portal.publishing.privacy.numbers import numbers
from portal.publishing.privacy.particulars import births, emails, patients
from portal.publishing.privacy.reading import Reading
from portal.publishing.privacy.rules import Finding, Rule, Span

STRENGTH = {rule: strength for strength, rule in enumerate(Rule)}

# Many times any notice. What is longer is not let through unchecked: its length is a finding.
LONGEST = 50_000
MASK = "…"


def findings(text: str, *, allowed_phones: Collection[str] = ()) -> list[Finding]:
    """What in `text` could point to a person, in the order of the text.

    `allowed_phones` are the hotlines that may be named, in any notation.
    """
    if len(text) > LONGEST:
        return [Finding(Rule.LENGTH, text[:40], 0)]
    reading = Reading(text)
    found = [
        *emails(reading),
        *numbers(reading, allowed_phones),
        *patients(reading),
        *births(reading),
        *homes(reading),
        *names(reading),
    ]
    return [_finding(reading, span) for span in _apart(found)]


def masked(text: str) -> str:
    """`text` with "…" for everything in it that could point to a person."""
    if len(text) > LONGEST:
        return MASK
    shown, end = "", 0
    for finding in findings(text):
        shown += text[end : finding.start] + MASK
        end = finding.end
    return shown + text[end:]


def _apart(spans: Iterable[Span]) -> list[Span]:
    """The spans without those that a stronger rule covers in part."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, STRENGTH[span.rule])):
        if kept and span.start < kept[-1].end:
            if STRENGTH[span.rule] >= STRENGTH[kept[-1].rule]:
                continue
            kept.pop()
        kept.append(span)
    return kept


def _finding(reading: Reading, span: Span) -> Finding:
    start, words = reading.typed(span.start, span.end)
    return Finding(rule=span.rule, words=words, start=start)
