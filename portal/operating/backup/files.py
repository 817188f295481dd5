"""The files of the portal that are not in its database."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.operating.backup.manifest import Refused

# Where they are in a backup.
FOLDER = "files"
# What of DATA_DIR is kept, each by its name there: uploads, files that wait between preview and
# import, and when a demonstration's clock was started. The rest is made again, is the database
# itself, or is secret.
KEPT = ("media", "imports", "clock-started-at-*")


def copy(data: Path, backup: Path) -> None:
    """Copies them from DATA_DIR. After the database: what that speaks of was there before it."""
    for path in _files(data):
        target = backup / FOLDER / path.relative_to(data)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(path, target)
        except FileNotFoundError:
            # One that waited for its import, which has come.
            target.unlink(missing_ok=True)


def refuse_if_used(data: Path) -> None:
    """Raises Refused if any such file is in DATA_DIR."""
    if found := next(_files(data), None):
        raise Refused(
            f"{found} is here already; move the files of the earlier portal out of {data},"
            " or name another place in DATA_DIR"
        )


@contextmanager
def placed(backup: Path, data: Path) -> Iterator[None]:
    """Copies them from the backup to DATA_DIR; away again if what is done meanwhile fails."""
    source = backup / FOLDER
    done = []
    try:
        for path in (path for path in sorted(source.rglob("*")) if path.is_file()):
            target = data / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            done.append(target)
            shutil.copy2(path, target)
        yield
    except BaseException:
        for target in done:
            target.unlink(missing_ok=True)
        raise


def _files(data: Path) -> Iterator[Path]:
    for name in KEPT:
        for top in sorted(data.glob(name)):
            found = sorted(top.rglob("*")) if top.is_dir() else [top]
            yield from (path for path in found if path.is_file() and not path.is_symlink())
