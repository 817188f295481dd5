"""What is done on purpose: slow clients, floods, bombing by subscription, strings against caches.

Against the portal as it is served, behind nginx. What is said in docs/security.md of each bound is
shown here at work, with ordinary readers who notice nothing.
"""

import http.client
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest

from portal.pages.subscriptions import MOST_REQUESTS
from portal.web.rates import TOGETHER
from tests.deploy.nginx import ask
from tests.faults import slow
from tests.faults.bystanders import Seen, reading
from tests.faults.conftest import LONG
from tests.faults.flood import Post, flood, send
from tests.faults.served import Served, served
from tests.kept_pages import ask as ask_application
from tests.kept_pages import cache_in_front

# With what keeps both cores busy, one after the other.
pytestmark = pytest.mark.xdist_group("browser")

PAGES = ("/hai-phong/", "/hai-phong/dia-diem/", "/tim-kiem/?q=cho")
CHECK, LIST = "/kiem-tra/data.json", "/du-lieu/dia-diem.csv"
SUBSCRIBE = "/hai-phong/theo-doi/email/"
# Seconds that a bound may be late by on a busy machine, which has to make a file first.
SLACK = 10.0


@pytest.fixture(scope="module")
def portal(tmp_path_factory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("abuse") / "portal", shorter=not LONG) as running:
        yield running


def quiet(portal: Served) -> float:
    """What readers wait for at most while nobody abuses anything; with room for a busy machine."""
    with reading(portal.nginx.port, PAGES) as seen:
        slow.wait_until(lambda: len(seen.seconds) >= 60, seconds=60)
    assert not seen.wrong
    return 10 * seen.p95 + 0.5


def check_readers(seen: Seen, most: float) -> None:
    assert not seen.wrong, seen.wrong[:5]
    assert len(seen.seconds) >= 20
    assert seen.p95 < most


def test_slow_clients_hold_nobody_up_and_are_cut_off(portal, times, tell):
    """Headers, bodies and answers, a byte a second or nothing at all."""
    count, most, host = times(200, 300), quiet(portal), f"localhost:{portal.nginx.port}"
    half = count // 2

    def address(number: int) -> str:
        """Of eight networks, of which none posts too often."""
        return f"127.0.{1 + number % 8}.1"

    clients = [
        *(slow.headers(host, address(n)) for n in range(count)),
        *(slow.body(host, address(n), SUBSCRIBE, drips=True) for n in range(half)),
        *(slow.body(host, address(n), SUBSCRIBE, drips=False) for n in range(half)),
        *(slow.reader(host, address(n), CHECK, takes=1000) for n in range(half)),
        *(slow.reader(host, address(n), CHECK, takes=0) for n in range(half - 10)),
        *(slow.reader(host, address(1), LIST, takes=0) for n in range(10)),
    ]
    with slow.held(portal.nginx.port, clients) as held, reading(portal.nginx.port, PAGES) as seen:
        ends = {
            "slow headers": portal.timeouts["client_header_timeout"],
            "silent bodies": portal.timeouts["client_body_timeout"],
            "silent readers": portal.timeouts["send_timeout"],
        }
        slow.wait_until(
            lambda: not any(held.still(kind) for kind in ends),
            seconds=max(ends.values()) + 20,
            of=held,
        )
        # These send all the time, and hold a connection of nginx and nothing else.
        assert held.still("slow bodies") == half
    check_readers(seen, most)
    late = [
        f"{kind}: {seconds:.1f} s"
        for kind, limit in ends.items()
        for seconds in held.ended[kind]
        if seconds > limit + SLACK
    ]
    tell(
        "slow headers, bodies and readers, held open",
        injected=len(clients),
        observed=f"cut off by {max(max(held.ended[kind]) for kind in ends):.0f} s, readers' p95"
        f" {seen.p95 * 1000:.0f} ms",
        lost=len(late),
    )


def test_one_mailbox_is_not_bombed_from_many_networks(portal, times, tell):
    """However many ask for it, each at an address of its own and with a forged one beside it."""
    count, host = times(60, 1_000), f"localhost:{portal.nginx.port}"
    provinces = ("hai-phong", "binh-duong")
    posts = [
        Post(
            f"{'/en' if n % 3 == 0 else ''}/{provinces[n % 2]}/theo-doi/email/",
            form("victim@example.com"),
            source=f"127.{40 + n // 250}.{n % 250}.1",
            headers={"X-Forwarded-For": f"198.51.100.{n % 250}"},
        )
        for n in range(count)
    ]
    answers = flood(portal.nginx.port, posts, host=host)
    assert {status for _path, status in answers} == {303}, "nobody learns anything"
    letters = letters_after(portal, "victim@example.com")
    tell(
        "requests to write to one mailbox",
        injected=count,
        observed=f"{letters} letters, one for each of {len(provinces)} provinces",
        lost=abs(letters - len(provinces)),
    )


def test_one_network_does_not_bomb_many_mailboxes(portal, times, tell):
    """Who writes what he likes into X-Forwarded-For is counted all the same."""
    count, host = times(100, 1_000), f"localhost:{portal.nginx.port}"
    posts = [
        Post(
            f"/en{SUBSCRIBE}" if n % 2 else SUBSCRIBE,
            form(f"network-{n}@example.com"),
            source="127.30.0.1",
            headers={"X-Forwarded-For": f"203.0.113.{n % 250}"},
        )
        for n in range(count)
    ]
    answers = flood(portal.nginx.port, posts, host=host)
    asked = sum(times for (_path, status), times in answers.items() if status == 303)
    refused = sum(times for (_path, status), times in answers.items() if status == 429)
    assert (asked, refused) == (MOST_REQUESTS, count - MOST_REQUESTS)
    time.sleep(3)  # until nginx passes more of that address on, so that the portal answers itself
    for path, words in ((SUBSCRIBE, "Hãy đợi mười phút"), (f"/en{SUBSCRIBE}", "Wait ten minutes")):
        page = send(portal.nginx.port, Post(path, form("x@example.com"), "127.30.0.1"), host=host)
        assert page.status == 429
        assert page.headers["Retry-After"] == "600"
        assert words in page.text and 'value="x@example.com"' in page.text
    letters = letters_after(portal, "network-")
    told = stored_text(portal)
    assert "network-" not in told and "127.30.0." not in told and "203.0.113." not in told
    tell(
        "mailboxes that one network asks for",
        injected=count,
        observed=f"{letters} letters, {refused} refused (429); no address stored",
        lost=max(0, letters - MOST_REQUESTS),
    )


@pytest.mark.parametrize("kind", ["IPv4 /24", "IPv6 /48"])
def test_addresses_around_one_another_are_bounded_together(kind, portal, tell):
    """As nginx tells the portal who asks: two hundred addresses, of each a little more than may."""
    most, host = MOST_REQUESTS * TOGETHER, f"localhost:{portal.nginx.port}"
    around = "192.0.2.{:d}" if kind.startswith("IPv4") else "2001:db8:1:{:x}::7"
    posts = [
        Post(
            SUBSCRIBE,
            form(f"{kind[:4]}-{n}@example.com"),
            headers={"X-Forwarded-For": around.format(1 + n % 200)},
        )
        for n in range(most + 100)
    ]
    answers = flood(portal.port, posts, host=host)
    assert answers == {(SUBSCRIBE, 303): most, (SUBSCRIBE, 429): 100}
    other = Post(SUBSCRIBE, form("o@example.com"), headers={"X-Forwarded-For": "198.18.0.1"})
    assert send(portal.port, other, host=host).status == 303
    tell(
        f"mailboxes that 200 addresses of one {kind} ask for",
        injected=len(posts),
        observed=f"{most} letters, 100 refused (429)",
        lost=0,
    )


TOKEN = "A" * 38
FORMS = (
    *(f"/hai-phong/theo-doi/{name}/" for name in ("email", "thiet-bi", "thiet-bi/xem")),
    "/hai-phong/theo-doi/thiet-bi/huy/",
    "/theo-doi/thiet-bi/doi/",
    *(f"/theo-doi/{name}/{TOKEN}/" for name in ("xac-nhan", "thay-doi", "huy")),
    "/admin/login/",
    "/admin/code/",
    "/hai-phong/",
    "/api/v1/locations",
    "/khong-co/",
)


def test_floods_of_forms_hold_nobody_up(portal, times, tell):
    """Every form and some pages that are none, and guesses of passwords with all that they need."""
    count, most, host = times(600, 20_000), quiet(portal), f"localhost:{portal.nginx.port}"
    addresses = [f"127.50.{n}.1" for n in range(4)]
    cookie = token_for(portal, host)
    posts = [
        Post(
            FORMS[n % len(FORMS)],
            {"csrfmiddlewaretoken": cookie, "username": f"officer-{n}", "password": "guess"},
            source=addresses[n % len(addresses)],
            headers={"Cookie": f"csrf={cookie}"},
        )
        for n in range(count)
    ]
    before, began = portal.memory(), time.monotonic()
    with reading(portal.nginx.port, PAGES) as seen:
        answers = flood(portal.nginx.port, posts, host=host)
    seconds = time.monotonic() - began
    check_readers(seen, most)
    statuses = Counter[int]()
    for (_path, status), number in answers.items():
        statuses[status] += number
    assert set(statuses) <= {200, 302, 303, 400, 403, 404, 405, 409, 410, 422, 429}
    passed = count - statuses[429]
    # Each address 10 a second and 50 at once, as deploy/nginx.conf.template has it.
    assert passed <= len(addresses) * (50 + 10 * (seconds + 1))
    # Each of eight threads may be at a guess, for which scrypt takes 16 MB.
    assert portal.memory() - before < 200
    tell(
        "posts to every form, and guesses of passwords",
        injected=count,
        observed=f"{passed} reached it, others 429; readers' p95 {seen.p95 * 1000:.0f} ms",
        lost=sum(number for status, number in statuses.items() if status >= 500),
    )


def form(address: str) -> dict[str, str]:
    return {"address": address, "language": "vi", "minimum": "information"}


def letters_after(portal: Served, whose: str) -> int:
    """How many letters went to the addresses that begin with `whose`, once all that was asked for
    before has gone: the worker sends in the order in which it was asked."""
    last = f"last-{uuid4().hex}@example.com"
    post = Post(SUBSCRIBE, form(last), headers={"X-Forwarded-For": "198.18.9.9"})
    host = f"localhost:{portal.nginx.port}"
    assert send(portal.port, post, host=host).status == 303
    slow.wait_until(lambda: last in portal.recipients(), seconds=90)
    return sum(address.startswith(whose) for address in portal.recipients())


def stored_text(portal: Served) -> str:
    """All that the portal has written down: its database, its log and nginx's."""
    return portal.database_text() + portal.log_text()


def token_for(portal: Served, host: str) -> str:
    """What the form of the sign-in needs, as whoever opens the page is given it."""
    link = http.client.HTTPConnection("127.0.0.1", portal.nginx.port, timeout=30)
    link.request("GET", "/admin/login/", headers={"Host": host})
    page = link.getresponse()
    page.read()
    (value,) = re.findall(r"csrf=([^;]+)", page.headers["Set-Cookie"])
    link.close()
    return value


HUGE = {
    "/hai-phong/dia-diem/?page=999999": 404,
    f"/hai-phong/dia-diem/?page={'9' * 4000}": 404,
    f"/hai-phong/dia-diem/?q={'x' * 6000}": 200,
    f"/hai-phong/dia-diem/?{'&'.join(f'ward={n}' for n in range(600))}": 200,
    "/hai-phong/dia-diem/?from=01/01/0001&to=31/12/9999": 200,
    "/hai-phong/dinh-chinh/?page=9999": 404,
    f"/tim-kiem/?q={'cho+' * 1500}": 200,
    f"/xac-minh/?ma={'A' * 6000}": 200,
    "/api/v1/locations?limit=999999999": 422,
    f"/api/v1/locations?cursor={'A' * 6000}": 422,
    f"/api/v1/changes?since={'9' * 6000}": 422,
    f"/du-lieu/dia-diem.csv?bom={'1' * 6000}": 400,
    f"/{'a' * 7000}/": 404,
    f"/hai-phong/?{'&'.join(f'p{n}=1' for n in range(900))}": 200,
}
# Megabytes by which the server may grow, and bytes of an answer, however much was asked for.
MOST_GROWN, MOST_BYTES = 60, 500_000


def test_what_asks_for_too_much_is_answered_soon(portal, times, tell):
    """In words; a short answer, and no later than ordinary pages."""
    most, rounds = quiet(portal), times(2, 25)
    codes, wrong, seconds = Counter[int](), [], []
    for _round in range(rounds):
        for path, status in HUGE.items():
            began = time.monotonic()
            answer = ask(portal.nginx.port, path)
            seconds.append(time.monotonic() - began)
            codes[answer.status] += 1
            if answer.status != status or len(answer.body) > MOST_BYTES:
                wrong.append(f"{path[:60]}: {answer.status}, {len(answer.body)} bytes")
            elif not re.search(r"<h1|\"message\"|bom", answer.text):
                wrong.append(f"{path[:60]}: without words")
        time.sleep(1)  # nginx lets one network ask for twenty of these a second
    assert not wrong, wrong
    assert max(seconds) < most
    tell(
        "pages, limits, searches and addresses without measure",
        injected=rounds * len(HUGE),
        observed=f"the slowest {max(seconds) * 1000:.0f} ms; {dict(codes)}",
        lost=sum(number for code, number in codes.items() if code >= 500),
    )


def test_strings_against_the_caches_fill_nothing(portal, times, tell):
    """Without nginx, which would take none of them: addresses of 60,000 signs, and strings that
    are new each time."""
    count = times(2_400, 8_000)
    link = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=30)
    host = f"localhost:{portal.nginx.port}"
    before, codes = portal.memory(), Counter[int]()
    for number in range(count):
        mark = uuid4().hex
        path = f"/{mark}{'a' * 60_000}/" if number % 4 else f"/hai-phong/?{mark}={mark}"
        link.request("GET", path, headers={"Host": host})
        answer = link.getresponse()
        answer.read()
        codes[answer.status] += 1
    link.close()
    grown = portal.memory() - before
    assert set(codes) == {200, 404}
    tell(
        "addresses and strings against the caches",
        injected=count,
        observed=f"{grown:.0f} MB more",
        lost=int(grown > MOST_GROWN),
    )


@pytest.mark.django_db(transaction=True)
def test_strings_against_the_page_cache_make_no_page(hai_phong, times, tell):
    """What nobody reads makes no page anew, in whatever order, case or number it comes; of what is
    read, each page is made once."""
    count, chance = times(1_000, 50_000), random.Random(20210326)
    cache, began = cache_in_front(), time.monotonic()
    paths = ("/", "/hai-phong/", "/hai-phong/dia-diem/", "/en/hai-phong/", "/kiem-tra/")
    known = ("status=all", "status=past", "%73tatus=all", "status=x&status=all")
    for _ in range(count):
        parts = [f"{chance.choice('abcPQ')}{chance.random()}={chance.random()}" for _ in range(3)]
        parts += chance.choices(("STATUS=all", "utm_source=zalo", "Page=2", "&", "=", ""), k=2)
        parts += chance.sample(known, k=chance.randrange(2))
        chance.shuffle(parts)
        ask_application(cache, f"{chance.choice(paths)}?{'&'.join(parts)}")
    pages = {*paths, "/hai-phong/dia-diem/?status=all", "/hai-phong/dia-diem/?status=past"}
    made = Counter(cache.application.asked)
    assert set(made) <= pages
    assert len(cache.memory.slots) <= len(pages)
    # Each is made anew once a minute, whoever asks.
    often = 1 + (time.monotonic() - began) // 60
    tell(
        "strings in queries against the page cache",
        injected=count,
        observed=f"{len(made)} pages made, {sum(made.values())} times",
        lost=sum(number > often for number in made.values()),
    )
