"""Posters: the code on them is read, the text is whole, and nothing is clipped or collides."""

import re
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import chain, combinations, product

import pypdfium2
import pytest
from django.conf import settings
from django.utils import translation
from fontTools.ttLib import TTFont
from PIL import Image, ImageFont

from locations.management.commands.build_fonts import VIETNAMESE, WEB_CHARACTERS, WEB_DIR
from locations.posters import typography
from locations.posters.layout import (
    DOT,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Poster,
    arrange,
)
from locations.posters.page import PT, Box, Line
from locations.posters.pdf import poster_pdf
from locations.posters.png import poster_png
from locations.posters.typography import FONT_DIR, Weight
from locations.posters.wording import follow_poster, page_poster
from locations.qr.codes import QUIET_ZONE, qr_modules
from tests.scanning import blurred, faded, opened, phone_view, rotated, scan, tilted

SHORT = Poster(
    language="vi",
    issuer="Sở Y tế Hải Phòng",
    province="Hải Phòng",
    headline="Theo dõi thông tin dịch bệnh chính thức trên Zalo",
    steps=("Quét mã QR", "Nhấn nút “Quan tâm”"),
    account_label="Tài khoản Zalo chính thức",
    account="Chính quyền điện tử TP Hải Phòng",
    url="HTTPS://DICHBENH.HAIPHONG.GOV.VN/Q/7H3KDX",
    address_label="Mã QR này chỉ mở đúng địa chỉ",
    hotline_label="Đường dây nóng",
    hotlines=("0225 3 745 115",),
)
LONG = replace(
    SHORT,
    issuer="Trung tâm Kiểm soát bệnh tật Thành phố Hồ Chí Minh",
    province="Thành phố Hồ Chí Minh",
    headline="Theo dõi thông tin phòng, chống dịch bệnh chính thức của"
    " Thành phố Hồ Chí Minh trên Zalo",
    account="Trung tâm Kiểm soát Bệnh tật Thành phố Hồ Chí Minh – Cổng thông tin",
    url="HTTPS://THONGTINDICHBENH.TRUNGTAMKIEMSOATBENHTAT.HOCHIMINHCITY.GOV.VN/Q/7H3KDX",
    hotlines=("1900 9095", "0869 577 133", "028 3930 9912"),
)
POSTERS = {
    "short": SHORT,
    "long": LONG,
    "no hotline": replace(SHORT, province="Thừa Thiên Huế", account="Hue-S", hotlines=()),
    "three steps": replace(
        SHORT,
        province="Bà Rịa - Vũng Tàu",
        account="Cổng thông tin điện tử tỉnh Bà Rịa - Vũng Tàu",
        steps=("Mở ứng dụng Zalo", *SHORT.steps),
        url="HTTP://LOCALHOST:8000/Q/7H3KDX",
        hotlines=("1900 9095", "0254 3 852 666"),
    ),
    "capitals": replace(
        LONG,
        issuer="SỞ Y TẾ TỈNH BÀ RỊA - VŨNG TÀU",
        province="BÀ RỊA - VŨNG TÀU",
        headline="THEO DÕI THÔNG TIN PHÒNG, CHỐNG DỊCH BỆNH CHÍNH THỨC CỦA TỈNH TRÊN ZALO",
        account="CỔNG THÔNG TIN ĐIỆN TỬ VÀ DỊCH VỤ CÔNG CỦA TỈNH BÀ RỊA - VŨNG TÀU",
        steps=("QUÉT MÃ QR", "NHẤN NÚT “QUAN TÂM” ĐỂ NHẬN THÔNG BÁO"),
    ),
    "beyond reason": replace(
        LONG,
        issuer="Ban Chỉ đạo phòng, chống dịch bệnh " * 6,
        province="Khu hành chính – kinh tế đặc biệt " * 3,
        headline="Theo dõi thông tin " * 20,
        account="Cổng-thông-tin-điện-tử-" * 12,
        steps=("Nhấn nút “Quan tâm đến tài khoản chính thức của chúng tôi” " * 3,) * 4,
        hotlines=("(+84) 28 3930 9912 – nhánh 1234",) * 5,
    ),
}


@pytest.fixture(params=POSTERS)
def poster(request: pytest.FixtureRequest) -> Poster:
    return POSTERS[request.param]


def rasterised(pdf: bytes, dpi: int = 200) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=dpi / 72).to_pil().convert("L")


PICTURES = {
    f"{name} {kind}": (POSTERS[name].url, picture(POSTERS[name]))
    for name in ("short", "long")
    for kind, picture in (
        ("png", lambda poster: opened(poster_png(poster))),
        ("pdf", lambda poster: rasterised(poster_pdf(poster))),
    )
}
MODULE_PX = 24  # of the smaller modules, those of the long address


@pytest.fixture(params=PICTURES)
def printed(request: pytest.FixtureRequest) -> tuple[str, Image.Image]:
    return PICTURES[request.param]


# The code


def test_code_is_read(poster: Poster) -> None:
    assert scan(opened(poster_png(poster))) == poster.url
    assert scan(rasterised(poster_pdf(poster))) == poster.url


@pytest.mark.parametrize("degrees", [7, 45, 90, 133, 180, 270, 341])
def test_code_is_read_at_any_angle(printed: tuple[str, Image.Image], degrees: int) -> None:
    url, picture = printed
    assert scan(rotated(picture, degrees)) == url


def test_code_is_read_out_of_focus(printed: tuple[str, Image.Image]) -> None:
    """To a blur of 0.4 modules (standard deviation); measured limit 0.5."""
    url, picture = printed
    assert scan(blurred(picture, 0.4 * MODULE_PX)) == url


@pytest.mark.parametrize(("black", "white"), [(116, 140), (20, 50), (200, 235)])
def test_code_is_read_in_bad_light(
    printed: tuple[str, Image.Image], black: int, white: int
) -> None:
    """From 24 levels of 255 between black and white; measured limit 18."""
    url, picture = printed
    assert scan(faded(picture, black, white)) == url


@pytest.mark.parametrize("degrees", [-50, -30, 30, 50])
def test_code_is_read_from_the_side(printed: tuple[str, Image.Image], degrees: int) -> None:
    """To 50 degrees; measured limit 54 (the long address), 72 (the short one)."""
    url, picture = printed
    assert scan(tilted(picture, degrees)) == url


@pytest.mark.parametrize("width", [140, 180, 240, 360, 480, 700])
def test_code_is_read_on_a_phone(printed: tuple[str, Image.Image], width: int) -> None:
    """From a page 140 px wide in a frame of 720 × 1280; measured limits 90 px (29 modules) and
    110 px (37 modules). A lens of 65° across shows a poster 2 m away about 60 px wide in such a
    frame and 160 px wide in one of 1920 px, as cameras have."""
    url, picture = printed
    assert scan(phone_view(picture, width)) == url


def test_code_is_read_on_a_phone_held_askew(printed: tuple[str, Image.Image]) -> None:
    url, picture = printed
    assert scan(tilted(rotated(phone_view(picture, 300), 12), 30)) == url


def test_code_is_11_cm_wide_with_nothing_in_its_quiet_zone(poster: Poster) -> None:
    page = arrange(poster)
    (code,) = (area for area in page.areas if area.link)
    modules = len(qr_modules(poster.url))
    left, right = min(b.x for b in code.boxes), max(b.right for b in code.boxes)
    top, bottom = min(b.y for b in code.boxes), max(b.bottom for b in code.boxes)
    assert 110 <= right - left <= 120
    assert bottom - top == pytest.approx(right - left)
    quiet = QUIET_ZONE * (right - left) / modules
    zone = Box(left - quiet, top - quiet, right - left + 2 * quiet, bottom - top + 2 * quiet)
    assert zone.x >= 0
    others = [box for area in page.areas if area is not code for box in area.boxes]
    for box in (*others, *(line.box for line in page.lines)):
        assert not overlap(box, zone)


def test_modules_are_whole_dots_of_the_png(poster: Poster) -> None:
    (code,) = (area for area in arrange(poster).areas if area.link)
    for box in code.boxes:
        for length in (box.x, box.y, box.width, box.height):
            assert length / DOT == pytest.approx(round(length / DOT), abs=1e-6)


# The text


def overlap(one: Box, other: Box) -> bool:
    slack = 1e-6
    return (
        one.x < other.right - slack
        and other.x < one.right - slack
        and one.y < other.bottom - slack
        and other.y < one.bottom - slack
    )


def letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_all_text_is_there(poster: Poster) -> None:
    written = letters("".join(line.text for line in arrange(poster).lines))
    texts = [poster.issuer, poster.province, poster.headline, poster.account, poster.address]
    for text in (*texts, *poster.steps, *poster.hotlines):
        assert letters(text) in written


def test_lines_stay_within_the_margins_and_apart(poster: Poster) -> None:
    lines = arrange(poster).lines
    for line in lines:
        assert line.box.x >= MARGIN
        assert line.box.right <= PAGE_WIDTH - MARGIN + 1e-6
    for one, other in combinations(lines, 2):
        assert not overlap(one.box, other.box), (one.text, other.text)


def test_letters_as_they_are_drawn_do_not_collide(poster: Poster) -> None:
    """Marks on capitals rise above their line, so the ink of each letter is looked at."""
    for one, other in combinations(map(ink, arrange(poster).lines), 2):
        for letter, facing in product(one, other):
            assert not overlap(letter, facing)


def test_ink_stays_on_the_page(poster: Poster) -> None:
    for letter in chain.from_iterable(map(ink, arrange(poster).lines)):
        assert letter.x >= MARGIN - 1
        assert letter.right <= PAGE_WIDTH - MARGIN + 1
        assert letter.y >= 8
        assert letter.bottom <= PAGE_HEIGHT - 8


def ink(line: Line) -> list[Box]:
    """The box of every letter's outline."""
    scale = line.size / 1000
    places = typography.offsets(line.text, line.weight)
    boxes = [outline(letter, line.weight) for letter in line.text]
    return [
        Box(
            line.x + place * line.size + box.x * scale,
            line.baseline + box.y * scale,
            box.width * scale,
            box.height * scale,
        )
        for place, box in zip(places, boxes, strict=False)
    ]


@cache
def outline(letter: str, weight: Weight) -> Box:
    font = ImageFont.truetype(FONT_DIR / weight.file_name, 1000)
    left, top, right, bottom = font.getbbox(letter, anchor="ls")
    return Box(left, top, right - left, bottom - top)


@pytest.mark.parametrize("name", ["short", "long", "no hotline", "three steps"])
def test_real_names_stay_large(name: str) -> None:
    poster = POSTERS[name]
    points = {line.text: line.size / PT for line in arrange(poster).lines}
    assert points[poster.province] >= 40
    assert max(points[line] for line in points if line in poster.headline) >= 22
    assert min(points[line] for line in points if line in poster.account) >= 20
    assert min(points[number] for number in (*poster.hotlines, poster.province)) >= 16
    assert min(points.values()) >= 12


def test_names_and_quotes_stay_in_one_line() -> None:
    lines = [line.text for line in arrange(LONG).lines]
    assert "“Quan tâm”" in lines
    assert "Thành phố Hồ Chí Minh – Cổng thông tin" in lines
    assert set(LONG.hotlines) <= set(lines)


def test_address_in_words_is_the_one_in_the_code() -> None:
    assert SHORT.address == "dichbenh.haiphong.gov.vn/Q/7H3KDX"
    assert POSTERS["three steps"].address == "localhost:8000/Q/7H3KDX"
    unicode_host = replace(SHORT, url="HTTPS://XN--DCHBNH-LK8B2A.VN/Q/7H3KDX")
    assert unicode_host.address == "dịchbệnh.vn/Q/7H3KDX"


def test_decomposed_letters_are_composed() -> None:
    decomposed = replace(SHORT, province="Hải Phòng")
    assert poster_png(decomposed) == poster_png(SHORT)


def test_empty_texts_take_no_space() -> None:
    bare = replace(SHORT, issuer="", steps=(), account_label="", account="", hotlines=())
    assert all(line.text for line in arrange(bare).lines)
    assert scan(rasterised(poster_pdf(bare))) == SHORT.url


# The files


def test_pdf_is_one_a4_page_with_embedded_fonts_and_searchable_text() -> None:
    pdf = poster_pdf(LONG)
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        assert document[0].get_size() == pytest.approx((595.28, 841.89), abs=0.01)
        text = document[0].get_textpage().get_text_range()
        assert document.get_metadata_dict()["Title"] == LONG.title
        assert document.get_metadata_dict()["Author"] == LONG.issuer
    for line in arrange(LONG).lines:
        assert line.text in text
    fonts = re.findall(rb"/BaseFont /(\S+)", pdf)
    assert {re.sub(rb".*\+", b"", name) for name in fonts} == {
        b"BeVietnamPro-Regular",
        b"BeVietnamPro-SemiBold",
        b"BeVietnamPro-Bold",
    }
    assert pdf.count(b"/FontFile2") == len(fonts)
    assert b"/Lang (vi)" in pdf


def test_png_is_a4_at_200_dots_per_inch() -> None:
    png = Image.open(BytesIO(poster_png(SHORT)))
    assert png.size == (1654, 2339)
    assert png.info["dpi"] == pytest.approx((200, 200), abs=0.01)
    assert png.info["Title"] == SHORT.title


def test_pdf_and_png_show_the_same() -> None:
    """Compared at 50 dots per inch, where the two renderers' smoothing no longer shows."""
    pdf = rasterised(poster_pdf(LONG)).resize((413, 585), Image.Resampling.BOX)
    png = opened(poster_png(LONG)).resize((413, 585), Image.Resampling.BOX)
    differences = [abs(a - b) for a, b in zip(pdf.tobytes(), png.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 2.5
    assert sum(difference > 100 for difference in differences) < len(differences) / 1000


def test_same_poster_same_bytes(poster: Poster) -> None:
    assert poster_pdf(poster) == poster_pdf(poster)
    assert poster_png(poster) == poster_png(poster)


def test_works_in_black_and_white() -> None:
    """The bar stays dark and its text light: a contrast of at least 7 to 1 (WCAG 1.4.6)."""
    bar = opened(poster_png(SHORT)).tobytes()[0]
    luminance = (bar / 255) ** 2.2
    assert 1.05 / (luminance + 0.05) >= 7


# The wording and the fonts


def test_two_kinds_of_poster() -> None:
    facts = {"province": "Hải Phòng", "issuer": "Sở Y tế Hải Phòng", "url": SHORT.url}
    with translation.override("en"):
        follow = follow_poster(
            **facts,
            account="Chính quyền điện tử TP Hải Phòng",
            channel="Zalo",
            steps=["Scan the QR code", "Press “Quan tâm”"],
            hotlines=["0225 3 745 115"],
        )
        page = page_poster(**facts)
    assert follow.headline == "Follow official outbreak news on Zalo"
    assert follow.account_label == "Official Zalo account"
    assert follow.language == page.language == "en"
    assert page.account == "Sở Y tế Hải Phòng"
    assert page.hotlines == ()
    for poster in (follow, page):
        assert scan(rasterised(poster_pdf(poster))) == SHORT.url


@pytest.mark.parametrize("weight", Weight)
def test_poster_fonts_have_every_vietnamese_letter(weight: Weight) -> None:
    with TTFont(FONT_DIR / weight.file_name) as font:
        assert set(map(ord, VIETNAMESE | WEB_CHARACTERS)) <= font.getBestCmap().keys()


@pytest.mark.parametrize("weight", [400, 700])
def test_page_fonts_have_every_vietnamese_letter_and_are_small(weight: int) -> None:
    path = settings.BASE_DIR / WEB_DIR / f"be-vietnam-pro-{weight}.woff2"
    assert path.stat().st_size <= 10 * 1024
    with TTFont(path) as font:
        assert set(map(ord, WEB_CHARACTERS)) == font.getBestCmap().keys()
        assert len(VIETNAMESE) == 134
    for folder in (FONT_DIR, path.parent):
        assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text()


def test_kerning_is_used() -> None:
    alone = sum(typography.width(letter, Weight.BOLD) for letter in "Tàu")
    assert typography.width("Tàu", Weight.BOLD) < alone - 0.1
