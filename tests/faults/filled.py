"""The forms of a page as a browser sends them, and as somebody sends them who means harm."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

from lxml import html

from tests.faults.hostile import SCRIPT, TEXTS

Fields = list[tuple[str, bytes]]
# What tests/faults/hostile.py has, and what is nonsense to the fields of officers.
VALUES = tuple(text.encode("utf-8", "surrogatepass") for text in (
    *TEXTS, "2147483648", "9223372036854775808", "-9223372036854775809", "1" + "0" * 30, "1" * 5000,
    "0001-01-01", "01/01/0001", "9999-12-31", "31/12/9999", "30/12/9999", "0000-00-00", "00:00",
    "23:59:60", "24:00", "25:99", "1e400", "-0", "0.0", "inf", "1_000", "abc", "1,2,3", '["1"]',
    '{"a": 1}', "[1, 2", "\ud800", "a\udfffb", "\u202eđộc", "Đa\u0300 Nẵng", "Đà Nẵng\u0000",
    "\u0085\u2028\u2029", "\x1b[31m", "\uffff\ufffe", "x@y", f"{SCRIPT}@x.vn", "x" * 300 + "@x.vn",
    "https://zalo.me@evil.example/", "https://evil.example/", "//zalo.me/1", "https://[::1/",
    "javascript:1//zalo.me", "https://zalo.me:99999/", "tel:113", "+84" + "9" * 40, "113;113",
    "12-16,,", "99-1", "2-1, 2-1", "hai-phong", "admin", "en", "Q", "../admin", "vn1234", "VN 12",
    "ＶＮ１２", "HPH", "hph", "1 OR 1=1", "0.0.0", "1.-1", "1.99999999999999999999", ".", "2.٣",
    "theirs", "0." + "1" * 5000, "²²²²²²", "٣" * 6, "mine",
)) + (
    b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe1\xbb", b"\xc0\x80",
)  # fmt: skip
HUGE = (b"a" * 10_000_000, "ợ".encode() * 700_000, b"1" * 2_000_000, b"\n" * 2_000_000)
# What tells the admin what to do, beside what is typed.
BUTTONS = (
    "_save", "_submit", "_continue", "_addanother", "_popup", "_to_field", "_saveasnew", "_approve",
    "_send_back", "_theirs", "_mine", "understood", "keep-name", "keep-windows", "keep-title",
    "upload", "post", "action", "select_across", "index", "_selected_action", "next", "delete",
)  # fmt: skip
ACTIONS = (b"send_link", b"remove_second_factor", b"sign_out", b"retry", b"delete_selected")
COUNTERS = ("-TOTAL_FORMS", "-INITIAL_FORMS", "-MIN_NUM_FORMS", "-MAX_NUM_FORMS")


@dataclass(frozen=True)
class Filled:
    """A form of the page at `address`, with what stands in it."""

    address: str
    fields: tuple[tuple[str, bytes], ...]

    @property
    def prefixes(self) -> list[str]:
        """Of the tables of rows in it, such as "windows"."""
        counters = (name for name, _value in self.fields if name.endswith(COUNTERS[0]))
        return [name.removesuffix(COUNTERS[0]) for name in counters]


def forms(address: str, page: bytes) -> Iterator[Filled]:
    """Those of a page that post to the page itself; the way out is in every page of the admin."""
    for form in html.fromstring(page).forms:
        if form.method == "POST" and form.get("id") != "logout-form":
            found = [(name, value.encode()) for name, value in form.form_values()]
            # Empty texts too, which lxml leaves out.
            known = {name for name, _value in found}
            found += [
                (name, b"")
                for name in dict.fromkeys(form.fields.keys())
                if name and name not in known and not name.startswith("_")
            ]
            found = [(name, value) for name, value in found if name != "csrfmiddlewaretoken"]
            yield Filled(address, tuple(found))


def spoilt(form: Filled, chance: random.Random) -> tuple[Fields, set[str]]:
    """The form sent otherwise than any browser would, and the names of what is wrong."""
    fields = [("csrfmiddlewaretoken", b"x"), *form.fields]
    touched: set[str] = set()
    for prefix in form.prefixes:
        if chance.random() < 0.3:
            fields = more_rows(fields, prefix, chance.randrange(1, 4))
    ways = (replaced, replaced, replaced, replaced, left_out, twice, counted, told)
    for _change in range(chance.choice((1, 1, 1, 2, 3, 5))):
        fields, name = chance.choice(ways)(fields, chance)
        touched.add(name)
    if chance.random() < 0.5:
        fields.append((chance.choice(("_submit", "_save", "_approve")), b"1"))
    if chance.random() < 0.5:
        fields.append(("understood", b"on"))
    return fields, touched


def encoded(fields: Fields) -> bytes:
    """As a form is sent; what stands in it may be no text at all."""
    return b"&".join(
        f"{quote_from_bytes(name.encode(), '')}={quote_from_bytes(value, '')}".encode()
        for name, value in fields
    )


def hostile(chance: random.Random) -> bytes:
    if chance.random() < 0.01:
        return chance.choice(HUGE)
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(1, 20))
    return chance.choice(VALUES)


def replaced(fields: Fields, chance: random.Random) -> tuple[Fields, str]:
    at = chance.randrange(len(fields)) if fields else 0
    name = fields[at][0] if fields else "x"
    return [*fields[:at], (name, hostile(chance)), *fields[at + 1 :]], name


def left_out(fields: Fields, chance: random.Random) -> tuple[Fields, str]:
    gone = chance.choice(fields)[0] if fields else "x"
    return [one for one in fields if one[0] != gone], gone


def twice(fields: Fields, chance: random.Random) -> tuple[Fields, str]:
    name = chance.choice(fields)[0] if fields else "x"
    return [*fields, (name, hostile(chance))], name


def counted(fields: Fields, chance: random.Random) -> tuple[Fields, str]:
    """A wrong number of rows, if there are rows."""
    counters = [name for name, _value in fields if name.endswith(COUNTERS)]
    if not counters:
        return replaced(fields, chance)
    name = chance.choice(counters)
    value = chance.choice(
        (b"-1", b"0", b"1", b"2", b"999", b"1001", b"99999999", b"1e9", b"", b"x")
    )
    return [*((key, one) for key, one in fields if key != name), (name, value)], name


def told(fields: Fields, chance: random.Random) -> tuple[Fields, str]:
    """Something that the form has no button for."""
    name = chance.choice(BUTTONS)
    values = ACTIONS if name == "action" else (b"1", b"on", hostile(chance))
    return [*fields, (name, chance.choice(values))], name


def more_rows(fields: Fields, prefix: str, count: int) -> Fields:
    """With so many rows of a table, copies of the first or of the empty one, if it has any."""
    rest = {name.split("-", 2)[2]: b"" for name, _v in fields
            if name.startswith((f"{prefix}-__prefix__-", f"{prefix}-0-"))}  # fmt: skip
    rest |= {name.split("-", 2)[2]: value for name, value in fields
             if name.startswith(f"{prefix}-0-")}  # fmt: skip
    kept = [(name, value) for name, value in fields if name != f"{prefix}{COUNTERS[0]}"
            and not (name.startswith(f"{prefix}-") and name.split("-")[1].isdecimal())]  # fmt: skip
    rows = [
        (f"{prefix}-{row}-{name}", value) for row in range(count) for name, value in rest.items()
    ]
    return [*kept, (f"{prefix}{COUNTERS[0]}", str(count).encode()), *rows]
