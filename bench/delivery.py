"""Measures the delivery of one notice to 100,000 subscribers by e-mail, over a real SMTP server in
a process of its own, with a worker that is killed (kill -9) three times on the way. Prints a
table; exit 1 if a subscriber was missed, more was repeated than the message in flight at each
kill, or a limit is passed.

    python bench/delivery.py [SUBSCRIBERS]

In a database of its own, which is removed: SQLite, or the server in DATABASE_URL.
"""

import os
import smtplib
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

# Messages a second from the first start of a worker to the last message, restarts and the making
# of the deliveries included; and by how much more memory a worker may hold than in its beginning.
LEAST_RATE = 300
MOST_GROWTH = 1.10
KILLS = (0.25, 0.5, 0.75)
BARE = 5000  # messages by which the server and the machine are known
WARM = 10.0  # seconds after which a worker has loaded what it needs


def main(subscribers: int) -> int:
    import django
    from django.test.utils import get_runner, setup_test_environment

    django.setup()
    from django.conf import settings
    from django.db import connection

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        with tempfile.TemporaryDirectory(prefix="delivery-") as scratch:
            figures = measure(subscribers, Path(scratch))
    finally:
        runner.teardown_databases(databases)
    say(f"Delivery to {subscribers} on {connection.vendor}, {os.cpu_count()} cores")
    say(f"  {'':<34}{'measured':>12}{'limit':>12}")
    missed = False
    for name, measured, limit, is_kept in figures:
        missed |= not is_kept
        say(f"  {name:<34}{measured:>12}{limit:>12}{'' if is_kept else '  MISSED'}")
    return int(missed)


def measure(subscribers: int, scratch: Path) -> list[tuple[str, str, str, bool]]:
    from django.core.management import call_command

    from alerts.models import Delivery
    from tests import factories, smtp
    from tests.ports import free_port

    call_command("load_divisions", verbosity=0)
    province = factories.province("Hải Phòng", "31")
    started = time.perf_counter()
    addresses = subscribe(province, subscribers)
    made = time.perf_counter() - started
    started = time.perf_counter()
    factories.notice(province, body="Ai đã đến chợ Sắt.", locations=[factories.location(province)])
    approved = time.perf_counter() - started
    with smtp.running(scratch, port=free_port()) as server:
        kills, seconds, samples = deliver(server, subscribers, scratch)
        accepted = server.messages()
        load = os.getloadavg()[0]
        bare = send_bare(server, one_message())
    times = Counter(address for address, _key in accepted)
    repeated = {address: number for address, number in times.items() if number > 1}
    ids = {address: {key for one, key in accepted if one == address} for address in repeated}
    rate = len(accepted) / seconds
    growth = max((max(warm) / warm[0] for warm in samples if warm), default=0)
    most = max((max(warm) for warm in samples if warm), default=0)
    unsent = Delivery.objects.exclude(state=Delivery.State.SENT).count()
    lost = len(addresses - times.keys())
    same = all(len(keys) == 1 for keys in ids.values())
    return [
        ("subscribers made", f"{made:.0f} s", "", True),
        ("notice written and approved", f"{approved:.2f} s", "1 s", approved < 1),
        ("kills (-9)", str(kills), str(len(KILLS)), kills == len(KILLS)),
        ("accepted by the server", str(len(accepted)), "", True),
        ("subscribers missed", str(lost), "0", lost == 0),
        ("deliveries not noted as sent", str(unsent), "0", unsent == 0),
        (
            "repeated",
            str(len(accepted) - len(times)),
            str(kills),
            len(accepted) - len(times) <= kills,
        ),
        ("repeated with another Message-ID", "no" if same else "yes", "no", same),
        ("from start to last message", f"{seconds:.0f} s", "", True),
        ("messages a second", f"{rate:.0f}", str(LEAST_RATE), rate >= LEAST_RATE),
        ("a bare loop of smtplib, a second", f"{bare:.0f}", "", True),
        ("of that", f"{rate / bare:.0%}", "", True),
        ("load of the machine (1 min)", f"{load:.1f}", "", True),
        ("memory of a worker at most", f"{most:.0f} MB", "", True),
        ("its growth after 10 s", f"{growth:.2f}", f"{MOST_GROWTH:.2f}", growth <= MOST_GROWTH),
    ]


def subscribe(province: Any, number: int) -> set[str]:
    """So many confirmed subscribers, as the functions of `subscribing` would leave them."""
    from datetime import timedelta

    from alerts.models import Subscription
    from portal import clock

    addresses = [f"resident-{position}@example.com" for position in range(number)]
    an_hour_ago = clock.now() - timedelta(hours=1)
    for start in range(0, number, 5000):
        some = []
        for position, address in enumerate(addresses[start : start + 5000]):
            subscription = Subscription(
                channel="email",
                province=province,
                language="en" if position % 10 == 0 else "vi",
                asked_at=an_hour_ago,
                confirmed_at=an_hour_ago,
            )
            subscription.address = address
            some.append(subscription)
        Subscription.objects.bulk_create(some)
    return set(addresses)


def deliver(server: Any, number: int, scratch: Path) -> tuple[int, float, list[list[float]]]:
    """How many kills there were, the seconds it took, and the memory of each worker over time."""
    from tests import workers

    log = scratch / "worker.log"
    points = [int(number * part) for part in KILLS]
    kills, samples = 0, []
    started = time.perf_counter()
    while True:
        worker = workers.start("--once", email_url=server.url, log=log)
        began, seen = time.perf_counter(), []
        samples.append(seen)
        while worker.poll() is None:
            time.sleep(0.2)
            held = workers.memory(worker.pid)
            if held and time.perf_counter() - began > WARM:
                seen.append(held)
            if points and server.accepted >= points[0]:
                points.pop(0)
                kills += 1
                worker.kill()
                worker.wait()
        if worker.returncode == 0:
            break
        require(worker.returncode == -9, log.read_text()[-2000:])
    return kills, time.perf_counter() - started, samples


def one_message() -> bytes:
    from alerts.delivery.announcement import announce
    from alerts.delivery.channels.email import EmailChannel
    from alerts.models import Delivery, Kind

    delivery = Delivery.objects.select_related("subscription", "dispatch").earliest("pk")
    told = announce(delivery.dispatch, kind=Kind.NEW, language="vi", since=None)
    return EmailChannel().render(told, delivery).data


def send_bare(server: Any, message: bytes) -> float:
    """Messages a second if one connection does nothing but send `message` again and again."""
    with smtplib.SMTP("127.0.0.1", server.port) as connection:
        started = time.perf_counter()
        for number in range(BARE):
            connection.sendmail("from@example.com", f"resident-{number}@example.com", message)
        return BARE / (time.perf_counter() - started)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def require(condition: bool, otherwise: Any) -> None:
    if not condition:
        raise SystemExit(f"the delivery went wrong: {otherwise}")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
