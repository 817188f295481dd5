"""Processes that share nothing but the database: what one approves, all others see."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from portal.environment import BASE_DIR
from portal.web.page_cache.content import BELIEVED
from tests import factories, workers

pytestmark = pytest.mark.django_db(transaction=True)

# Answers with the page, and the number of times that Django was asked for it, a line for each line.
READER = """
import sys
import portal.wsgi
from tests.kept_pages import Counted, ask
cache = portal.wsgi.application
cache.application = Counted(cache.application)
for line in sys.stdin:
    address, word = line.split(maxsplit=1)
    answer = ask(cache, address)
    print(answer.code, word.strip() in answer.text, len(cache.application.asked), flush=True)
"""


class Reader:
    """A process with the application that servers run."""

    def __init__(self) -> None:
        environment = {
            **workers.environment(email_url="memorymail://"),
            # As here: static files are not collected.
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": str(BASE_DIR),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER],
            cwd=BASE_DIR,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def sees(self, word: str) -> bool:
        code, found, self.renders = self._ask("/hai-phong/", word)
        assert code == "200"
        return found == "True"

    def _ask(self, address: str, word: str) -> list[str]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{address} {word}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().split()


@contextmanager
def readers(count: int) -> Iterator[list[Reader]]:
    started = [Reader() for _ in range(count)]
    try:
        yield started
    finally:
        for reader in started:
            assert reader.process.stdin
            reader.process.stdin.close()
            reader.process.wait(timeout=20)


def test_what_is_approved_or_withdrawn_is_seen_by_all_processes(hai_phong):
    place = factories.location(hai_phong, name="Chợ Hàng mới")
    with readers(2) as processes:
        assert [reader.sees("Chợ Hàng mới") for reader in processes] == [True, True]
        for name in ("Chợ An Dương", "Chợ Cầu Rào", "Chợ Đổ"):
            factories.correct(place, name=name)
            time.sleep(BELIEVED)
            assert [reader.sees(f'/">{name}</a></h3>') for reader in processes] == [True, True]
        # Each process made each version once.
        assert [reader.sees("Chợ Đổ") for reader in processes] == [True, True]
        assert [reader.renders for reader in processes] == ["4", "4"]
        factories.withdraw(place)
        time.sleep(BELIEVED)
        assert [reader.sees('class="row location"') for reader in processes] == [False, False]
