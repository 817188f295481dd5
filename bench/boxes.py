"""Measures how long after an approval the first reader behind nginx sees it, on two boxes with a
primary of PostgreSQL, a replica that streams from it, and Redis, all set up from deploy/ on this
machine, while wrk reads the same page through nginx and others search in the database.

    python bench/boxes.py [CHANGES]

Of CHANGES approvals (100), each at another moment of nginx's second, counted from the commit. On
one machine everything shares its cores, the load too: real boxes are faster. Needs wrk, nginx,
PostgreSQL and redis-server (apt-get install wrk nginx-light postgresql redis-server). Exit 1 if a
limit is passed.
"""

import math
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import brotli

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from tests.deploy import boxes  # noqa: E402
from tests.deploy.boxes import PROVINCE, Installation  # noqa: E402
from tests.deploy.nginx import ask  # noqa: E402
from tests.deploy.officers import new_name  # noqa: E402

CONNECTIONS = 32
# Seconds in which 99 of 100 approvals are seen.
SEEN_WITHIN = 2.0


def main(changes: int) -> int:
    missing = boxes.missing() + ([] if shutil.which("wrk") else ["wrk"])
    if missing:
        sys.exit(f"bench/boxes.py needs what is missing here: apt-get install {' '.join(missing)}")
    began_with = os.getloadavg()[0]
    with boxes.installation() as two:
        waits, statuses, wrk = while_publishing(two, changes)
        replica = two.replica.says().count('FROM "locations_exposurelocation"')
    say(
        f"Two boxes on one machine of {os.cpu_count()} cores, load before {began_with:.1f},"
        f" after {os.getloadavg()[0]:.1f}"
    )
    rate = re.search(r"Requests/sec:\s+([\d.]+)", wrk)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", wrk)
    errors = int(bad[1]) if bad else 0
    say(f"  wrk through nginx: {float(rate[1]) if rate else 0:,.0f} requests/s, {errors} errors")
    searches = f"{statuses.count(200)} searches answered, {len(statuses) - statuses.count(200)} not"
    say(f"  beside it {searches}; {replica} queries for places at the replica")
    # By the nearest rank: of 100 approvals the 99th.
    p50, p99 = (waits[math.ceil(len(waits) * part / 100) - 1] for part in (50, 99))
    say(
        f"  from commit to the first reader, {len(waits)} approvals: p50 {1000 * p50:.0f} ms,"
        f" p99 {1000 * p99:.0f} ms, longest {1000 * waits[-1]:.0f} ms"
    )
    limits = {
        f"p99 ≤ {SEEN_WITHIN} s": p99 <= SEEN_WITHIN,
        "no errors": not errors and set(statuses) == {200},
        "the replica was asked": replica > 0,
    }
    for name, is_kept in limits.items():
        say(f"  {name:<38}{'kept' if is_kept else 'MISSED'}")
    return int(not all(limits.values()))


def while_publishing(two: Installation, changes: int) -> tuple[list[float], list[int], str]:
    """Seconds from each commit to the first reader, sorted; statuses of searches; what wrk says."""
    load = subprocess.Popen(
        [
            *("wrk", "-t1", f"-c{CONNECTIONS}", "-d3600s", "--timeout", "30s"),
            *("-H", "Accept-Encoding: br", f"http://localhost:{two.nginx_port}{PROVINCE}"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    is_over, statuses = threading.Event(), []

    def search() -> None:
        while not is_over.wait(0.1):
            path = f"{PROVINCE}dia-diem/?q={len(statuses)}"
            statuses.append(ask(two.nginx_port, path).status)

    searching = threading.Thread(target=search, daemon=True)
    searching.start()
    waits = []
    for _ in range(changes):
        time.sleep(random.random())  # noqa: S311
        name = new_name().encode()
        committed = two.officers.approve(name.decode())
        # The copy that the load reads, and none of its own.
        while name not in brotli.decompress(two.ask(PROVINCE, Accept_Encoding="br").body):
            time.sleep(0.005)
        waits.append(time.monotonic() - committed)
    is_over.set()
    searching.join()
    load.send_signal(2)  # on which it says what it counted
    return sorted(waits), statuses, load.communicate()[0]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
