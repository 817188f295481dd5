"""A worker that delivers until it is killed; see `kill`."""

import random
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings
from django.db import connection

from alerts.delivery import channels as registry
from alerts.delivery.worker import Worker
from tests.faults.forked import processes

# Seconds into its work: from before its first message until after some hundred.
LONGEST = 0.25


def kill(*, database: str, seed: int, ways: Sequence[str], changes: Mapping[str, Any]) -> bool:
    """Lets a worker of the channels `ways` (as in `registry.CHANNELS`) deliver for a random while
    from `database`, with `changes` of the settings, and kills it with SIGKILL.

    Returns whether it was killed; False if it had ended by then, because nothing was left.
    """
    ours, its = processes.Pipe(duplex=False)
    courier = processes.Process(target=work, args=(database, ways, changes, its))
    courier.start()
    its.close()
    if not ours.poll(60):
        raise TimeoutError("the courier does not begin")
    ours.recv()
    time.sleep(random.Random(seed).uniform(0, LONGEST))
    courier.kill()
    courier.join()
    return courier.exitcode != 0


def finish(*, database: str, ways: Sequence[str], changes: Mapping[str, Any]) -> int | None:
    """Lets a worker deliver whatever is left; its exit code."""
    _ours, its = processes.Pipe(duplex=False)
    courier = processes.Process(target=work, args=(database, ways, changes, its))
    courier.start()
    courier.join(300)
    return courier.exitcode


def work(
    database: str, ways: Sequence[str], changes: Mapping[str, Any], parent: Connection
) -> None:
    connection.settings_dict["NAME"] = database
    for name, value in changes.items():
        setattr(settings, name, value)
    registry.CHANNELS = tuple(ways)
    worker = Worker(list(registry.channels().values()), lambda line: None)
    parent.send("begins")
    worker.run(once=True)
