"""Requests that no browser of a resident makes, the same ones for the same seed."""

import random
from dataclasses import dataclass, field
from urllib.parse import quote

EVIL = "evil.example"
SCRIPT = "<script>alert(1)</script>"
# Where an installation answers; {} is put in by the attacker.
PATHS = (
    "/", "/hai-phong/", "/hai-phong/dia-diem/", "/hai-phong/chuyen-bay/", "/hai-phong/ca-benh/",
    "/hai-phong/thong-bao/", "/hai-phong/dinh-chinh/", "/hai-phong/theo-doi/",
    "/hai-phong/theo-doi/email/", "/hai-phong/theo-doi.svg", "/hai-phong/ap-phich.png",
    "/hai-phong/dia-diem.csv", "/hai-phong/dia-diem.json", "/hai-phong/dia-diem.geojson",
    "/hai-phong/ban-do.json", "/hai-phong/feed.atom", "/hai-phong/cap.atom", "/chuyen-bay/",
    "/du-lieu/", "/du-lieu/dia-diem.csv", "/feed.atom", "/tim-kiem/", "/xac-minh/", "/kiem-tra/",
    "/kiem-tra/data.json", "/sitemap.xml", "/api/v1/changes", "/api/v1/locations",
    "/api/v1/openapi.json", "/admin/login/", "/Q/{}", "/{}/", "/hai-phong/{}/",
    "/hai-phong/dia-diem/{}/", "/hai-phong/thong-bao/{}/", "/hai-phong/thong-bao/{}.cap.xml",
    "/hai-phong/{}.csv", "/du-lieu/{}", "/api/v1/{}", "/api/v1/locations/{}", "/static/{}",
    "/theo-doi/xac-nhan/{}/", "/theo-doi/huy/{}/", "/admin/{}", "/admin/locations/{}/",
)  # fmt: skip
FORMS = (
    "/hai-phong/theo-doi/email/", "/hai-phong/theo-doi/thiet-bi/", "/theo-doi/thiet-bi/doi/",
    "/hai-phong/theo-doi/thiet-bi/xem/", "/hai-phong/theo-doi/thiet-bi/huy/", "/xac-minh/",
    "/admin/login/", "/theo-doi/huy/x/", "/hai-phong/",
)  # fmt: skip
METHODS = {"GET": 90, "HEAD": 6, "OPTIONS": 1, "PUT": 1, "DELETE": 1, "TRACE": 1}
NAMES = (
    "q", "ward", "district", "from", "to", "kind", "added", "page", "status", "since", "tu",
    "limit", "cursor", "next", "format", "address", "minimum", "language", "kinds", "username",
    "password", "csrfmiddlewaretoken", "endpoint", "fbclid", "utm_source", "code",
)  # fmt: skip
HEADERS = (
    "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "HTTP_REFERER",
    "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_ORIGIN", "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR", "HTTP_USER_AGENT", "HTTP_CONTENT_ENCODING", "HTTP_X_HTTP_METHOD",
    "HTTP_AUTHORIZATION", "HTTP_UPGRADE", "CONTENT_TYPE",
)  # fmt: skip
TEXTS = (
    "", " ", "\0", "a\0b", "\r\nSet-Cookie: a=b", "\u202e\u2066gnp.exe", "e\u0302\u0301" * 9,
    "\ufeff", "\uffff", "😷" * 40, "İ", "ﬁ", "Đà Nẵng", "../../etc/passwd", "..%2f..%2fetc",
    "%00", "%", "%u202e", "' OR 1=1 --", '"; DROP TABLE x', SCRIPT, f'"><img src=x onerror={EVIL}',
    "javascript:alert(1)", f"//{EVIL}", f"https://{EVIL}/", f"\\\\{EVIL}", f"/\\{EVIL}",
    f"http:{EVIL}", "{{7*7}}", "${7*7}", "{% debug %}", "=cmd|' /C calc'!A0", "@SUM(1)", "\t=1",
    "-1", "0", "9" * 400, "1e999", "NaN", "٣", "２", "0x10", "1,5", "31/02/2021", "99/99/9999",
    "01/01/0001", "31/12/9999", "2021-03-26T08:00:00+99:99", "a" * 9_000, "%" * 3_000, "[" * 2_000,
    "*", "W/\"x\", *", "bytes=0-0,9-,-9", "gzip;q=9, br;q=-1, *;q=x", "vi-VN;q=1e9,,;;",
    "text/html;" + "a=b;" * 200, "multipart/form-data", "application/json", "text/\xff",
    "Sat, 99 Foo 2021 99:99:99 GMT", "__proto__", "constructor", "true", "null", "[]", "{",
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict)


def requests(seed: int, count: int) -> list[Request]:
    """`count` requests; each tenth is a form, and some come for a host that is not ours."""
    chance = random.Random(seed)
    return [_request(chance) for _number in range(count)]


def _request(chance: random.Random) -> Request:
    headers = {chance.choice(HEADERS): _text(chance) for _header in range(chance.randrange(3))}
    if chance.random() < 0.1:
        headers[chance.choice(("HTTP_X_FORWARDED_HOST", "HTTP_X_HOST", "HTTP_FORWARDED"))] = EVIL
    if chance.random() < 0.05:
        headers["HTTP_HOST"] = chance.choice((EVIL, f"testserver@{EVIL}", f"{EVIL}#", "", "[::1"))
    is_form = chance.random() < 0.1
    path = chance.choice(FORMS if is_form else PATHS).replace("{}", _quoted(chance))
    if chance.random() < 0.2:
        path = f"/en{path}"
    fields = _fields(chance)
    if is_form:
        headers.setdefault("CONTENT_TYPE", "application/x-www-form-urlencoded")
        return Request("POST", path, "", fields.encode(), headers)
    method = chance.choices(
        ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"), (90, 6, 1, 1, 1, 1)
    )
    return Request(method[0], path, fields, b"", headers)


def _fields(chance: random.Random) -> str:
    names = [*chance.sample(NAMES, chance.randrange(4)), *[_quoted(chance)] * chance.randrange(2)]
    return chance.choice("&&&;").join(f"{name}={_quoted(chance)}" for name in names)


def _quoted(chance: random.Random) -> str:
    """A text in an address: as browsers write it, or as raw bytes that are no UTF-8."""
    if chance.random() < 0.1:
        return "".join(f"%{byte:02x}" for byte in chance.randbytes(chance.randrange(1, 12)))
    return quote(_text(chance), safe=chance.choice(("", "/:?#[]@!$&'()*+,;=<>\"{}")))


def _text(chance: random.Random) -> str:
    if chance.random() < 0.2:
        return "".join(chr(chance.randrange(1, 0xD800)) for _letter in range(chance.randrange(40)))
    return chance.choice(TEXTS)
