"""How much of each fault is injected, and the table that `make faults` prints at the end."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from portal.environment import BASE_DIR
from tests import workers
from tests.deploy.test_nginx import Portal
from tests.faults.server import Server

# Said by `make faults`; without it `make test` runs a short form of each.
LONG = os.environ.get("FAULTS") == "long"
LINE = "{:52}{:>9}  {:46}{:>5}"


@dataclass(frozen=True)
class Outcome:
    """What became of one fault."""

    fault: str
    injected: int
    observed: str
    lost: int


@pytest.fixture
def times() -> Callable[[int, int], int]:
    """How often: the first number in a short run, the second in a long one."""
    return lambda short, long: long if LONG else short


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Puts an outcome into the table. Nothing may be lost."""

    def told(fault: str, *, injected: int, observed: str, lost: int) -> None:
        record_property("outcome", asdict(Outcome(fault, injected, observed, lost)))
        assert lost == 0, observed

    return told


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Iterator[Server]:
    """The portal in a process of its own, with its static files, behind no proxy yet."""
    data = tmp_path / "data"
    data.mkdir()
    environment = workers.server_environment(data)
    collect = ["manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run([sys.executable, *collect], cwd=BASE_DIR, env=environment, check=True)
    portal = Portal(tmp_path, environment)
    portal.start()
    yield Server(portal)
    portal.kill()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call"
    ]
    outcomes = [
        value for report in reports for name, value in report.user_properties if name == "outcome"
    ]
    if not LONG or not outcomes:
        return
    terminalreporter.write_sep("=", "faults")
    terminalreporter.write_line(LINE.format("fault", "injected", "observed", "lost"))
    for outcome in outcomes:
        terminalreporter.write_line(LINE.format(*outcome.values()))
