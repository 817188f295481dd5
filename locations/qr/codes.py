"""QR codes of permanent short addresses.

Level Q without a logo, a quiet zone of four modules and upper-case addresses. ISO/IEC 18004 asks
for that quiet zone, and its alphanumeric mode (0-9 A-Z space
$%*+-./:) is what makes upper case compact: HTTPS://HOST/Q/7H3KD needs only 29 × 29 modules. Black
on white whatever the page around looks like: many readers miss a light code on a dark ground.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import groupby
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import qrcode
from PIL import Image

# In modules, as ISO/IEC 18004 asks for.
QUIET_ZONE = 4
# 29 modules: every ordinary address fits, so that all codes of a portal print alike. A smaller
# code would not be read from further away: what it gains in module size its quiet zone takes.
SMALLEST_VERSION = 3
# The path under which every printed code lives, in capitals as in the code.
CODE_PATH = "Q"
HOST = re.compile(r"[a-z0-9.-]+")

Modules = Sequence[Sequence[bool]]


def printed_url(base_url: str, code: str, version: str = "") -> str:
    """The address that a printed code holds: ("https://host", "7h3kd") → HTTPS://HOST/Q/7H3KD.

    `base_url` is a scheme and a host, with a port if need be; a host with other letters than
    a to z is written as DNS has it (IDNA). With a `version` of what the picture around the code
    says, that follows: HTTPS://HOST/Q/7H3KD/2. Upper case, so that QR's alphanumeric mode can
    hold it.

    Raises ValueError if `base_url` is anything else, or if `code` or `version` has other
    characters than letters and digits.
    """
    parts = urlsplit(base_url)
    host = (parts.hostname or "").encode("idna").decode()
    if not parts.scheme or not HOST.fullmatch(host) or parts.path.strip("/") or parts.query:
        raise ValueError(f"the base of a printed address must look like https://host: {base_url!r}")
    told = [code, version] if version else [code]
    if not all(part.isascii() and part.isalnum() for part in told):
        raise ValueError(f"a printed code has letters and digits only: {'/'.join(told)!r}")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}/{CODE_PATH}/{'/'.join(told)}".upper()


def address_of(url: str) -> str:
    """A printed `url` as people read it: HTTPS://HOST.VN/Q/7H3KD → host.vn/Q/7H3KD."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode().decode("idna")
    port = f":{parts.port}" if parts.port else ""
    return f"{host}{port}{parts.path}"


def qr_modules(url: str) -> Modules:
    """The code of `url` as rows of modules, True for black, without the quiet zone.

    Raises ValueError if `url` is longer than any code holds (1,663 bytes at level Q).
    """
    code = qrcode.QRCode(SMALLEST_VERSION, error_correction=qrcode.ERROR_CORRECT_Q, border=0)
    # One segment: an address that is all alphanumeric is stored as such, any other as bytes.
    code.add_data(url, optimize=0)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def black_runs(modules: Modules) -> Iterator[tuple[int, int, int]]:
    """Black modules that stand side by side as (column, row, how many)."""
    for y, row in enumerate(modules):
        x = 0
        for black, group in groupby(row):
            length = len(list(group))
            if black:
                yield x, y, length
            x += length


def qr_svg(url: str, *, title: str) -> str:
    """The code of `url` as an SVG of one black path on a white ground, the quiet zone included.

    `title` is what a screen reader says. The user unit is one module; there is no size of its
    own and no style attribute, so it may stand in a page under a strict content security policy.
    """
    modules = qr_modules(url)
    size = len(modules) + 2 * QUIET_ZONE
    path = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{length}v1h-{length}z"
        for x, y, length in black_runs(modules)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img"'
        f' shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{path}"/></svg>'
    )


def qr_png(url: str, *, module_px: int = 16) -> bytes:
    """The code of `url` as a black and white PNG, the quiet zone included.

    `module_px` is the side of one module in pixels: 16 makes a code of 29 modules 592 px wide,
    enough for print at 5 cm and 300 dpi.
    """
    modules = qr_modules(url)
    size = len(modules) + 2 * QUIET_ZONE
    image = Image.new("1", (size, size), 1)
    for y, row in enumerate(modules):
        for x, black in enumerate(row):
            if black:
                image.putpixel((x + QUIET_ZONE, y + QUIET_ZONE), 0)
    buffer = BytesIO()
    image.resize((size * module_px,) * 2).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
