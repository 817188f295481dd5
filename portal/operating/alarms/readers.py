"""What residents get, asked for as they do: through every cache that stands before the portal."""

import re
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import requests
from django.apps import apps
from django.conf import settings
from django.utils.dateparse import parse_datetime

from portal import clock
from portal.operating.alarms.finding import Finding, Options, ago
from portal.web.times import shown

# Seconds until a page must have begun to come, and for all pages together.
TIMEOUT, ALTOGETHER = 10, 45
# A page may be two seconds old on its way through the caches (README.md), and the clocks differ.
LATE = timedelta(seconds=10)

# What a page says is in force, and until when (`portal.web.templatetags.portal_web.listed`).
LISTED_UNTIL = re.compile(r'data-listed-until="([^"]+)"')
# How the portal itself marks a page of earlier (`portal.web.page_cache.as_of`), and how nginx does.
LAST_GOOD = re.compile(r'class="banner last-good"')
MADE = re.compile(r"made;dur=([0-9.]+)")


def readers(options: Options) -> Iterator[Finding]:
    """Whether pages come, whether they are of now, and whether anything is in force on them that
    has ended."""
    publisher = apps.get_model(settings.PUBLISHER_MODEL)
    pages = [publisher.get_absolute_url(province) for province in publisher.objects.public()]
    end = time.monotonic() + ALTOGETHER
    asked, bad = 0, False
    with requests.Session() as session:
        # Not through a proxy for what goes out: it would be another way than that of readers.
        session.trust_env = False
        # As browsers of the office do, by what this machine trusts: it may have an authority of
        # its own. (Without it requests takes a list that it brings along.)
        trusted = ssl.get_default_verify_paths()
        session.verify = trusted.cafile or trusted.capath or True
        for path in ["/", *pages]:
            if time.monotonic() > end:
                yield Finding.warning(f"only {asked} of {len(pages) + 1} pages in {ALTOGETHER} s")
                return
            try:
                answer = session.get(options.url + path, timeout=TIMEOUT, allow_redirects=False)
            except requests.RequestException as error:
                yield Finding.critical(f"{options.url}{path} does not answer: {_reason(error)}")
                return
            asked += 1
            for finding in _of_page(path, answer):
                bad = True
                yield finding
    if not bad:
        yield Finding.ok(f"{asked} pages come, and nothing on them has ended")


def _of_page(path: str, answer: requests.Response) -> Iterator[Finding]:
    if answer.status_code != requests.codes.ok:
        yield Finding.critical(f"{path} answers with {answer.status_code}")
        return
    now = clock.now()
    made = MADE.search(answer.headers.get("Server-Timing", ""))
    if made:
        age = datetime.now(UTC) - datetime.fromtimestamp(float(made[1]), UTC)
        yield Finding.critical(f"{path} is shown as it was {ago(age)} ago: no portal answers nginx")
    elif LAST_GOOD.search(answer.text):
        yield Finding.critical(f"{path} is shown as it was: the portal cannot make a newer one")
    moments = [parse_datetime(text) for text in LISTED_UNTIL.findall(answer.text)]
    ended = sorted(moment for moment in moments if moment and moment < now - LATE)
    if ended:
        yield Finding.critical(
            f"{path} shows as in force what ended {shown(ended[0])}"
            + (f", and {len(ended) - 1} more" if len(ended) > 1 else "")
        )


def _reason(error: requests.RequestException) -> str:
    """What is at the root of it, in one line."""
    cause: BaseException = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__  # type: ignore[assignment]
    return str(cause).splitlines()[0] if str(cause) else type(error).__name__
