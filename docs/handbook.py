"""Remakes the pictures of the staff handbook (docs/so-tay-can-bo.md) from a fresh demonstration.

Two officers walk the whole path that the handbook describes: a place is written, submitted,
approved, corrected and withdrawn, with a picture of each step (`make screenshots`).
"""

import base64
import sys
import time
from io import BytesIO

from demonstration import (
    APPROVER,
    AUTHOR,
    IMAGES,
    chromium,
    demonstration,
    give_code,
    give_password,
    sign_in,
)
from django_otp.oath import totp
from PIL import Image
from playwright.sync_api import Browser, Page

FOLDER = IMAGES / "so-tay"
COLOURS = 128  # enough for forms, and a third of the size
PLACE = "Chợ Cố Đạo"
PLACES = "/admin/locations/exposurelocation/"
REVISIONS = "/admin/publishing/revision/"
CORRECTIONS = "/hai-phong/dinh-chinh/"
LIST = """Mã,Tên địa điểm,Loại,Địa chỉ,Phường/Xã,Quận/Huyện,Từ,Đến,Việc cần làm
HP-01,Nhà hàng Biển Xanh,restaurant,12 Lạch Tray,Lạch Tray,Ngô Quyền,22/03/2021 19:00,22/03/2021 21:30,Gọi trung tâm y tế quận.
HP-01,Nhà hàng Biển Xanh,restaurant,12 Lạch Tray,Lạch Tray,Ngô Quyền,23/03/2021,23/03/2021,Gọi trung tâm y tế quận.
HP-02,Siêu thị Cầu Đất,shop,Cầu Đất,Cầu Đất,Ngô Quyền,24/03/2021 08:00,24/03/2021 09:15,Tự theo dõi sức khỏe.
"""  # noqa: E501
MISTAKEN_LIST = LIST.replace("24/03/2021 09:15", "24/03/2021 07:15").replace(
    "Lạch Tray,Ngô", "X,Ngô"
)


class Walk:
    """The two officers and a resident, each in a browser of their own."""

    def __init__(self, browser: Browser, base: str, printed: str) -> None:
        self.base, self.printed = base, printed
        self.author, self.approver = (self._page(browser, 1280, 800) for _ in range(2))
        self.resident = self._page(browser, 760, 600)
        self.taken = 0
        self.form = self.address = ""  # of the place, once it is written and once it is public

    def _page(self, browser: Browser, width: int, height: int) -> Page:
        return browser.new_page(
            viewport={"width": width, "height": height}, timezone_id="Asia/Ho_Chi_Minh"
        )

    def open(self, page: Page, address: str) -> None:
        response = page.goto(self.base + address, wait_until="load")
        if response is None or not response.ok:
            sys.exit(f"{address} does not answer as it should")

    def take(self, page: Page, name: str, selector: str = "") -> None:
        """A picture of the whole page, or from its top down to the end of `selector`."""
        page.evaluate("scrollTo(0, 0)")  # or the menu, which stays in sight, lies further down
        clip = None
        if selector and (box := page.locator(selector).last.bounding_box()):
            width = page.evaluate("innerWidth")
            clip = {"x": 0, "y": 0, "width": width, "height": box["y"] + box["height"] + 24}
        self._keep(name, page.screenshot(full_page=True, clip=clip))

    def take_part(self, page: Page, name: str, selector: str) -> None:
        """A picture of one part of a page."""
        self._keep(name, page.locator(selector).first.screenshot())

    def _keep(self, name: str, screenshot: bytes) -> None:
        picture = Image.open(BytesIO(screenshot)).convert("RGB")
        picture.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)
        self.taken += 1

    # --- the way in

    def come_in(self) -> None:
        self.open(self.author, "/admin/login/?next=/admin/")
        self.author.fill("#id_username", AUTHOR)
        self.author.fill("#id_password", "matkhau-cua-ban")
        self.take(self.author, "dang-nhap")
        sign_in(self.author, self.base, self.printed, AUTHOR)
        self.take(self.author, "trang-chinh")
        give_password(self.approver, self.base, self.printed, APPROVER)
        self.take(self.approver, "ma-dang-nhap")
        give_code(self.approver)
        self.approver.wait_for_selector("#user-tools")

    def set_up_second_factor(self) -> None:
        """The author's, who has none yet."""
        page = self.author
        self.open(page, "/admin/second-factor/set-up/")
        self.take(page, "cai-dat-ma")
        key = base64.b32decode(page.inner_text("code.key").replace(" ", ""))
        page.fill("#id_code", f"{totp(key, t0=0):06}")
        page.click("#login-form [type=submit]")
        page.wait_for_selector(".recovery-codes")
        self.take(page, "ma-du-phong")

    # --- a place, from its first word to its withdrawal

    def write(self) -> None:
        page = self.author
        self.open(page, f"{PLACES}add/")
        page.fill("#id_name", PLACE)
        page.select_option("#id_kind", "market")
        page.fill("#id_address", "Đường Đằng Hải")
        page.click("#id_ward + .select2")
        page.locator(".select2-search__field").last.fill("dang giang")
        page.locator(".select2-results__option", has_text="Đằng Giang").first.click()
        page.fill("#id_action", "Gọi trung tâm y tế quận và ở nhà chờ hướng dẫn.")
        windows = (
            ("24/03/2021", "19:00", "24/03/2021", "21:30"),
            ("24/03/2021", "22:00", "25/03/2021", "00:30"),
            ("23/03/2021", "", "23/03/2021", ""),
            ("20/03/2021", "", "22/03/2021", ""),
        )
        for row, values in enumerate(windows):
            if row:
                page.click("#windows-group .add-row a")
            for field, value in zip(
                ("starts_on", "starts_time", "ends_on", "ends_time"), values, strict=True
            ):
                page.fill(f"#id_windows-{row}-{field}", value)
        self.take(page, "viet-dia-diem")
        self.take_part(page, "thoi-gian", "#windows-group")
        self.submit(page)
        self.form = page.url.removeprefix(self.base)
        self.take(page, "da-gui", ".where-it-stands")

    def submit(self, page: Page) -> None:
        page.locator("[name=_submit]").last.click()
        page.wait_for_selector(".messagelist .success")

    def to_review(self) -> None:
        page = self.approver
        self.open(page, f"{REVISIONS}?state__exact=submitted")
        page.get_by_role("link", name=PLACE).first.click()
        page.wait_for_selector("[name=understood]")

    def approve(self, name: str = "") -> None:
        self.to_review()
        self.approver.check("[name=understood]")
        if name:
            self.take(self.approver, name)
        self.approver.click("[name=_approve]")
        self.approver.wait_for_selector(".messagelist .success")

    def send_back(self) -> None:
        self.to_review()
        self.approver.fill("#note", "Thiếu số nhà, xin hỏi lại cơ sở.")
        self.take_part(self.approver, "tra-lai", "form.decision")
        self.approver.click("[name=_send_back]")
        self.approver.wait_for_selector(".messagelist .success")
        self.open(self.author, self.form)
        self.take(self.author, "bi-tra-lai", ".where-it-stands")
        self.author.fill("#id_address", "Số 12 đường Đằng Hải")
        self.submit(self.author)

    def publish(self) -> None:
        self.approve("duyet")
        self.take(self.approver, "da-duyet", ".review-facts")
        self.open(self.author, self.form)
        self.address = self.author.get_attribute(".viewsitelink", "href") or ""
        self.open(self.resident, self.address)
        self.take(self.resident, "cu-dan-doc", "main")

    def correct(self) -> None:
        """Both officers open the entry; the one who saves second is asked which version holds."""
        for officer in (self.author, self.approver):
            self.open(officer, self.form)
            officer.fill("#id_reason", "Cơ sở báo lại.")
            officer.fill("#id_residents_note", "Sửa tên đường.")
        self.author.fill("#id_address", "Số 12 đường Lê Hồng Phong")
        self.take(self.author, "dinh-chinh")
        self.submit(self.author)
        self.approver.fill("#id_address", "Đường Lê Hồng Phong")
        self.approver.fill("#id_action", "Gọi trung tâm y tế quận.")
        self.approver.locator("[name=_save]").last.click()
        # Asked, and left at that: nothing of the approver's was saved.
        self.approver.wait_for_selector(".choices")
        self.take_part(self.approver, "hai-nguoi-cung-sua", ".choices")
        self.approve("duyet-dinh-chinh")
        self.open(self.resident, self.address)
        self.take(self.resident, "cu-dan-doc-dinh-chinh", "main")
        self.open(self.resident, CORRECTIONS)
        self.take(self.resident, "trang-dinh-chinh", "main")

    def withdraw(self) -> None:
        page = self.author
        self.open(page, self.form)
        page.click(".object-tools a[href$='/withdraw/']")
        page.fill("#reason", "Nhầm địa điểm.")
        self.take(page, "rut-tin")
        page.click(".submit-row [type=submit]")
        page.wait_for_selector(".messagelist .success")
        self.approve("duyet-rut-tin")
        self.open(self.resident, self.address)
        self.take(self.resident, "cu-dan-doc-da-rut", "main")
        self.open(page, self.form.replace("/change/", "/history/"))
        self.take(page, "cac-lan-sua")
        self.open(self.approver, REVISIONS)
        self.take(self.approver, "nhat-ky")

    # --- the other pages

    def warn_of_privacy(self) -> None:
        page = self.author
        self.open(page, f"{PLACES}add/")
        page.fill("#id_name", "Quán phở Lạch Tray")
        page.select_option("#id_kind", "restaurant")
        page.fill("#id_note", "Bệnh nhân Nguyễn Văn A, số điện thoại 0912 345 678.")
        page.locator("[name=_save]").last.click()
        page.wait_for_selector(".privacy-warnings")
        self.take_part(page, "canh-bao-rieng-tu", ".privacy-warnings")

    def show_forms(self) -> None:
        for name, address in (
            ("viet-chuyen-bay", "/admin/locations/flight/add/"),
            ("viet-ca-benh", "/admin/alerts/caseannouncement/add/"),
            ("viet-thong-bao", "/admin/alerts/notice/add/"),
        ):
            self.open(self.author, address)
            self.take(self.author, name)
        self.open(self.author, f"{PLACES}add/")
        self.author.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        self.take_part(self.author, "lich-dang", "fieldset:has(#id_publish_from_0)")
        self.take_part(self.author, "dien-tap", "fieldset:has(#id_is_exercise)")

    def import_lists(self) -> None:
        self.open(self.author, f"{PLACES}import/")
        self.take(self.author, "nhap-danh-sach")
        for name, text in (("nhap-co-loi", MISTAKEN_LIST), ("nhap-xem-truoc", LIST)):
            self.open(self.author, f"{PLACES}import/")
            self.author.set_input_files(
                "input[type=file]",
                {
                    "name": "dia-diem.csv",
                    "mimeType": "text/csv",
                    "buffer": text.encode("utf-8-sig"),
                },
            )
            self.author.click(".submit-row [type=submit]")
            self.author.wait_for_selector(".review-facts")
            self.take(self.author, name)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with demonstration() as (base, printed), chromium() as browser:
        walk = Walk(browser, base, printed)
        walk.come_in()
        walk.write()
        walk.send_back()
        walk.publish()
        walk.correct()
        walk.withdraw()
        walk.warn_of_privacy()
        walk.show_forms()
        walk.import_lists()
        walk.set_up_second_factor()
    seconds = time.monotonic() - began
    sys.stdout.write(f"{walk.taken} pictures in {FOLDER} in {seconds:.0f} s\n")


if __name__ == "__main__":
    main()
