"""Small files in DATA_DIR that several processes may want to make at the same moment."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def kept_text(path: Path, make: Callable[[], str]) -> str:
    """The text kept at `path`; the first to ask makes it.

    It is linked into place whole and readable by its owner only, so that of two processes
    starting at once one wins and the other reads what that one wrote.
    """
    if not path.exists():
        with (
            tempfile.NamedTemporaryFile("w", dir=path.parent) as file,
            suppress(FileExistsError),
        ):
            file.write(make())
            file.flush()
            os.link(file.name, path)
    return path.read_text()
