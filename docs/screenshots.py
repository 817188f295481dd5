"""Remakes the pictures in docs/images from a fresh demonstration (`make screenshots`)."""

import sys
from dataclasses import dataclass

from demonstration import APPROVER, AUTHOR, IMAGES, chromium, demonstration, sign_in
from playwright.sync_api import Browser


@dataclass(frozen=True)
class Picture:
    """One page as one reader sees it; `height` None is the whole page."""

    name: str
    path: str
    width: int = 1280
    height: int | None = 900
    dark: bool = False
    officer: str = ""  # who is signed in


PICTURES = (
    Picture("home", "/"),
    Picture("home-phone", "/", width=360, height=740),
    Picture("province", "/hai-phong/"),
    Picture("province-phone", "/hai-phong/", width=360, height=740),
    Picture("province-phone-dark", "/hai-phong/", width=360, height=740, dark=True),
    Picture("province-phone-english", "/en/hai-phong/", width=360, height=740),
    Picture("check-phone", "/kiem-tra/", width=360, height=740),
    Picture("locations", "/hai-phong/dia-diem/"),
    Picture("follow", "/hai-phong/theo-doi/"),
    Picture("admin", "/admin/", officer=APPROVER),
    Picture("admin-location", "/admin/locations/exposurelocation/1/change/", officer=AUTHOR),
)


def take(browser: Browser, base: str, picture: Picture, printed: str) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height or 800},
        color_scheme="dark" if picture.dark else "light",
        timezone_id="Asia/Ho_Chi_Minh",
        is_mobile=picture.width < 600,
        has_touch=picture.width < 600,
    )
    page = context.new_page()
    if picture.officer:
        sign_in(page, base, printed, picture.officer)
    response = page.goto(base + picture.path, wait_until="networkidle")
    if response is None or not response.ok:
        sys.exit(f"{picture.path} does not answer as it should")
    page.screenshot(path=IMAGES / f"{picture.name}.png", full_page=picture.height is None)
    context.close()


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with demonstration() as (base, printed), chromium() as browser:
        for picture in PICTURES:
            take(browser, base, picture, printed)
    sys.stdout.write(f"{len(PICTURES)} pictures in {IMAGES}\n")


if __name__ == "__main__":
    main()
