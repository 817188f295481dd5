"""Vietnamese is complete and sound, and no page mixes the two languages."""

import ast
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import django
import django_filters
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, pgettext

from alerts.models import CaseAnnouncement, Notice
from locations.models import ExposureLocation, Flight, Province
from portal.publishing.models import Officer, Revision
from portal.publishing.roles import APPROVER
from portal.web.management.commands.update_translations import compiled
from tests import factories

CATALOGUES = Path(settings.LOCALE_PATHS[0]) / "vi" / "LC_MESSAGES"
DJANGO = Path(django.__file__).parent
# Where Django says what no visitor of ours can see: names of languages, welcome and debug pages,
# its CSRF page (ours is 403_csrf.html), and views, field types and apps that we do not use.
NEVER_SHOWN = (
    "conf/global_settings.py", "views/csrf.py", "views/debug.py", "views/static.py",
    "views/generic/", "views/templates/", "contrib/messages/apps.py", "contrib/sessions/apps.py",
    "db/models/fields/json.py", "registration/password_reset_email.html",
)  # fmt: skip
NEVER_SHOWN_TEXTS = {
    "…", "A JSON object", "Duration", "Positive big integer", "String (unlimited)",
    "Universally unique identifier",
}  # fmt: skip


class Text(NamedTuple):
    """An entry of a catalogue."""

    context: str
    msgid: str
    plural: str
    translation: str
    origins: str
    flags: str


def texts_of(catalogue: Path) -> Iterator[Text]:
    for block in re.split(r"\n\n+", catalogue.read_text()):
        found: dict[str, str] = {}
        keyword = ""
        for line in block.splitlines():
            if line.startswith(("#:", "#,")):
                found[line[:2]] = found.get(line[:2], "") + line[2:]
                continue
            started = re.match(r'(msg\w+(?:\[0\])?) (".*")$', line)
            if started:
                keyword, quoted = started.groups()
                found[keyword] = ast.literal_eval(quoted)
            elif line.startswith('"'):
                found[keyword] += ast.literal_eval(line)
        if found.get("msgid"):
            yield Text(
                found.get("msgctxt", ""),
                found["msgid"],
                found.get("msgid_plural", ""),
                found.get("msgstr[0]", found.get("msgstr", "")),
                found.get("#:", ""),
                found.get("#,", ""),
            )


OURS = list(texts_of(CATALOGUES / "django.po"))
SCRIPTS = list(texts_of(CATALOGUES / "djangojs.po"))


def placeholders(text: str) -> list[str]:
    return sorted(set(re.findall(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}", text)))


def tags(text: str) -> list[str]:
    return sorted(re.findall(r"</?\w+[^>]*>", text))


def edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def is_sound(text: Text) -> bool:
    # Vietnamese has one form for all numbers, so it must say the number.
    said = text.plural or text.msgid
    return (
        "fuzzy" not in text.flags
        and text.translation != ""
        and placeholders(text.translation) == placeholders(said)
        and tags(text.translation) == tags(said)
        and edges(text.translation) == edges(text.msgid)
    )


def test_each_text_has_its_vietnamese() -> None:
    assert [text for text in OURS + SCRIPTS if not is_sound(text)] == []


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_what_is_compiled_is_what_was_translated(name: str, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.mo"
    source = CATALOGUES / f"{name}.po"
    subprocess.run(["msgfmt", "--check", "-o", fresh, source], check=True)
    assert compiled(fresh) == compiled(CATALOGUES / f"{name}.mo")


def untranslated(catalogue: Path) -> list[str]:
    """What Vietnamese, with the catalogues of Django and ours together, still leaves out."""
    left = []
    with translation.override("vi"):
        catalog = translation.trans_real.translation("vi")._catalog  # type: ignore[attr-defined]
        for text in texts_of(catalogue):
            origins = text.origins.split()
            if origins and all(any(part in one for part in NEVER_SHOWN) for one in origins):
                continue
            key = f"{text.context}\x04{text.msgid}" if text.context else text.msgid
            known = (catalog.get((key, 0)) if text.plural else None) or catalog.get(key)
            if not known and text.msgid not in NEVER_SHOWN_TEXTS:
                left.append(text.msgid)
    return left


@pytest.mark.parametrize("app", ["conf", "contrib/admin", "contrib/auth", "contrib/contenttypes"])
def test_django_leaves_nothing_in_english(app: str) -> None:
    assert untranslated(DJANGO / app / "locale/en/LC_MESSAGES/django.po") == []


def test_django_filter_leaves_nothing_in_english() -> None:
    french = Path(django_filters.__file__).parent / "locale/fr/LC_MESSAGES/django.po"
    assert untranslated(french) == []


def test_the_scripts_of_the_admin_leave_nothing_in_english() -> None:
    """Their catalogue is Django's with ours over it, as the admin serves it."""
    folder = DJANGO / "contrib/admin/locale"
    known = {
        (text.context, text.msgid)
        for text in [*texts_of(folder / "vi/LC_MESSAGES/djangojs.po"), *SCRIPTS]
        if text.translation
    }
    wanted = {(t.context, t.msgid) for t in texts_of(folder / "en/LC_MESSAGES/djangojs.po")}
    assert wanted - known == set()


def test_english_stays_english() -> None:
    """The catalogue must not leak into the other language."""
    with translation.override("en"):
        assert gettext("Exposure locations") == "Exposure locations"
        assert pgettext("abbrev. month", "March") == "March"


# Pages as people read them


SHOWN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title", "value", "content"}
INLINE = {"a", "abbr", "b", "em", "i", "q", "small", "span", "strong", "time"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Reader(HTMLParser):
    """The texts of a page in one language: what stands in an element of another is left out,
    and so are long lists of airports and scripts."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.open: list[tuple[str, str]] = []
        self.blocks: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        inherited = self.open[-1][1] if self.open else self.language
        language = values.get("lang") or inherited
        if tag in ("script", "style", "svg", "option", "textarea"):
            language = ""
        if tag not in INLINE:
            self.blocks.append("")
        for name in SHOWN_ATTRIBUTES & set(values):
            typed = name == "value" and values.get("type") not in ("submit", "button")
            if language == self.language and values[name] and not typed:
                self.blocks += [values[name] or "", ""]
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(name == tag for name, _ in self.open):
            name, _language = self.open.pop()
            if name == tag:
                break
        if tag not in INLINE:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1][1] == self.language:
            self.blocks[-1] += data

    @property
    def read(self) -> list[str]:
        return [text for text in (" ".join(block.split()) for block in self.blocks) if text]


def reading(html: str, language: str) -> list[str]:
    reader = Reader(language)
    reader.feed(html)
    return reader.read


def pieces(text: str) -> list[str]:
    """What of a text stands in a page word for word, around its placeholders and tags."""
    found = re.split(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}|<[^>]+>", text)
    return [" ".join(piece.split()).strip(" ,.:;()–") for piece in found]


def any_of(found: set[str]) -> re.Pattern[str]:
    """As whole words: an interface text, and not a part of a name."""
    longest_first = sorted(found, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


ENGLISH = any_of(
    {
        piece
        for text in OURS
        for msgid in (text.msgid, text.plural)
        for piece in pieces(msgid)
        if msgid != text.translation and len(piece.split()) > 2
    }
)
VIETNAMESE = any_of(
    {
        piece
        for text in OURS
        for piece in pieces(text.translation)
        if not piece.isascii() and (len(piece.split()) > 2 or piece[0].isupper())
    }
    # What English pages say in Vietnamese: a language, a button of Zalo, the country, and a word
    # of addresses.
    - {"Tiếng Việt", "Quan tâm", "Việt Nam", "khu dân cư"}
)
ENGLISH_TEXTS = {text.msgid for text in OURS if text.msgid != text.translation}
# English words that no Vietnamese text has; names of places and firms have none of them.
TELLTALE = re.compile(
    r"\b(the|this|that|these|with|which|will|not|has|have|is|are|was|were|of|and|for|your|from"
    r"|please|select|enter|choose|add|change|search|save|delete|none|unknown|error)\b",
    re.IGNORECASE,
)


def wrong_in_vietnamese(read: list[str]) -> list[str]:
    return [
        text
        for text in read
        if text in ENGLISH_TEXTS or ENGLISH.search(text) or TELLTALE.search(text)
    ]


def wrong_in_english(read: list[str]) -> list[str]:
    return [text for text in read if VIETNAMESE.search(text)]


PUBLIC = [
    "/",
    "/hai-phong/",
    "/binh-duong/",
    "/ho-chi-minh/",
    "/hai-phong/dia-diem/",
    "/hai-phong/dia-diem/?status=past",
    "/hai-phong/dia-diem/?q=khongco",
    "/hai-phong/dia-diem/?from=xx&to=31/02/2021&ward=x&kind=x&added=x&status=x",
    "/hai-phong/dia-diem/?from=02/08/2021&to=01/08/2021",
    "/hai-phong/dia-diem/?page=99",
    "/hai-phong/dia-diem/NONE99/",
    "/hai-phong/chuyen-bay/",
    "/hai-phong/ca-benh/",
    "/hai-phong/thong-bao/",
    "/chuyen-bay/",
    "/hai-phong/theo-doi/",
    "/tim-kiem/",
    "/tim-kiem/?q=dai+hop",
    "/tim-kiem/?q=zzz",
    "/khong-co/",
    "/Q/NONE99",
]


def public_pages() -> list[str]:
    entries = [
        model.objects.public().first()
        for model in (Notice, CaseAnnouncement, ExposureLocation, Flight)
    ]
    return PUBLIC + [entry.get_absolute_url() for entry in entries]


@pytest.fixture
def officer(story: None) -> Officer:
    return factories.officer("can-bo", APPROVER, Province.objects.get(slug="hai-phong"))


@pytest.fixture
def manager(story: None) -> Officer:
    return Officer.objects.create_superuser("quan-ly", password=factories.PASSWORD)


def staff_pages() -> list[str]:
    location = ExposureLocation.objects.filter(province__slug="hai-phong").first()
    # One without English of its own.
    revision = Revision.objects.of(factories.location(location.province)).first()
    place = "/admin/locations/exposurelocation/"
    return [
        "/admin/",
        place,
        f"{place}?q=x&state__exact=draft",
        f"{place}add/",
        f"{place}{location.pk}/change/",
        f"{place}{location.pk}/history/",
        f"{place}{location.pk}/withdraw/",
        "/admin/locations/flight/add/",
        "/admin/locations/province/",
        "/admin/alerts/notice/add/",
        "/admin/alerts/caseannouncement/add/",
        "/admin/alerts/figure/add/",
        "/admin/alerts/guidance/add/",
        "/admin/publishing/revision/",
        f"/admin/publishing/revision/{revision.pk}/review/",
        "/admin/password_change/",
    ]


def managers_pages(officer: Officer) -> list[str]:
    account = f"/admin/publishing/officer/{officer.pk}/"
    return [
        "/admin/publishing/officer/",
        "/admin/publishing/officer/add/",
        f"{account}change/",
        "/admin/publishing/accountevent/",
        "/admin/publishing/batch/",
        "/admin/second-factor/",
        "/admin/locations/division/",
    ]


def test_the_checks_notice_the_other_language(story: None, client: Client) -> None:
    for page in public_pages():
        in_vietnamese = client.get(page).content.decode().replace('lang="vi"', "")
        in_english = client.get(f"/en{page}").content.decode().replace('lang="en"', "")
        assert len(wrong_in_vietnamese(reading(in_english, "vi"))) > 5, page
        assert len(wrong_in_english(reading(in_vietnamese, "en"))) > 5, page


def test_public_pages_in_vietnamese(story: None, client: Client) -> None:
    for page in public_pages():
        read = reading(client.get(page).content.decode(), "vi")
        assert wrong_in_vietnamese(read) == [], page


def test_public_pages_in_english(story: None, client: Client) -> None:
    for page in public_pages():
        read = reading(client.get(f"/en{page}").content.decode(), "en")
        assert wrong_in_english(read) == [], page


def test_signing_in(story: None, client: Client) -> None:
    for response in (
        client.get("/admin/login/"),
        client.post("/admin/login/", {"username": "ai-do", "password": "sai"}),
        client.post("/admin/login/", {}),
    ):
        assert wrong_in_vietnamese(staff_reading(response.content)) == []


def test_staff_pages_in_vietnamese(officer: Officer, client: Client) -> None:
    client.force_login(officer)
    for page in staff_pages():
        response = client.get(page)
        assert response.status_code == 200, page
        assert wrong_in_vietnamese(staff_reading(response.content)) == [], page


def test_managers_pages_in_vietnamese(officer: Officer, manager: Officer, client: Client) -> None:
    client.force_login(manager)
    for page in managers_pages(officer):
        response = client.get(page)
        assert response.status_code == 200, page
        assert wrong_in_vietnamese(staff_reading(response.content)) == [], page


def test_errors_of_forms_in_vietnamese(officer: Officer, client: Client) -> None:
    client.force_login(officer)
    rows = {"windows-TOTAL_FORMS": "1", "windows-INITIAL_FORMS": "0"}
    for values in (
        {},
        rows,
        rows
        | {
            "province": "0",
            "kind": "x",
            "name": "x" * 500,
            "latitude": "x",
            "longitude": "181",
            "ward": "x",
            "expires_at_0": "31/02/2021",
            "expires_at_1": "25:00",
            "windows-0-starts_on": "x",
            "windows-0-starts_time": "x",
        },
    ):
        response = client.post("/admin/locations/exposurelocation/add/", values)
        read = staff_reading(response.content)
        assert any("Hãy sửa lỗi bên dưới." in text for text in read)
        assert wrong_in_vietnamese(read) == []


def test_the_calendar_of_the_admin_is_vietnamese(officer: Officer, client: Client) -> None:
    client.force_login(officer)
    script = client.get("/admin/jsi18n/").content.decode()
    assert '"Monday": "Th\\u1ee9 Hai"' in script
    assert '"Chosen %s": "%s \\u0111\\u00e3 ch\\u1ecdn"' in script


def staff_reading(content: bytes) -> list[str]:
    """Without what Django says in English whatever the language."""
    return [text for text in reading(content.decode(), "vi") if text not in FIXED_IN_DJANGO]


FIXED_IN_DJANGO = {
    "Search",  # the picture beside the search field
    "width=device-width, initial-scale=1.0",
    "NONE,NOARCHIVE",
    # added to the help of a password without a mark
    "If disabled, the current password for this user will be lost.",
}


def test_no_text_hides_from_translators_in_an_f_string():
    """Where xgettext does not look: such a text stayed English on Vietnamese pages."""
    hidden = re.compile(r"""\{(?:_|n?gettext(?:_lazy)?)\(["']""")
    folders = [settings.BASE_DIR / name for name in ("portal", "alerts", "locations")]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    assert len(files) > 200
    assert [path.name for path in files if hidden.search(path.read_text())] == []
