"""Which release of the portal this is, told by its content."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from portal.environment import BASE_DIR

# All that decides what the portal answers, and is not said by the operator.
SOURCES = ("alerts", "locale", "locations", "portal", "requirements.txt", "static", "templates")


def release() -> str:
    """Twelve hexadecimal digits: the same on every box that runs this code, and others for any
    other code, template, translation, static file or pinned package."""
    return digest_of(*SOURCES)


@cache
def digest_of(*sources: str) -> str:
    """Twelve hexadecimal digits of the content of `sources`, files and folders of this project."""
    digest = hashlib.sha256()
    for file in _files(sources):
        digest.update(f"{file.relative_to(BASE_DIR)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _files(sources: Iterable[str]) -> Iterator[Path]:
    for source in sources:
        path = BASE_DIR / source
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in files if file.is_file() and "__pycache__" not in file.parts)
