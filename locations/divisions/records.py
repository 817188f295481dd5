"""The data file: every division of both eras with its history and successors."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")
FILE = DATA / "divisions.json.gz"
FORMAT = 1


class UnreadableFile(Exception):
    """The data file is missing, damaged or of another format."""


@dataclass
class Record:
    """One line of the file; days in ISO 8601, degrees in WGS 84.

    `former` holds the titles it had before its present one, oldest first, each with the last day
    (`until`), `kind`, `name` and `parent`.
    """

    id: str
    kind: str
    name: str
    parent: str | None
    latitude: float | None = None
    longitude: float | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    former: list[dict[str, Any]] = field(default_factory=list)
    successors: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.id.partition("-")[2]


def write(records: Iterable[Record], sources: list[str], path: Path = FILE) -> None:
    """Writes the file; the same records give the same bytes (with the same zlib)."""
    rows = [astuple(record) for record in sorted(records, key=lambda r: (len(r.id), r.id))]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    head = json.dumps({"format": FORMAT, "sources": sources}, ensure_ascii=False)[:-1]
    text = f'{head}, "divisions": [\n{lines}\n]}}\n'
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def read(path: Path = FILE) -> list[Record]:
    """The records of the file, parents before their children. Raises UnreadableFile."""
    try:
        content = json.loads(gzip.decompress(path.read_bytes()))
        if content["format"] != FORMAT:
            raise UnreadableFile(f"{path} has format {content['format']}, not {FORMAT}")
        return [Record(*row) for row in content["divisions"]]
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}") from error
    except (EOFError, KeyError, TypeError, ValueError) as error:
        raise UnreadableFile(f"{path} is damaged: {error}") from error
