"""The folder that backups are in: what is whole there, and how something becomes whole."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from portal.operating.backup import manifest
from portal.operating.backup.manifest import Manifest, Refused

# By the time in Vietnam, which has had no summer time since 1975: they sort by age.
NAME = "portal-%Y%m%dT%H%M%S"
WHOLE = re.compile(r"portal-\d{8}T\d{6}")
PARTIAL = ".partial-"


def whole(folder: Path) -> list[Path]:
    """The backups in `folder`, the newest first."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if WHOLE.fullmatch(path.name) and path.is_dir())
    return sorted(found, key=lambda path: path.name, reverse=True)


def chosen(folder: Path) -> Path:
    """`folder` itself if it is a backup, else the newest in it. Raises Refused."""
    if (folder / manifest.NAME).exists():
        return folder
    if found := whole(folder):
        return found[0]
    raise Refused(f"{folder} is no backup, and there is none in it")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds `folder`, which is made if it is not there, against other backups; what is left of
    those that were interrupted is removed. Raises Refused."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in folder.glob(f"{PARTIAL}*"):
            shutil.rmtree(left)
        yield
    except BlockingIOError as error:
        raise Refused(f"another backup into {folder} is being made; wait for its end") from error
    finally:
        os.close(lock)


@contextmanager
def becoming(folder: Path, at: datetime) -> Iterator[Path]:
    """An empty folder, which becomes the backup of `at` when it has been filled and all of it is
    on the disk; nothing is left of it if that fails. `at` in the time of Vietnam."""
    partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=folder))
    try:
        yield partial
        _onto_disk(partial)
        partial.rename(folder / at.strftime(NAME))
        _sync(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def keep(folder: Path, number: int) -> list[Path]:
    """Removes all backups but the newest `number`, and returns those removed."""
    old = whole(folder)[number:]
    for path in old:
        # Under a name that is no backup's while only a part of it is there.
        partial = folder / f"{PARTIAL}{path.name}"
        path.rename(partial)
        shutil.rmtree(partial)
    return old


def newest(folder: Path) -> tuple[Path, Manifest] | None:
    """The newest backup and its manifest; None if there is none. Raises Refused if the manifest
    was changed, or a file is missing or has another size."""
    found = whole(folder)
    if not found:
        return None
    said = manifest.read(found[0])
    for name, file in said.files.items():
        path = found[0] / name
        if not path.is_file() or path.stat().st_size != file.size:
            raise Refused(f"{path} is missing or was changed")
    return found[0], said


def _onto_disk(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
