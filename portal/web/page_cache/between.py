"""What caches between us and readers are told of a page: nginx beside us, and any CDN.

A CDN goes by Cache-Control and forgets by Surrogate-Key (Fastly, Varnish) or Cache-Tag (Cloudflare,
Akamai). nginx goes by X-Accel-Expires, which it keeps to itself, because it counts in whole
seconds of the clock: `s-maxage=1` holds there for up to two of them, and `@second` only until that
second has passed.

Browsers keep nothing without asking: a reader who comes back asks with the tag of what he has.
"""

import time

from portal.web.page_cache.as_of import OLDEST
from portal.web.page_cache.page import Headers, Page, Told
from portal.web.page_cache.rendering import KEPT_STATUSES

# Seconds that a page may be answered with unasked, and then while a newer one is being fetched.
# With those for which the version is believed that makes two, the longest that a reader may be
# behind a withdrawal.
SHARED, MEANWHILE = 1, 1
# Of every page: forget them all. And of those of no single province.
ALL, COUNTRY = "portal", "country"


def headers_for(page: Page, province: str | None, *, is_usual: bool) -> Headers:
    """What is said with `page` of `province` (its slug; None: of the whole country); nothing with
    an error, nor where the view has said itself for how long it holds.

    `is_usual`: asked for at the address under which it is kept. At any other, such as one with a
    string to tell visitors by, nginx would keep the same page once for each string.
    """
    if page.cache_control or page.code not in KEPT_STATUSES:
        return []
    second = int(time.time())
    told = page.told
    if told is None or told.second != second or told.is_usual != is_usual:
        # Whole seconds from the end of this one to the moment at which the clock ends the page.
        left = int(page.until) - (second + 1)
        made = _headers(int(page.made_at), second, left, province, is_usual=is_usual)
        page.told = told = Told(second, is_usual, made)
    return told.headers


def headers_for_file(province: str | None, *, is_usual: bool) -> Headers:
    """What is said with a file that is made for whoever asks, and that the page cache does not
    keep: so that there is one to be had while there is no database. Each row of it says until when
    it holds; arguments as for `headers_for`."""
    second = int(time.time())
    return _headers(second, second, SHARED + MEANWHILE, province, is_usual=is_usual)


def _headers(
    made_at: int, second: int, left: int, province: str | None, *, is_usual: bool
) -> Headers:
    shared = max(0, min(SHARED, left))
    meanwhile = max(0, min(MEANWHILE, left - shared))
    tags = [COUNTRY if province is None else f"province-{province}", ALL]
    return [
        # Before X-Accel-Expires: older nginx reads no further than that.
        (
            "Cache-Control",
            f"public, max-age=0, s-maxage={shared}, stale-while-revalidate={meanwhile},"
            f" stale-if-error={OLDEST}",
        ),
        ("X-Accel-Expires", f"@{second}" if is_usual and shared else "0"),
        # For nginx too: what it says of a page that it answers when nobody else does.
        ("X-Made-At", str(made_at)),
        ("Surrogate-Key", " ".join(tags)),
        ("Cache-Tag", ",".join(tags)),
    ]
