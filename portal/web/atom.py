"""Atom as RFC 4287 has it, with what Django's generator leaves out: content in XHTML, words for
categories, types of links, the look in a browser."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from xml.sax import parseString
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator

XHTML = "http://www.w3.org/1999/xhtml"
# What XML 1.0 cannot hold, not even escaped.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Category:
    """`term` for machines in the list of terms `scheme` (an address), `label` for people."""

    term: str
    scheme: str
    label: str


def vietnamese(moment: datetime) -> datetime:
    """The moment as feeds write it: to the second, with Vietnam's offset."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return local.replace(microsecond=0)


class AtomFeed(Atom1Feed):
    """Items may have `content` (XHTML, well-formed) and `labelled` (categories); the feed may
    have `style` (the address of a CSS file) and `updated` (used when there is no item)."""

    # And not application/atom+xml, which browsers show as bare text or offer to save: any XML may
    # be called this (RFC 7303), readers look at what is in it, and W3C's validator takes both.
    content_type = "application/xml; charset=utf-8"

    def write(self, outfile: Any, encoding: str) -> None:
        handler = _Generator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        if self.feed.get("style"):
            href = self.feed["style"]
            handler.processingInstruction("xml-stylesheet", f'type="text/css" href="{href}"')
            handler.ignorableWhitespace("\n")
        handler.startElement("feed", AttributesImpl(self.root_attributes()))
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        labelled: Iterable[Category] = item.get("labelled", ())
        for category in labelled:
            handler.addQuickElement("category", "", asdict(category))
        if item.get("content"):
            handler.startElement("content", {"type": "xhtml"})
            xhtml = f'<div xmlns="{XHTML}">{NOT_IN_XML.sub("", item["content"])}</div>'
            parseString(xhtml, _Within(handler))  # noqa: S317 - a template of our own made it
            handler.endElement("content")

    def latest_post_date(self) -> datetime:
        if not self.items and self.feed.get("updated"):
            return self.feed["updated"]
        return super().latest_post_date()


class _Generator(SimplerXMLGenerator):
    """Leaves out what XML cannot hold, where Django's would raise an error: one character that
    somebody pasted must not take the whole feed away."""

    def characters(self, content: str) -> None:
        super().characters(NOT_IN_XML.sub("", content or ""))


class _Within(ContentHandler):
    """Passes on what is in a document; so nothing that is not well-formed gets into a feed."""

    def __init__(self, handler: Any) -> None:
        super().__init__()
        self.handler = handler

    def startElement(self, name: str, attrs: Any) -> None:
        self.handler.startElement(name, attrs)

    def endElement(self, name: str) -> None:
        self.handler.endElement(name)

    def characters(self, content: str) -> None:
        self.handler.characters(content)
