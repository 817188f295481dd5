"""The page cache by itself: before an application and a content that the tests make up."""

import threading
import time
from types import SimpleNamespace

import pytest
import time_machine

from portal.web import compression
from portal.web.page_cache import Content, cached_page, declaring
from portal.web.page_cache import cache as cache_module
from portal.web.page_cache.content import ASKED_AGAIN, BELIEVED, Watch
from tests.kept_pages import ask, at_once, cache_in_front

FAR = 4e9  # the year 2096
HTML = """<!doctype html>
<html lang="vi" data-now="2021-03-26T08:00:00+07:00">
<header class="top">
"""


class Site:
    """An application with one page, whose text is the version of the content."""

    def __init__(self) -> None:
        self.versions = {"": 1, "hai-phong": 1}
        self.since, self.until = 0.0, FAR
        self.is_away = False
        self.status = "200 OK"
        self.headers = [("Content-Type", "text/html; charset=utf-8")]
        self.takes = 0.0
        self.size = 0
        self.reads: list[float] = []

    def read(self, known):
        self.reads.append(time.monotonic())
        if self.is_away:
            raise ConnectionError("no route to the database")
        content = Content(dict(self.versions), self.until, self.since)
        return known if known == content else content

    def change(self, scope="hai-phong"):
        self.versions[scope] = self.versions.get(scope, 0) + 1

    def __call__(self, environ, start_response):
        text = f"{HTML}{self.versions} {environ['PATH_INFO']} {environ['QUERY_STRING']} "
        text += f"{environ.get('HTTP_COOKIE')} {environ['HTTP_HOST']}" + "." * self.size
        time.sleep(self.takes)
        start_response(self.status, self.headers)
        return [text.encode()]


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def cache(site, monkeypatch):
    """Every path is a page: /hai-phong/… of the province, the others of the country."""

    def resolve(path):
        if path.startswith("/admin/"):
            return SimpleNamespace(func=lambda: None, kwargs={})
        view = cached_page(page="[1-9][0-9]*", q=None)(lambda: None)
        province = path.split("/")[1] or None
        return SimpleNamespace(func=view, kwargs={"province": province} if province else {})

    declaring.declared_at.cache_clear()
    monkeypatch.setattr(declaring, "resolve", resolve)
    yield cache_in_front(site, read=site.read)
    declaring.declared_at.cache_clear()


def renders(cache):
    return cache.application.asked


def pass_by(seconds=BELIEVED):
    time.sleep(seconds)


# --- what is kept


def test_a_page_is_made_once(cache):
    first, second = ask(cache, "/hai-phong/"), ask(cache, "/hai-phong/")
    assert first.body == second.body
    assert renders(cache) == ["/hai-phong/"]


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS"])
def test_only_reading_is_answered_from_memory(method, cache):
    ask(cache, "/hai-phong/")
    ask(cache, "/hai-phong/", method)
    assert len(renders(cache)) == 2


def test_what_no_view_declares_is_left_to_django(cache):
    for _ in range(2):
        ask(cache, "/admin/", HTTP_COOKIE="session=1")
    assert len(renders(cache)) == 2
    assert not cache.memory.slots


def test_nothing_of_a_reader_gets_into_a_page(cache):
    first = ask(
        cache,
        "/hai-phong/",
        HTTP_COOKIE="session=secret",
        HTTP_HOST="localhost",
        HTTP_X_FORWARDED_HOST="evil.example",
    )
    assert "secret" not in first.text
    assert "evil" not in first.text
    assert "localhost" not in first.text
    assert first.body == ask(cache, "/hai-phong/").body


def test_hosts_that_are_not_ours_reach_django_only(cache):
    for _ in range(2):
        ask(cache, "/hai-phong/", HTTP_HOST="evil.example")
    assert len(renders(cache)) == 2
    assert not cache.memory.slots


@pytest.mark.parametrize(
    "header",
    [
        ("Set-Cookie", "session=1"),
        ("Cache-Control", "no-store"),
        ("Cache-Control", "private, max-age=60"),
        ("Vary", "Accept-Encoding, Cookie"),
        ("Content-Encoding", "br"),
    ],
)
def test_what_is_for_one_reader_is_never_kept(header, cache, site):
    site.headers.append(header)
    for _ in range(2):
        ask(cache, "/hai-phong/")
    assert not cache.memory.slots


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "500 Internal Server Error"])
def test_errors_are_not_kept(status, cache, site):
    site.status = status
    assert ask(cache, "/hai-phong/").status == status
    assert not cache.memory.slots
    site.status = "200 OK"
    pass_by(cache_module.PATIENCE if status.startswith("5") else 0)
    assert ask(cache, "/hai-phong/").code == 200


# --- addresses


@pytest.mark.parametrize(
    "query", ["fbclid=1", "fbclid=2&utm_source=zalo", "x=%FF%FE", "page[]=2", "&&&"]
)
def test_parameters_that_no_view_knows_are_no_other_page(query, cache):
    plain = ask(cache, "/hai-phong/")
    assert ask(cache, f"/hai-phong/?{query}").body == plain.body
    assert renders(cache) == ["/hai-phong/"]


def test_known_parameters_are_another_page_in_whatever_order(cache):
    ask(cache, "/hai-phong/?a=1&page=2&b=2")
    ask(cache, "/hai-phong/?page=2&fbclid=1")
    ask(cache, "/hai-phong/?page=1&page=2")
    assert renders(cache) == ["/hai-phong/?page=2"]


@pytest.mark.parametrize("query", ["q=ch%E1%BB%A3", "page=last", "page=", "page=2&q=x"])
def test_searches_are_made_for_each_reader(query, cache):
    for _ in range(2):
        ask(cache, f"/hai-phong/?{query}")
    assert renders(cache) == [f"/hai-phong/?{query}"] * 2
    assert not cache.memory.slots


def test_strings_against_the_cache_fill_no_memory(cache):
    for number in range(500):
        ask(cache, f"/hai-phong/?fbclid={number}")
    assert renders(cache) == ["/hai-phong/"]
    assert len(cache.memory.slots) == 1


def test_memory_stays_within_its_bound(cache, site):
    cache.memory.most_bytes = 1_000_000
    site.size = 50_000
    for number in range(60):
        ask(cache, f"/p{number}/", HTTP_ACCEPT_ENCODING="gzip")
        ask(cache, "/hai-phong/")
        assert cache.memory.used() <= 1_000_000
    assert len(cache.memory.slots) > 10
    # What is read all the time stays.
    assert renders(cache).count("/hai-phong/") == 1


def test_a_page_too_large_to_keep_is_answered_all_the_same(cache, site):
    cache.memory.most_bytes = 100_000
    site.size = 50_000
    assert len(ask(cache, "/hai-phong/").body) > 50_000
    assert not cache.memory.slots


# --- changes


def test_a_change_ends_the_pages_of_its_province_and_of_the_country(cache, site):
    addresses = ["/hai-phong/", "/binh-duong/", "/"]
    for address in addresses:
        ask(cache, address)
    site.change("hai-phong")
    pass_by()
    for address in addresses:
        ask(cache, address)
    assert renders(cache) == [*addresses, "/hai-phong/", "/"]
    site.change("")
    pass_by()
    for address in addresses:
        ask(cache, address)
    assert renders(cache)[5:] == addresses


def test_no_reader_is_behind_by_more_than_is_believed(cache, site):
    """Readers in threads, changes all the time: whoever asks gets no page that was replaced
    longer ago than BELIEVED before the asking."""
    changes = [(0.0, 1)]
    late = []
    stop = threading.Event()
    site.takes = 0.03

    def read():
        while not stop.is_set():
            began = time.monotonic()
            text = ask(cache, "/hai-phong/").text
            number = int(text.split("'hai-phong': ")[1].split("}")[0])
            due = max(version for at, version in changes if at <= began - BELIEVED)
            if number < due:
                late.append((number, due))

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for _ in range(20):
        time.sleep(0.13)
        site.change()
        changes.append((time.monotonic(), site.versions["hai-phong"]))
    stop.set()
    for reader in readers:
        reader.join()
    assert not late
    # Each change made the page once or twice: the last time it was behind the question.
    assert len(renders(cache)) <= 2 * len(changes)


def test_a_page_rendered_while_a_change_commits_is_made_again(cache, site):
    """It was asked for with version 1; its queries saw version 2 in part. It counts as 1."""
    began = threading.Event()
    take = site.__call__

    def slow(environ, start_response):
        found = take(environ, start_response)
        began.set()
        time.sleep(0.3)
        return found

    cache.application.application = slow
    [first, _] = at_once(
        [
            lambda: ask(cache, "/hai-phong/"),
            lambda: began.wait() and site.change(),
        ]
    )
    assert "'hai-phong': 1" in first.text
    cache.application.application = site
    pass_by()
    assert "'hai-phong': 2" in ask(cache, "/hai-phong/").text


def test_the_clock_ends_a_page_at_once(cache, site):
    site.until = time.time() + 0.5
    ask(cache, "/hai-phong/")
    site.until, at = FAR, site.until
    while time.time() < at - 0.05:
        ask(cache, "/hai-phong/")
    assert len(renders(cache)) == 1
    time.sleep(max(at - time.time(), 0))
    ask(cache, "/hai-phong/")
    assert len(renders(cache)) == 2


def test_a_page_of_tomorrow_is_not_shown_when_the_clock_has_been_set_back(cache, site):
    with time_machine.travel(time.time() + 86_400, tick=True):
        site.since = time.time()
        ask(cache, "/hai-phong/")
        ask(cache, "/hai-phong/")
    assert len(renders(cache)) == 1
    site.since = 0.0
    ask(cache, "/hai-phong/")
    ask(cache, "/hai-phong/")
    assert len(renders(cache)) == 2


def test_what_was_known_tomorrow_is_asked_again_when_the_clock_has_been_set_back(site):
    watch = Watch(site.read)
    with time_machine.travel(time.time() + 86_400, tick=True):
        site.since = time.time()
        watch.current()
    site.since, site.until = time.time() - 1, time.time() + 10
    assert watch.current().until == site.until


def test_a_page_that_says_what_time_it_is_is_made_again_after_a_minute(cache, monkeypatch):
    ask(cache, "/hai-phong/")
    cache.memory.slots["/hai-phong/", ""].page.made_at -= cache_module.FRESH
    ask(cache, "/hai-phong/")
    assert len(renders(cache)) == 2


# --- many readers


def test_fifty_readers_of_a_new_page_make_it_once(cache, site):
    site.takes = 0.2
    answers = at_once([lambda: ask(cache, "/hai-phong/")] * 50)
    assert len(renders(cache)) == 1
    assert {answer.code for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1


def test_fifty_readers_of_a_changed_page_make_it_once(cache, site):
    ask(cache, "/hai-phong/")
    site.change()
    pass_by()
    site.takes = 0.2
    answers = at_once([lambda: ask(cache, "/hai-phong/")] * 50)
    assert len(renders(cache)) == 2
    assert all("'hai-phong': 2" in answer.text for answer in answers)


def test_while_one_makes_a_page_the_others_have_the_last_one(cache, site):
    """As long as it is believed; here the page is only a minute old."""
    ask(cache, "/hai-phong/")
    cache.memory.slots["/hai-phong/", ""].page.made_at -= cache_module.FRESH
    site.takes = 1.0

    def timed():
        began = time.monotonic()
        ask(cache, "/hai-phong/")
        return time.monotonic() - began

    took = sorted(at_once([timed] * 20))
    assert took[-1] >= 1.0
    assert took[-2] < 0.5


def test_encodings_are_made_once(cache, site, monkeypatch):
    made = []

    def slow(content):
        made.append(1)
        time.sleep(0.1)
        return b"x"

    monkeypatch.setitem(compression.CODINGS, "br", slow)
    site.size = 1000
    at_once([lambda: ask(cache, "/hai-phong/", HTTP_ACCEPT_ENCODING="br")] * 20)
    assert made == [1]


# --- asking for the version


def test_the_version_is_asked_for_seldom_however_many_read(cache, site):
    began = time.monotonic()
    while time.monotonic() - began < 0.5:
        ask(cache, "/hai-phong/")
    assert len(site.reads) <= 0.5 / ASKED_AGAIN + 1


def test_an_old_version_is_never_believed(site):
    watch = Watch(site.read)
    watch.current()
    site.change()
    assert watch.current().version("hai-phong") == 2
    pass_by()
    assert watch.current().version("hai-phong") == 3


def test_nobody_waits_while_another_asks_for_what_is_still_believed(site):
    watch = Watch(site.read)
    watch.current()
    pass_by(ASKED_AGAIN + 0.01)
    asking = threading.Event()
    go_on = threading.Event()
    read = site.read

    def slow(known):
        asking.set()
        go_on.wait(5)
        return read(known)

    watch._read = slow
    thread = threading.Thread(target=watch.current, daemon=True)
    thread.start()
    asking.wait()
    began = time.monotonic()
    assert watch.current() is not None
    assert time.monotonic() - began < BELIEVED - ASKED_AGAIN
    go_on.set()
    thread.join()


# --- no database, no page


def test_without_a_database_the_last_page_is_shown_with_its_time(cache, site, settings):
    ask(cache, "/hai-phong/")
    site.is_away = True
    pass_by()
    answer = ask(cache, "/hai-phong/", HTTP_ACCEPT_ENCODING="identity")
    assert answer.code == 200
    assert 'class="banner last-good"' in answer.text
    assert "max-age=0, s-maxage=0" in answer.headers["cache-control"]
    assert answer.headers["x-accel-expires"] == "0"
    assert len(renders(cache)) == 1
    site.is_away = False
    pass_by(1.1)
    assert "last-good" not in ask(cache, "/hai-phong/").text


def test_the_mark_is_in_the_language_of_the_page_and_portal_js_learns_the_time(cache, site):
    site.headers[:] = [("Content-Type", "text/html; charset=utf-8")]
    for address in ("/en/", "/"):
        ask(cache, address)
    site.is_away = True
    pass_by()
    assert "Tính đến" in ask(cache, "/").text
    assert "As of" in ask(cache, "/en/").text
    assert "2021-03-26" not in ask(cache, "/").text.partition("<header")[0]


def test_what_has_ended_since_is_not_shown_as_current(cache, site):
    site.until = time.time() + 0.3
    ask(cache, "/hai-phong/")
    site.is_away = True
    pass_by(0.2)
    assert "changed or ended" not in ask(cache, "/en/").text  # no page, so Django answers
    pass_by(0.3)
    assert "đã thay đổi hoặc hết hạn một phần" in ask(cache, "/hai-phong/").text


def test_data_that_cannot_be_marked_is_not_shown_once_it_has_ended(cache, site):
    site.headers[:] = [("Content-Type", "application/json")]
    site.until = time.time() + 0.4
    body = ask(cache, "/hai-phong/").body
    site.is_away = True
    pass_by(0.25)
    assert ask(cache, "/hai-phong/").body == body
    site.status = "500 Internal Server Error"
    pass_by(0.3)
    assert ask(cache, "/hai-phong/").code == 500


def test_a_change_that_cannot_be_shown_is_told(cache, site):
    ask(cache, "/hai-phong/")
    site.change()
    site.status = "500 Internal Server Error"
    pass_by()
    answers = [ask(cache, "/hai-phong/") for _ in range(5)]
    assert all("đã thay đổi hoặc hết hạn một phần" in answer.text for answer in answers)
    assert len(renders(cache)) == 2, "what failed is not tried again at once"


def test_what_fails_in_a_page_that_still_holds_is_not_noticed(cache, site):
    body = ask(cache, "/hai-phong/").body
    cache.memory.slots["/hai-phong/", ""].page.made_at -= cache_module.FRESH
    site.status = "500 Internal Server Error"
    assert ask(cache, "/hai-phong/").body == body


def test_a_database_that_does_not_answer_holds_up_nobody_for_long(cache, site):
    ask(cache, "/hai-phong/")
    pass_by()
    go_on = threading.Event()
    read = site.read

    def hanging(known):
        go_on.wait(10)
        return read(known)

    cache.watch._read = hanging
    thread = threading.Thread(target=ask, args=[cache, "/hai-phong/"], daemon=True)
    thread.start()
    time.sleep(0.05)
    began = time.monotonic()
    assert "last-good" in ask(cache, "/hai-phong/").text
    waited = time.monotonic() - began
    for _ in range(10):
        ask(cache, "/hai-phong/")
    assert waited < 1.5
    assert time.monotonic() - began < waited + 0.2, "whoever comes later does not wait at all"
    go_on.set()
    thread.join()
