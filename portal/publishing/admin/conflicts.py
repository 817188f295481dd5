"""Two officers edited the same entry: the second sees what changed underneath, and chooses.

Nothing is lost whatever they choose: what they typed is saved as a revision first, and what they
take over from their colleague is put on top of it as the next one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS

from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.admin.forms import CHOICE
from portal.publishing.comparison import Wording
from portal.publishing.models import Publishable, Revision

THEIRS, MINE = "theirs", "mine"


@dataclass(frozen=True)
class Choice:
    """A field in which the two versions differ, and what is chosen unless the officer decides
    otherwise: whoever changed it. If both did, the officer must decide."""

    name: str
    label: str
    opened: str
    theirs: str
    mine: str
    chosen: str

    @property
    def parameter(self) -> str:
        return CHOICE + self.name


def typed_content(form: Any, formsets: Iterable[Any]) -> contents.Content:
    """What the officer typed, as content."""
    entry = form.instance
    return contents.content_of(
        entry,
        children={formset.accessor(): formset.save(commit=False) for formset in formsets},
        links={name: form.cleaned_data.get(name, ()) for name in entry.content_links},
    )


def is_all(form: Any, formsets: list[Any]) -> bool:
    """Whether an edit conflict is all that is left to decide: what was typed has no mistakes."""
    conflict = getattr(form, "conflict", None)
    if conflict is None or conflict.latest is None:
        return False
    if set(form.errors) - {NON_FIELD_ERRORS} and not form.refused:
        return False
    return all(formset.is_valid() for formset in formsets)


def choices(form: Any, formsets: list[Any]) -> list[Choice]:
    """What to decide, field by field, when `form` was refused for nothing but an edit conflict;
    empty if both left the same, and only its state was changed underneath."""
    conflict, entry = form.conflict, form.instance
    opened = workflow.content_at(entry, form.cleaned_data["version"])
    theirs = contents.canonical(entry, conflict.latest.content)
    mine = contents.canonical(entry, typed_content(form, formsets))
    model = type(entry)
    wording = Wording([(model, content) for content in (opened, theirs, mine)])
    return [
        Choice(
            name=name,
            label=contents.label(model, name),
            opened=wording.text(model, name, opened),
            theirs=wording.text(model, name, theirs),
            mine=wording.text(model, name, mine),
            chosen=form.data.get(CHOICE + name)
            or _chosen(opened.get(name), theirs[name], mine[name]),
        )
        for name in mine
        if theirs[name] != mine[name]
    ]


def versions(
    entry: Publishable, mine: contents.Content, posted: dict[str, str]
) -> Iterator[contents.Content]:
    """The contents to save one after the other: what was typed, then the choice if it differs."""
    yield mine
    taken = [name for name in mine if "_theirs" in posted or posted.get(CHOICE + name) == THEIRS]
    if taken and "_mine" not in posted:
        # The draft that was just saved is the newest; theirs is the one before it.
        for theirs in Revision.objects.of(entry)[1:2]:
            yield mine | {name: theirs.content[name] for name in taken if name in theirs.content}


def _chosen(opened: Any, theirs: Any, mine: Any) -> str:
    if mine == opened:
        return THEIRS
    return MINE if theirs == opened else ""
