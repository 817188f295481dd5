"""Measures the check “was I there?” in Chromium: 100,000 points against 2,000 windows.

    python bench/check.py [POINTS [WINDOWS]]

Everything runs in the worker that residents' browsers run it in, and stands for a phone that is
`SLOWER` times slower. Chromium's CPU throttling (`Emulation.setCPUThrottlingRate`) reaches a page
but none of its workers, whose own targets refuse it: so a worker's times are multiplied, and as a
check the matching is also run in the throttled page itself, where it is warm after the first time.
Of several runs, each in a new worker, the quickest counts: what other programs do on this machine
is no property of ours. Exit 1 if matching takes too long.
"""

import contextlib
import os
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, CDPSession, Page

from tests.browser import chromium
from tests.js.server import served

SLOWER = 4
RUNS = 8
# Seconds that the matching may take on such a phone.
LIMIT = 1.0


def main(points: int, windows: int) -> int:
    with served() as base, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{base}/")
        size = run(page, "prepare", windows, points)
        memory = Memory(browser)
        answers = [ask_anew(page) for _ in range(RUNS)]
        grown = memory.grown()
        session = page.context.new_cdp_session(page)
        slower = slowed_by_throttling(page, session)
        throttle(session, SLOWER)
        here = min(run(page, "matchHere") for _ in range(RUNS)) / 1000
        throttle(session, 1)
    if any(answer["type"] != "result" for answer in answers):
        sys.exit(f"the worker failed: {answers}")
    answer = answers[0]
    reading, matching, silence = (
        min(one[name] for one in answers) / 1000 * (SLOWER if name != "silence" else 1)
        for name in ("reading", "matching", "silence")
    )
    say(f"Check of {points} points ({size / 1e6:.0f} MB) against {windows} windows")
    say(f"  found {answer['matches']} places, {answer['certain']} of them certain")
    say(f"  throttled {SLOWER} times, a page is {slower['page']:.1f} times slower,", "")
    say(f" a worker {slower['worker']:.1f} times")
    say(f"  load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    say(f"  {'':<46}{'took':>8}{'limit':>9}")
    say(f"  {f'matching, in the worker, times {SLOWER}':<46}{matching:6.2f} s{LIMIT:7.2f} s")
    say(f"  {'matching, in the throttled page':<46}{here:6.2f} s{LIMIT:7.2f} s")
    say(f"  {f'reading Records.json, in the worker, times {SLOWER}':<46}{reading:6.2f} s")
    say(f"  {'longest silence, in the worker, not multiplied':<46}{silence:6.2f} s")
    say(f"  {'memory above that of the page with the file':<46}{grown or '?':>6} MB")
    return int(max(matching, here) > LIMIT)


def run(page: Page, function: str, *arguments: object) -> Any:
    return page.evaluate(
        "async ([name, given]) => (await import('/bench/check_page.js'))[name](...given)",
        [function, arguments],
    )


def ask_anew(page: Page) -> Any:
    """What a worker answers that has never run before, as a resident's has not."""
    run(page, "renew")
    return run(page, "ask")


def slowed_by_throttling(page: Page, session: CDPSession) -> dict[str, float]:
    """How many times slower throttling makes a page and a worker, measured in turns."""
    took: dict[tuple[str, int], list[float]] = defaultdict(list)
    for _ in range(RUNS):
        for rate in (1, SLOWER):
            throttle(session, rate)
            for place in ("page", "worker"):
                took[place, rate].append(run(page, "reckon", place == "worker"))
    throttle(session, 1)
    return {place: min(took[place, SLOWER]) / min(took[place, 1]) for place in ("page", "worker")}


def throttle(session: CDPSession, rate: int) -> None:
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})


class Memory:
    """The memory of the browser's pages and workers, from now on."""

    def __init__(self, browser: Browser) -> None:
        processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        self.folders = [
            Path(f"/proc/{process['id']}")
            for process in processes["processInfo"]
            if process["type"] == "renderer"
        ]
        for folder in self.folders:
            with contextlib.suppress(OSError):
                (folder / "clear_refs").write_text("5")  # forgets the peak so far
        self.before = self._peaks()

    def grown(self) -> int | None:
        """By how much the peak has risen above what was held at first, in MB; None if unknown."""
        growth = [after - self.before[folder] for folder, after in self._peaks().items()]
        return max(growth, default=0) // 1024 or None

    def _peaks(self) -> dict[Path, int]:
        peaks = {}
        for folder in self.folders:
            with contextlib.suppress(OSError):
                found = re.search(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text())
                peaks[folder] = int(found[1]) if found else 0
        return peaks


def say(line: str, end: str = "\n") -> None:
    sys.stdout.write(line + end)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(given + [100_000, 2_000][len(given) :])))
