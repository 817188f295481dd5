"""A notice as Zalo takes it: an article for all followers, or a message to one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from alerts.cards import Share, share_of
from alerts.delivery.announcement import Announcement
from alerts.delivery.sections import Section, sections
from alerts.models import Kind, Notice

# Letters at most, as Zalo counts them (see `alerts.delivery.zalo.client`).
TITLE, AUTHOR, DESCRIPTION, MESSAGE = 150, 50, 300, 2000


@dataclass(frozen=True)
class Copy:
    """What an officer copies into Zalo by hand: the words and the picture of the public page."""

    language: str
    share: Share
    # The whole address of the picture.
    picture: str


def copy_of(notice: Notice, language: str = "vi") -> Copy:
    """Of a `notice` that residents may open; raises ValueError for an exercise."""
    with translation.override(language):
        share = share_of(notice)
    if share is None:
        raise ValueError("an exercise is not sent on")
    return Copy(language, share, settings.PUBLIC_BASE_URL + share.picture)


def article(told: Announcement, english: Announcement | None, picture: str) -> dict[str, Any]:
    """`told` in Vietnamese as the body of a call; a paragraph of `english` below, if there is any.

    `picture` is the whole address of the cover.
    """
    with translation.override(told.language):
        parts = sections(told)
        first = "; ".join(line.text for line in parts[0].lines)
        texts = [_paragraph(section) for section in parts]
        texts.append(_("Read and check on the official page: %s") % told.url)
    if english is not None:
        texts.append("\n".join(_in_english(english)))
    return {
        "type": "normal",
        "title": shortened(_plain(told.headline), TITLE),
        "author": shortened(_plain(told.office or told.province), AUTHOR),
        "cover": {"cover_type": "photo", "photo_url": picture, "status": "show"},
        "description": shortened(_plain(first), DESCRIPTION),
        "body": [{"type": "text", "content": _plain(text)} for text in texts],
        "comment": "hide",
    }


def message(share: Share) -> str:
    """The words for one follower. Where they are too long, the address at their end is kept."""
    if len(share.message) <= MESSAGE:
        return share.message
    text, _newline, address = share.message.rpartition("\n")
    return f"{shortened(text, MESSAGE - len(address) - 1)}\n{address}"


def shortened(text: str, limit: int) -> str:
    """`text` in `limit` letters, cut between words."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    start, space, _rest = cut.rpartition(" ")
    return (start if space and len(start) > limit // 2 else cut).rstrip() + "…"


def _paragraph(section: Section) -> str:
    lines = [f"• {line.text}" if line.is_item else line.text for line in section.lines]
    return "\n".join([section.heading.upper(), *lines])


def _in_english(told: Announcement) -> Iterator[str]:
    with translation.override(told.language):
        yield "ENGLISH"
        yield told.headline
        if told.kind == Kind.WITHDRAWAL:
            yield _("This notice is withdrawn: what it said does not hold any more.")
        else:
            yield told.action
        yield _("Read and check on the official page: %s") % told.url


def _plain(text: str) -> str:
    """`text` with nothing in it that could be taken for markup, whether or not Zalo reads any."""
    return text.replace("<", "‹").replace(">", "›")
