"""Share cards: what they say is whole and legible, and their code survives being sent on."""

from dataclasses import replace
from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image

from locations.posters import typography
from locations.posters.page import Box, Page
from locations.posters.typography import Weight
from locations.qr.codes import QUIET_ZONE, qr_modules
from locations.share_cards.layout import (
    ACTION_LEAST,
    COLUMN,
    HEIGHT,
    LEAST,
    MARGIN,
    SIGN,
    TONES,
    WIDTH,
    Card,
    arrange,
)
from locations.share_cards.png import card_png
from locations.share_cards.signs import Sign, mask
from tests.scanning import blurred, faded, rotated, scan

SHORT = Card(
    language="vi",
    sign=Sign.URGENT,
    kind="Thông báo khẩn",
    province="Hải Phòng",
    issuer="Sở Y tế Hải Phòng",
    headline="Thông báo khẩn về chuyến bay VJ458 và 3 địa điểm",
    about="Chuyến bay VJ458, xã Đại Hợp, xã Tú Sơn, khách sạn Pari",
    when="",
    action_label="Việc cần làm",
    action="Liên hệ lực lượng chức năng hoặc khai báo với cơ quan y tế",
    posted="Còn hiệu lực đến 09/04/2021 · Đăng lúc 08:00 26/03/2021",
    url="HTTPS://DICHBENH.HAIPHONG.GOV.VN/Q/7H3KDX/1",
    scan_label="Quét mã để xem tin này còn đúng không",
    address_label="Hoặc mở đúng địa chỉ này:",
    ending="… xem trang",
)
PLACE = replace(
    SHORT,
    sign=Sign.PLACE,
    kind="Địa điểm liên quan ca bệnh",
    headline="Karaoke Sao Đêm",
    about="12 Lạch Tray, phường Lạch Tray, quận Ngô Quyền, thành phố Hải Phòng",
    when="19:00–21:30 ngày 22/03/2021",
    action_label="Nếu bạn đã có mặt",
    posted="Còn hiệu lực đến 05/04/2021 · Đăng lúc 08:00 26/03/2021"
    " · Sửa lúc 09:30 27/03/2021 (lần sửa 1)",
)
ADVICE = "Liên hệ ngay cơ quan y tế gần nhất, tự cách ly tại nhà và không đi xe công cộng. "
LONGEST = replace(
    PLACE,
    province="Bà Rịa - Vũng Tàu",
    issuer=("Trung tâm Kiểm soát bệnh tật và Cổng thông tin điện tử tỉnh Bà Rịa - Vũng Tàu " * 2)[
        :120
    ],
    headline=("Trung tâm thương mại dịch vụ tổng hợp và chợ đầu mối nông sản thực phẩm " * 3)[:200],
    about="Số 1234 đường Nguyễn Thị Minh Khai nối dài, khu phố Long Hương Thượng, phường Phước"
    " Nguyên, thành phố Bà Rịa, tỉnh Bà Rịa - Vũng Tàu. " * 3,
    when="; ".join(f"19:00 {day}/03/2021 – 00:30 {day + 1}/03/2021" for day in range(10, 25)),
    action=(ADVICE * 8)[:600],
    posted="Còn hiệu lực đến 05/04/2021 · Đăng lúc 08:00 26/03/2021"
    " · Sửa lúc 09:30 27/03/2021 (lần sửa 112)",
    url="HTTPS://THONGTINDICHBENH.TRUNGTAMKIEMSOATBENHTAT.BARIA-VUNGTAU.GOV.VN/Q/7H3KDX/112E",
)
CARDS = {
    "notice": SHORT,
    "place": PLACE,
    "longest": LONGEST,
    "capitals": replace(
        LONGEST,
        province="THỪA THIÊN HUẾ",
        kind="ĐỊA ĐIỂM LIÊN QUAN CA BỆNH",
        issuer=LONGEST.issuer.upper(),
        headline=LONGEST.headline.upper(),
        action=LONGEST.action.upper(),
    ),
    "one word": replace(SHORT, headline="Ắ" * 200, about="g" * 700, action="Ậ" * 600),
    "long action": replace(SHORT, action=(ADVICE * 8)[:600]),
    "flight": replace(
        SHORT,
        sign=Sign.FLIGHT,
        kind="Chuyến bay liên quan ca bệnh",
        province="Thừa Thiên Huế",
        headline="VJ458",
        about="Từ Phú Quốc (PQC) đến Hà Nội (HAN)",
        when="22/03/2021, khởi hành 12:15",
    ),
    "withdrawn": replace(
        LONGEST,
        sign=Sign.WITHDRAWN,
        stamp="ĐÃ GỠ",
        action_label="",
        action="Không làm theo tin này nữa. Lý do: " + ADVICE * 5,
    ),
    "withdrawn, one line": replace(
        SHORT,
        sign=Sign.WITHDRAWN,
        stamp="ĐÃ GỠ",
        action_label="",
        headline=f"{SHORT.headline} ở thành phố",
        action="Không làm theo tin này nữa. Lý do: Nhầm địa điểm",
    ),
    "past": replace(SHORT, sign=Sign.PAST, kind="Thông báo khẩn (đã qua)"),
    "bare": replace(
        SHORT, issuer="", headline="x", about="", action_label="", action="", posted=""
    ),
}
# What the host's name does to the code: 29, 33, 37 and 41 modules wide.
HOSTS = {
    29: "DICHBENH.VN",
    33: "THONGTINDICHBENH.HAIPHONG.GOV.VN",
    37: "THONGTINDICHBENH.TRUNGTAMKIEMSOATBENHTAT.HOCHIMINHCITY.GOV.VN",
    41: "THONGTINDICHBENHTRUYENNHIEM.TRUNGTAMKIEMSOATBENHTATVAYTEDUPHONG.HOCHIMINHCITY.GOV.VN",
}


@pytest.fixture(params=CARDS)
def card(request) -> Card:
    return CARDS[request.param]


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB")


def code_of(page: Page) -> tuple[Box, float]:
    """The code's box, and how wide its quiet zone has to be."""
    (code,) = (area for area in page.areas if area.link)
    left, top = min(b.x for b in code.boxes), min(b.y for b in code.boxes)
    right = max(b.right for b in code.boxes)
    quiet = QUIET_ZONE * (right - left) / len(qr_modules(code.link))
    return Box(left, top, right - left, right - left), quiet


def overlap(one: Box, other: Box) -> bool:
    slack = 1e-6
    return (
        one.x < other.right - slack
        and other.x < one.right - slack
        and one.y < other.bottom - slack
        and other.y < one.bottom - slack
    )


# The text


def test_every_line_stays_on_the_card_and_apart_from_the_others(card):
    page = arrange(card)
    assert page.lines
    for line in page.lines:
        assert line.box.x >= MARGIN
        assert line.box.right <= WIDTH - MARGIN / 2
        assert line.box.y >= 0
        assert line.box.bottom <= HEIGHT
    for one, other in combinations(page.lines, 2):
        assert not overlap(one.box, other.box), (one.text, other.text)
    for line in page.lines:
        assert not overlap(line.box, SIGN)


def test_nothing_stands_in_the_quiet_zone_of_the_code(card):
    page = arrange(card)
    code, quiet = code_of(page)
    zone = Box(code.x - quiet, code.y - quiet, code.width + 2 * quiet, code.height + 2 * quiet)
    assert zone.right <= WIDTH
    assert zone.bottom <= HEIGHT
    for line in page.lines:
        assert not overlap(line.box, zone), line.text
    for area in page.areas:
        assert area.link or not any(overlap(box, zone) for box in area.boxes)


def test_nothing_is_smaller_than_can_be_read(card):
    for line in arrange(card).lines:
        assert line.size >= 18, line.text


@pytest.mark.parametrize("name", ["notice", "place", "flight", "long action", "longest"])
def test_what_to_do_is_large_and_ends_early_rather_than_illegibly(name):
    card = CARDS[name]
    page = arrange(card)
    start = card.action[:12]
    first = next(i for i, line in enumerate(page.lines) if line.text.startswith(start))
    size = page.lines[first].size
    action = [line for line in page.lines[first:] if line.size == size]
    assert size >= ACTION_LEAST
    written = " ".join(line.text for line in action)
    if written != card.action.strip():
        assert size == ACTION_LEAST
        assert written.endswith(card.ending)
        assert card.action.startswith(written.removesuffix(card.ending))
        assert len(written) > 100
    if name in ("notice", "place", "flight"):
        assert written == card.action
        assert size == max(line.size for line in page.lines)
        assert size >= 44


def test_title_and_issuer_and_address_are_always_whole(card):
    written = "".join(line.text for line in arrange(card).lines).replace(" ", "")
    for text in (card.title, card.issuer, card.address, card.posted, card.stamp):
        assert text.replace(" ", "") in written


def test_lines_break_between_the_moments_of_what_happened():
    lines = [line.text for line in arrange(PLACE).lines]
    assert "Còn hiệu lực đến 05/04/2021 · Đăng lúc 08:00 26/03/2021 ·" in lines
    assert "Sửa lúc 09:30 27/03/2021 (lần sửa 1)" in lines


def test_a_title_of_200_characters_is_whole():
    card = replace(SHORT, headline=LONGEST.headline)
    written = " ".join(line.text for line in arrange(card).lines)
    assert card.headline.strip() in written


def test_a_long_text_ends_early_only_at_its_least_size():
    page = arrange(LONGEST)
    early = [line for line in page.lines if line.text.endswith(LONGEST.ending)]
    assert len(early) == 3  # when, where, what to do
    assert {round(line.size) for line in early} == {23, LEAST, ACTION_LEAST}


@pytest.mark.parametrize("least", [10.0, 30.0])
def test_ending_early_keeps_whole_words_and_never_overflows(least):
    text = ADVICE * 8
    fitted = typography.fit(
        text, Weight.BOLD, width=400, height=100, largest=60, least=least, ending="… xem trang"
    )
    assert fitted.size == least
    assert fitted.height <= 100
    for line in fitted.lines:
        assert typography.width(line, Weight.BOLD) * fitted.size <= 400
    joined = " ".join(fitted.lines)
    kept = joined.removesuffix("… xem trang")
    assert text.startswith(kept)
    assert text[len(kept)] in " ,."


def test_even_no_room_at_all_ends():
    fitted = typography.fit(
        ADVICE, Weight.BOLD, width=40, height=31, largest=60, least=23, ending="… xem trang"
    )
    assert fitted.lines


# The sign and the state


def test_every_kind_has_a_sign_of_its_own():
    masks = {sign: mask(sign, 72).tobytes() for sign in Sign}
    assert len(set(masks.values())) == len(Sign) == len(TONES)


@pytest.mark.parametrize("sign", Sign)
def test_white_on_its_colour_is_legible(sign):
    """6.8 to 1 at least; WCAG 1.4.3 asks for 3 to 1 of letters as large."""

    def linear(part: int) -> float:
        part /= 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, TONES[sign])
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 6.8


def test_withdrawn_says_so_from_edge_to_edge_and_not_what_to_do():
    card = CARDS["withdrawn"]
    page = arrange(card)
    stamp = next(line for line in page.lines if line.text == "ĐÃ GỠ")
    band = next(
        box
        for area in page.areas
        for box in area.boxes
        if box.y <= stamp.box.y and box.bottom >= stamp.box.bottom and box.width == WIDTH
    )
    assert band.height >= 90
    assert stamp.size >= 60
    strokes = [box for area in page.areas for box in area.boxes if box.height == 3]
    struck = [line for line in page.lines if any(overlap(line.box, box) for box in strokes)]
    assert " ".join(line.text for line in struck) == card.headline.strip()
    assert any(line.text.startswith("Không làm theo tin này nữa.") for line in page.lines)


def test_in_words_says_all_that_is_on_it():
    told = CARDS["withdrawn"].in_words
    assert told.startswith("ĐÃ GỠ")
    for text in (PLACE.kind, PLACE.province, PLACE.headline, PLACE.when, PLACE.action):
        assert text in PLACE.in_words


# The picture


def test_it_is_a_small_png_of_1200_by_630(card):
    png = card_png(card)
    image = Image.open(BytesIO(png))
    assert image.size == (1200, 630)
    assert image.mode == "P"
    assert image.info["Title"] == card.title
    assert len(png) <= 60_000


def test_the_same_card_gives_the_same_bytes():
    assert card_png(SHORT) == card_png(replace(SHORT)) != card_png(PLACE)


def test_its_colours_are_exact():
    image = opened(card_png(SHORT))
    assert image.getpixel((WIDTH - 5, 5)) == TONES[Sign.URGENT]
    assert image.getpixel((5, HEIGHT - 5)) == (255, 255, 255)


def test_the_sign_is_drawn():
    shown = opened(card_png(SHORT)).crop(tuple(map(int, (SIGN.x, SIGN.y, SIGN.right, SIGN.bottom))))
    assert len(shown.getcolors(maxcolors=10_000)) > 2


# The code


def sent_on(image: Image.Image, width: int, quality: int) -> Image.Image:
    """As chats do: made smaller and compressed again."""
    small = image.resize((width, round(image.height * width / image.width)), Image.Resampling.BOX)
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=quality)
    return Image.open(BytesIO(buffer.getvalue()))


def test_the_code_is_read(card):
    assert scan(opened(card_png(card))) == card.url


@pytest.mark.parametrize("modules", HOSTS)
@pytest.mark.parametrize(("width", "quality"), [(1200, 50), (800, 50), (600, 50), (600, 30)])
def test_the_code_is_read_after_it_was_sent_on(modules, width, quality):
    url = f"HTTPS://{HOSTS[modules]}/Q/7H3KDX/12E"
    assert len(qr_modules(url)) == modules
    picture = opened(card_png(replace(SHORT, url=url)))
    assert scan(sent_on(picture, width, quality)) == url


@pytest.mark.parametrize("name", ["notice", "longest", "withdrawn"])
def test_the_code_is_read_after_it_was_sent_on_twice(name):
    card = CARDS[name]
    once = sent_on(opened(card_png(card)), 900, 60)
    assert scan(sent_on(once, 600, 50)) == card.url


@pytest.mark.parametrize("name", ["notice", "longest"])
@pytest.mark.parametrize(
    "seen",
    [
        lambda image: blurred(image, 1.2),
        lambda image: rotated(image.convert("L"), 12),
        lambda image: faded(image.convert("L"), 90, 150),
    ],
    ids=["out of focus", "askew", "in bad light"],
)
def test_the_code_is_read_from_the_screen_of_another_phone(name, seen):
    card = CARDS[name]
    assert scan(seen(sent_on(opened(card_png(card)), 800, 60))) == card.url


def test_what_stands_beside_the_code_is_its_address():
    written = [line.text for line in arrange(SHORT).lines]
    assert "dichbenh.haiphong.gov.vn/Q/7H3KDX/1" in written
    line = next(line for line in arrange(SHORT).lines if line.text == SHORT.address)
    assert line.size >= 24
    assert line.box.right <= COLUMN
