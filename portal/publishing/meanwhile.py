"""What others did to an entry since somebody opened it: found out, and said in words."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from portal.publishing import content as contents
from portal.publishing.models import Publishable, Revision
from portal.web.times import shown

# Of a key in the database; longer ones come from nobody but a forger.
MOST_DIGITS = 19


class EditConflict(ValidationError):
    """The entry is not what the author saw, whose content was `seen`; `latest` is what was left."""

    def __init__(
        self, entry: Publishable, latest: Revision | None, seen: contents.Content | None = None
    ) -> None:
        self.latest = latest
        message = _(
            "Since you opened this: %(what)s Nothing is lost, and what you typed is still here. "
            "Look at the newest version, then send yours again."
        )
        what = told_since(entry, seen or {}, latest) if latest else "?"
        super().__init__(message % {"what": what}, code="conflict")


def version_token(entry: Publishable) -> str:
    """What identifies the version of `entry` that somebody is looking at."""
    return version_tokens([entry])[entry.pk]


def version_tokens(entries: Sequence[Publishable]) -> dict[int, str]:
    """The `version_token` of each of `entries`, which are of one kind, by primary key.

    It changes with whatever is done to the entry: a draft, a decision, a withdrawal asked for.
    """
    written = Revision.objects.of_all(entries).order_by().values_list("entry_id")
    latest = dict(written.annotate(models.Max("pk")))
    states = dict(Revision.objects.filter(pk__in=latest.values()).values_list("pk", "state"))
    keys = {entry.pk: latest.get(entry.pk, 0) for entry in entries}
    return {pk: f"{key}.{states.get(key, 'new')}" for pk, key in keys.items()}


def content_at(entry: Publishable, token: str) -> contents.Content:
    """The content that somebody saw who was given the version `token` of `entry`; empty if that
    was never given."""
    key, _dot, _state = token.partition(".")
    is_key = key.isdecimal() and len(key) < MOST_DIGITS
    seen = Revision.objects.of(entry).filter(pk=key if is_key else 0).first()
    return contents.canonical(entry, seen.content) if seen else {}


def told(revision: Revision) -> str:
    """Who did what with `revision` last, and when."""
    is_withdrawal = revision.action == Revision.Action.WITHDRAW
    at = revision.decided_at or revision.submitted_at or revision.created_at
    if revision.state == Revision.State.APPROVED:
        words = _("%(who)s approved its withdrawal, which %(author)s had asked for (%(when)s)")
        if not is_withdrawal:
            words = _("%(who)s approved what %(author)s had written (%(when)s)")
    elif revision.state == Revision.State.REJECTED:
        words = _("%(who)s sent back what %(author)s had written (%(when)s): %(note)s")
    elif is_withdrawal:
        words = _("%(author)s asked for its withdrawal (%(when)s)")
    elif revision.state == Revision.State.SUBMITTED:
        words = _("%(author)s submitted a change for approval (%(when)s)")
    else:
        words = _("%(author)s saved a draft (%(when)s)")
    return words % {
        "who": revision.decided_by,
        "author": revision.author,
        "when": shown(at),
        "note": revision.decision_note,
    }


def told_of(revision: Revision) -> str:
    """What became of `revision`: the decision on it, or what replaced it."""
    if revision.decided_by is None:
        alike = Revision.objects.filter(
            entry_type=revision.entry_type_id, entry_id=revision.entry_id
        )
        revision = alike.first() or revision
    return told(revision)


def told_since(entry: Publishable, seen: contents.Content, latest: Revision) -> str:
    """What was done last to an entry of which somebody saw the content `seen`, and what differs."""
    newest = contents.canonical(entry, latest.content)
    labels = [
        contents.label(type(entry), name)
        for name, value in newest.items()
        if seen and seen.get(name) != value
    ]
    changed = _("Changed: %s.") % ", ".join(labels) if labels else ""
    return f"{told(latest)}. {changed}".strip()
