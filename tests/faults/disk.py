"""A disk of its own for all that boxes and databases write, small enough to be filled."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Enough for two databases with what they keep of their logs, and for two boxes.
MEGABYTES = 700


class Disk:
    """At `folder`; `is_small` is false where no file system may be mounted."""

    def __init__(self, folder: Path, *, is_small: bool) -> None:
        self.folder, self.is_small = folder, is_small

    @contextmanager
    def full(self) -> Iterator[None]:
        """Not a byte is left while this lasts."""
        filler = self.folder / "filler"
        try:
            with suppress(OSError), filler.open("wb", buffering=0) as file:
                while file.write(bytes(1 << 16)):
                    pass
            assert shutil.disk_usage(self.folder).free == 0
            yield
        finally:
            filler.unlink()


@contextmanager
def small_disk() -> Iterator[Disk]:
    folder = Path(tempfile.mkdtemp(prefix="two-boxes-"))
    options = f"size={MEGABYTES}m,mode=711"
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield Disk(folder, is_small=mounted)
    finally:
        if mounted:
            subprocess.run(["umount", folder], check=True)
        shutil.rmtree(folder, ignore_errors=True)
