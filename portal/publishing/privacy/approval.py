"""What the workflow asks of the lint: findings stay with a revision and need a reason to pass."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.publishing.models import Publishable, Revision
from portal.publishing.privacy import checks

Recorded = list[dict[str, Any]]


class PrivacyFindings(ValidationError):
    """What would become public could point to a person, and nobody has said why it may."""

    def __init__(self, entry: Publishable, recorded: Recorded) -> None:
        self.recorded = recorded
        message = _(
            "These words could point to a person. Send it back, or give the reason why "
            "residents may read them:"
        )
        super().__init__([message, *map(str, checks.warnings(type(entry), recorded))])


def found_in(entry: Publishable, revision: Revision) -> Recorded:
    """What the lint finds now in what `revision` would make public, as plain values."""
    # What is withdrawn is public already: only the note is new, and nothing may hold it up.
    content = {} if revision.action == Revision.Action.WITHDRAW else revision.content
    found = checks.lint(entry, content, public_note=revision.public_note)
    return [finding.as_dict() for finding in found]


def require_reason(entry: Publishable, revision: Revision, reason: str) -> None:
    """Puts on `revision` what is found and the reason that lets it pass.

    Raises PrivacyFindings if something is found and there is no reason.
    """
    # Looked for again: the hotlines that may be named have perhaps changed since it was written.
    revision.privacy_findings = found_in(entry, revision)
    if revision.privacy_findings and not reason.strip():
        raise PrivacyFindings(entry, revision.privacy_findings)
    revision.privacy_reason = reason.strip() if revision.privacy_findings else ""
