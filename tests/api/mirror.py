"""A mirror as the documentation tells others to write one."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

KINDS = ("provinces", "locations", "flights", "notices", "cases", "figures")


def answer(client: Client, address: str) -> dict[str, Any]:
    """What is at `address`, which may be a whole one as links are."""
    parts = urlsplit(address)
    response = client.get(f"{parts.path}?{parts.query}")
    assert response.status_code == 200, (address, response.content.decode())
    return response.json()


def listed(client: Client, kind: str, query: str = "") -> list[dict[str, Any]]:
    """The whole list, page by page."""
    return [one for page in pages(client, kind, query) for one in page["items"]]


def pages(client: Client, kind: str, query: str = "") -> list[dict[str, Any]]:
    found = [answer(client, f"/api/v1/{kind}?{query}")]
    while found[-1]["next"]:
        found.append(answer(client, found[-1]["next"]))
    return found


def everything(client: Client, query: str = "") -> dict[tuple[str, str], dict[str, Any]]:
    return {(kind, one["id"]): one for kind in KINDS for one in listed(client, kind, query)}


class Mirror:
    """What it holds by kind and id, and the cursor that it would keep on its disk."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.held: dict[tuple[str, str], dict[str, Any]] = {}
        self.since: str | None = None

    def begin_with_lists(self, limit: int) -> None:
        """The first page of the first list says since when."""
        for kind in KINDS:
            for page in pages(self.client, kind, f"limit={limit}"):
                self.since = self.since or page["since"]
                self.held |= {(kind, one["id"]): one for one in page["items"]}

    def read_page(self, limit: int) -> dict[str, Any]:
        since = f"&since={self.since}" if self.since else ""
        page = answer(self.client, f"/api/v1/changes?limit={limit}{since}")
        assert len(page["items"]) <= limit
        for item in page["items"]:
            self.held[item["kind"], item["id"]] = item["object"]
        self.since = page["since"]
        return page

    def catch_up(self, limit: int = 500) -> list[dict[str, Any]]:
        """Everything that was sent."""
        found = [self.read_page(limit)]
        while found[-1]["next"]:
            found.append(self.read_page(limit))
        return [item for page in found for item in page["items"]]

    def at(self, moment: datetime) -> dict[tuple[str, str], dict[str, Any]]:
        """What it would show: where entries stand follows from the clock."""
        return {key: one | {"status": status(one, moment)} for key, one in self.held.items()}


def status(one: dict[str, Any], moment: datetime) -> str:
    if one["status"] == "withdrawn" or "listed_until" not in one:
        return one["status"]
    return "current" if moment < datetime.fromisoformat(one["listed_until"]) else "past"


def is_vietnamese(text: str) -> bool:
    """Whether any letter of it has a mark, as in every Vietnamese sentence."""
    bare = text.replace("café", "cafe")
    return any(letter.isalpha() and not letter.isascii() for letter in bare)
