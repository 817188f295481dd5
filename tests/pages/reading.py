"""Pages as residents and machines read them: words, sections, links and metadata."""

import json
import re
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
INLINE = {"a", "abbr", "b", "em", "i", "small", "span", "strong", "time"}
UNSAID = {"head", "script", "style", "template", "option"}


def plain(address: str) -> str:
    """The plain address of a picture that a page names by its content."""
    found = re.fullmatch(r"(.+)\.[0-9a-f]{12}(\.\w+)", address)
    assert found, f"{address} does not name its content"
    return "".join(found.groups())


class Element:
    """An element of a page with what is in it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.content: list[Element | str] = []

    def __iter__(self):
        """Itself and every element within, in order."""
        yield self
        for part in self.content:
            if isinstance(part, Element):
                yield from part

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def all(self, tag: str, **attributes: str) -> list["Element"]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            element
            for element in self
            if element.tag == tag
            and all(
                value in element.get(name).split()
                if name == "class"
                else element.get(name) == value
                for name, value in wanted.items()
            )
        ]

    def one(self, tag: str, **attributes: str) -> "Element":
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} times <{tag}> with {attributes}"
        return found[0]

    @property
    def text(self) -> str:
        """The words that a resident reads, with single spaces."""
        return " ".join("".join(self._words()).split())

    def _words(self):
        for part in self.content:
            if isinstance(part, str):
                yield part
            elif part.tag not in UNSAID:
                edge = "" if part.tag in INLINE else " "
                yield edge
                yield from part._words()
                yield edge

    @property
    def links(self) -> dict[str, str]:
        """Where the links lead to, by their words."""
        return {link.text: link.get("href") for link in self.all("a")}


class Page(Element):
    """A whole page."""

    def __init__(self, response: Any) -> None:
        super().__init__("document", {})
        self.response = response
        self.html = response.content.decode()
        builder = _Builder(self)
        builder.feed(self.html)
        builder.close()
        assert builder.open == [self], [element.tag for element in builder.open]

    @property
    def language(self) -> str:
        return self.one("html").get("lang")

    @property
    def main(self) -> Element:
        return self.one("main")

    def section(self, name: str) -> Element:
        """The one element with the id `name`."""
        found = [element for element in self if element.get("id") == name]
        assert len(found) == 1, f"{len(found)} times id {name!r}"
        return found[0]

    def sections(self) -> set[str]:
        return {element.get("id") for element in self.all("section")}

    def row(self, words: str) -> Element:
        """The one row of a list that says `words`."""
        found = [row for row in self.main.all("li", class_="row") if words in row.text]
        assert len(found) == 1, f"{len(found)} rows say {words!r}"
        return found[0]

    def meta(self, name: str) -> str:
        found = [m for m in self.all("meta") if name in (m.get("name"), m.get("property"))]
        assert len(found) == 1, f"{len(found)} times <meta> {name}"
        return found[0].get("content")

    def alternates(self) -> dict[str, str]:
        found = self.all("link", rel="alternate")
        return {link.get("hreflang"): link.get("href") for link in found if link.get("hreflang")}

    def json_ld(self) -> list[dict[str, Any]]:
        scripts = self.all("script", type="application/ld+json")
        return [json.loads("".join(script.content)) for script in scripts]


class _Builder(HTMLParser):
    def __init__(self, root: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[Element] = [root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].content.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].content.append(data)
