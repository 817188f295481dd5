"""The last good page while there is no newer one to be had, marked as that.

The page is told the present moment, so that portal.js marks in it what is over by now, as it does
in a page that lies saved on a phone.
"""

import re
import time
from datetime import UTC, datetime

from django.template.loader import render_to_string
from django.utils import translation

from portal import clock
from portal.web.language import language_of
from portal.web.page_cache.page import Page
from portal.web.times import iso

# Where the mark goes, and how a page says when it was made: both are in templates/base.html.
MARK = b'<header class="top">'
NOW = re.compile(rb'(<html [^>]*data-now=")[^"]*')
# Seconds after which a page is marked anew: by so much it may be behind in what has ended since.
# Caches between us and readers do not keep it at all.
LIFETIME = 1
# Seconds after which a page is too old to be answered with, however it is marked.
OLDEST = 24 * 3600


def last_good(page: Page | None, path: str, *, has_changed: bool) -> Page | None:
    """`page`, last made for `path`, with the moment of which it is; None if that is no help.

    `has_changed`: something in it was corrected or withdrawn since. What cannot be marked, such as
    data, is answered with only while all of it still holds.
    """
    now = time.time()
    if page is None or now - page.made_at > OLDEST:
        return None
    is_over = has_changed or now >= page.until
    if not page.is_html or MARK not in page.body:
        return None if is_over else page
    marked = page.marked
    if marked is None or not 0 <= now - marked.made_at <= LIFETIME:
        page.marked = marked = _marked(page, path, is_over)
    return marked


def _marked(page: Page, path: str, is_over: bool) -> Page:
    made_at = datetime.fromtimestamp(page.made_at, UTC) + clock.offset()
    with translation.override(language_of(path)):
        banner = render_to_string("_as_of.html", {"at": made_at, "is_over": is_over})
    body = NOW.sub(rb"\g<1>" + iso(clock.now()).encode(), page.body, count=1)
    body = body.replace(MARK, MARK + b"\n" + banner.strip().encode(), 1)
    replaced = {"etag", "content-length", "last-modified"}
    headers = [(name, value) for name, value in page.headers if name.lower() not in replaced]
    return Page(page.status, headers, body)
