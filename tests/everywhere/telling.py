"""What each format says of one notice, read as whoever receives it would read it."""

import csv
import email
import email.policy
import io
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import feedparser
import requests
from lxml import etree
from PIL import Image

from tests.pages.reading import Page

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
NEW, CORRECTED, WITHDRAWN = "new", "corrected", "withdrawn"
# What a format says of a notice, by the names that are compared:
#   stage     NEW, CORRECTED or WITHDRAWN
#   why       the office's reason of a correction or withdrawal
#   title, action, number (to call), place, url
#   severity  by its name in the code
#   until     when it ends
Told = dict[str, Any]


class Portal:
    """The portal at `base`, asked over HTTP for what it says of the notice at `path`."""

    def __init__(self, base: str, path: str) -> None:
        self.base = base
        self.path = path
        self.code = path.strip("/").rpartition("/")[2]
        self.province = path.strip("/").split("/")[0]

    def get(self, address: str) -> requests.Response:
        response = requests.get(self.base + address, timeout=20)
        assert response.status_code == 200, f"{address}: {response.status_code}"
        assert "Set-Cookie" not in response.headers
        return response

    def page(self) -> Told:
        page = Page(self.get(self.path))
        stages = {"withdrawn": WITHDRAWN, "corrected": CORRECTED}
        statuses = {
            name: element for element in page.main.all("div", class_="status")
            for name in element.get("class").split()
        }  # fmt: skip
        stage = next((said for name, said in stages.items() if name in statuses), NEW)
        (box,) = page.main.all("div", class_="notice")
        told = {
            "stage": stage,
            "title": box.one("h1").text,
            "action": box.one("div", class_="action").text,
            "severity": next(name for name in box.get("class").split() if name in SEVERITIES),
            "place": page.main.one("ul", class_="rows").one("h3").text,
            "url": page.one("link", rel="canonical").get("href"),
        }
        if stage != NEW:
            name = next(name for name, said in stages.items() if said == stage)
            told["why"] = statuses[name].all("span", lang="vi")[0].text
        if stage != WITHDRAWN:
            told["number"] = _number(page.main.all("a"))
            told["until"] = moment(box.get("data-listed-until"))
        return told

    def json_ld(self) -> Told | None:
        """None of what is withdrawn: search engines are to forget it."""
        found = Page(self.get(self.path)).json_ld()
        if not found:
            return None
        (said,) = found
        return {
            "title": said["name"],
            "action": said["text"],
            "until": moment(said["expires"]),
            "url": said["url"],
        }

    def open_data_json(self) -> Told:
        rows = self.get(f"/{self.province}/thong-bao.json").json()["rows"]
        return self._row(next(row for row in rows if row["id"] == self.code))

    def open_data_csv(self) -> Told:
        text = self.get(f"/{self.province}/thong-bao.csv").content.decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text))
        return self._row(next(row for row in rows if row["id"] == self.code))

    def api(self) -> Told:
        return self._row(self.get(f"/api/v1/notices/{self.province}/{self.code}").json())

    def api_changes(self) -> Told:
        """What a mirror reads that starts today."""
        changes = self.get("/api/v1/changes").json()["items"]
        (change,) = (one for one in changes if one["object"]["id"] == self.code)
        told = self._row(change["object"])
        changed = {"added": NEW, "corrected": CORRECTED, "withdrawn": WITHDRAWN}
        assert changed[change["change"]] == told["stage"]
        return told

    def _row(self, row: dict[str, Any]) -> Told:
        corrected = NEW if row["updated"] == row["added"] else CORRECTED
        places = self.get(f"/{self.province}/dia-diem.json").json()["rows"]
        told = {
            "stage": WITHDRAWN if row["status"] == "withdrawn" else corrected,
            "place": next(place["name"] for place in places if place["id"] in row["locations"]),
            "title": row["title"],
            "action": row["action"],
            "severity": row["severity"],
            "number": row["hotlines"].rpartition(": ")[2],
            "url": row["url"],
        }
        if told["stage"] != NEW:
            told["why"] = row["public_note"]
        if told["stage"] != WITHDRAWN:
            told["until"] = moment(row["listed_until"])
        return told

    def province_feed(self) -> Told:
        return self._entry(f"/{self.province}/feed.atom")

    def country_feed(self) -> Told:
        return self._entry("/feed.atom")

    def _entry(self, address: str) -> Told:
        feed = feedparser.parse(self.get(address).content)
        assert not feed.bozo, feed.get("bozo_exception")
        (entry,) = (entry for entry in feed.entries if f":{self.code}" in entry.id)
        terms = {tag.scheme.rpartition("#")[2]: tag.term for tag in entry.tags}
        statuses = {tag.term for tag in entry.tags if tag.scheme.endswith("#status")}
        content = Page(_Answer(f"<body>{entry.content[0].value}</body>"))
        stage = NEW
        if "withdrawn" in statuses:
            stage = WITHDRAWN
        elif "corrected" in statuses:
            stage = CORRECTED
        told = {
            "stage": stage,
            "title": entry.title.rpartition(": ")[2],
            "severity": terms["severity"],
            "url": entry.link,
        }
        if stage == WITHDRAWN:
            told["action"] = content.one("ul", class_="facts").all("span")[0].text
        else:
            told["action"] = content.one("p", class_="action").text
            # feedparser takes addresses for calling out.
            told["number"] = content.one("p", class_="call").one("a").text.removeprefix("Gọi ")
        if stage != NEW:
            told["why"] = content.one("p", class_="status").one("span", lang="vi").text
        return told

    def cap(self) -> Told:
        alert = etree.fromstring(self.get(f"{self.path.rstrip('/')}.cap.xml").content)
        info = alert.find(f"{CAP}info")
        assert info is not None

        def said(name: str, within: etree._Element = info) -> str:
            return within.findtext(CAP + name) or ""

        stages = {"Alert": NEW, "Update": CORRECTED, "Cancel": WITHDRAWN}
        stage = stages[said("msgType", alert)]
        told = {
            "stage": stage,
            "title": said("headline").removeprefix("Đã gỡ: "),
            "action": said("instruction"),
            "severity": {"Severe": "urgent", "Moderate": "important"}[said("severity")],
            "number": said("contact").rpartition(": ")[2],
            "until": moment(said("expires")),
            "url": said("web"),
        }
        if stage != NEW:
            told["why"] = said("note", alert)
        if stage != WITHDRAWN:
            told["place"] = said("description").splitlines()[-1].partition(",")[0]
        return told

    def cap_index(self) -> Told:
        """The entry of the index leads to the same message, and is as new."""
        feed = feedparser.parse(self.get(f"/{self.province}/cap.atom").content)
        (entry,) = (entry for entry in feed.entries if self.code in entry.id)
        (link,) = (link.href for link in entry.links if link.type == "application/cap+xml")
        message = etree.fromstring(requests.get(link, timeout=20).content)
        assert moment(entry.updated) == moment(message.findtext(f"{CAP}sent") or "")
        return {"title": entry.title.removeprefix("Đã gỡ: ")}


SEVERITIES = ("urgent", "important", "information")
VIETNAMESE = {"Thông báo khẩn": "urgent"}


def letter(data: bytes) -> Told:
    """An e-mail by its subject and plain text, which its HTML must say too."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    page = Page(_Answer(message.get_body(("html",)).get_content()))  # type: ignore[union-attr]
    blocks = text.replace("\r\n", "\n").split("\n\n")
    told = _headline(message["Subject"].strip())
    told |= _sections([block.strip() for block in blocks], told["stage"])
    for name in ("title", "action", "number", "why", "place"):
        assert told.get(name, "") in page.text, f"{name} is not in the HTML of the e-mail"
    assert told["url"] in page.links.values()
    return told


def article(said: dict[str, Any]) -> Told:
    """An article at Zalo, by what its readers see. Its picture is the card of the notice."""
    told = _headline(said["title"])
    told |= _sections([part["content"] for part in said["body"]], told["stage"])
    picture = requests.get(said["cover"]["photo_url"], timeout=20)
    assert Image.open(io.BytesIO(picture.content)).size == (1200, 630)
    return told


def notification(said: dict[str, Any]) -> Told:
    """A Web Push message as the device has opened it."""
    told = _headline(said["title"])
    kinds = {"new": NEW, "correction": CORRECTED, "withdrawal": WITHDRAWN}
    assert told["stage"] == kinds[said["kind"]]
    lines = said["body"].splitlines()
    told |= {"url": said["url"], "severity": said["severity"]}
    if told["stage"] != NEW:
        (told["why"],) = (line[7:] for line in lines if line.startswith("Lý do: "))
    if told["stage"] == WITHDRAWN:
        # Short as it is, it repeats nothing of what does not hold any more.
        return told | {"number": lines[-1].rpartition(": ")[2]}
    told["action"], call, _until = lines[-3:]
    told |= {"number": call.rpartition(": ")[2], "until": moment(said["until"])}
    return told


def _headline(text: str) -> Told:
    """`[province] what it is: how urgent: title`."""
    _province, said = re.fullmatch(r"\[(.+?)\] (.+)", text).groups()  # type: ignore[union-attr]
    *before, title = said.split(": ")
    stages = {"Đính chính": CORRECTED, "Đã gỡ": WITHDRAWN}
    stage = stages.get(before[0], NEW)
    return {"stage": stage, "title": title, "severity": VIETNAMESE[before[-1]]}


def _sections(blocks: list[str], stage: str) -> Told:
    """Of blocks that are a heading and lines below it."""
    parts = {}
    for block in blocks:
        heading, *lines = block.splitlines() or [""]
        parts[heading.casefold()] = [line.removeprefix("- ").removeprefix("• ") for line in lines]
    action = "nội dung cũ" if stage == WITHDRAWN else "việc cần làm"
    told = {
        "action": parts[action][-1],
        "number": parts["gọi cho ai"][-1].rpartition(": ")[2],
        "url": parts["trên trang chính thức"][-1].rpartition(" ")[2],
    }
    if stage != NEW:
        changed = parts["đã gỡ" if stage == WITHDRAWN else "những điều đã thay đổi"]
        told["why"] = changed[-1].partition(": ")[2]
    if stage != WITHDRAWN:
        told["place"] = parts["bạn có đến những nơi này không?"][-1].partition(",")[0]
    return told


def moment(text: str) -> datetime:
    said = datetime.fromisoformat(text)
    assert said.tzinfo is not None, text
    return said


def _number(links: list[Any]) -> str:
    """The first number that a page offers to call."""
    return next(link.get("href") for link in links if link.get("href").startswith("tel:"))[4:]


class _Answer:
    def __init__(self, html: str) -> None:
        self.content = html.encode()


Reader = Callable[[], Any]


def readers(portal: Portal) -> dict[str, Reader]:
    """Every format that is asked for, by its name."""
    return {
        "page": portal.page,
        "JSON-LD": portal.json_ld,
        "JSON": portal.open_data_json,
        "CSV": portal.open_data_csv,
        "API": portal.api,
        "API for mirrors": portal.api_changes,
        "feed of the province": portal.province_feed,
        "feed of the country": portal.country_feed,
        "CAP": portal.cap,
        "CAP index": portal.cap_index,
    }
