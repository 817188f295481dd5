"""The clock of the machine on which boxes and nginx run, moved while they run."""

import os
import shlex
import subprocess
from configparser import ConfigParser
from pathlib import Path

from portal.environment import BASE_DIR
from tests.deploy.nginx import Nginx

HERE = Path(__file__).parent / "moved_clock"
DAY = 86_400


class Clock:
    """Files in `folder` say by how many seconds it is ahead; all processes look there again and
    again."""

    def __init__(self, folder: Path) -> None:
        self.of_python, self.of_programs = folder / "python", folder / "programs"
        self.move(0)

    def move(self, seconds: int) -> None:
        """Counted from the real time."""
        self.move_programs(seconds)
        self.of_python.write_text(f"{seconds:+d}")

    def move_programs(self, seconds: int) -> None:
        """As where nginx has a machine of its own."""
        self.of_programs.write_text(f"{seconds:+d}")

    def for_python(self) -> dict[str, str]:
        return {"PYTHONPATH": str(HERE), "MOVED_CLOCK": str(self.of_python)}

    def for_programs(self) -> dict[str, str]:
        """By libfaketime; nothing if it is not there."""
        library = libfaketime()
        return (
            {}
            if library is None
            else {
                "LD_PRELOAD": str(library),
                "FAKETIME_TIMESTAMP_FILE": str(self.of_programs),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1",
            }
        )


def libfaketime() -> Path | None:
    """Of Debian's package libfaketime."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return found[0] if found else None


def files_of_the_moved_clock(cache: Path, since: float, ahead: int) -> None:
    """Gives the files in `cache` that were written after `since` the time that the kernel would
    have given them, whose own clock stands where it stood."""
    for file in _files(cache):
        if (written := file.stat().st_mtime) >= since:
            os.utime(file, (written + ahead, written + ahead))


def forget_the_future(cache: Path, nginx: Nginx) -> int:
    """As deploy/portal-clock.service when systemd tells that the clock was moved; the number of
    files that it removed from `cache`."""
    unit = ConfigParser(strict=False, interpolation=None)
    unit.read(BASE_DIR / "deploy" / "portal-clock.service")
    command = unit["Service"]["ExecStart"].replace("${CACHE}", str(cache))
    before = _files(cache)
    subprocess.run(shlex.split(command), check=True)
    forgotten = before - _files(cache)
    assert unit["Service"]["ExecStartPost"] == "+/usr/bin/systemctl reload nginx.service"
    nginx.reload()
    return len(forgotten)


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}
