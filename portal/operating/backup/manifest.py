"""What a backup says of itself, and whether that is so."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from portal.publishing.ledger import canonical_json

FORMAT = 1
NAME = "manifest.json"
BLOCK = 1024 * 1024

Progress = Callable[[int, int], None]


class Refused(Exception):
    """Why it cannot be done: one line for each reason, each with the way out."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return "\n".join(self.reasons)


@dataclass(frozen=True)
class File:
    size: int
    sha256: str


@dataclass(frozen=True)
class Table:
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`made_at` is ISO 8601 with offset, of the machine's clock; `portal` the release of the code;
    `migrations` are those applied, as "app.name"; `ledger` its end, as `verify_ledger` prints it;
    `files` are named by their path in the backup."""

    made_at: str
    portal: str
    database: str
    server: str
    migrations: list[str]
    ledger: str
    tables: dict[str, Table]
    files: dict[str, File]
    format: int = field(default=FORMAT)

    def write(self, folder: Path) -> None:
        content = asdict(self)
        content["sha256"] = _digest(content)
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / NAME).write_text(text + "\n")

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def read(folder: Path) -> Manifest:
    """The manifest of the backup in `folder`. Raises Refused if it is none that we understand."""
    path = folder / NAME
    try:
        content = json.loads(path.read_bytes())
        known = content["format"] if isinstance(content["format"], int) else 0
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}; this is no whole backup") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused(f"{path} is no manifest; take another backup") from error
    if known != FORMAT:
        raise Refused(
            f"{path} has format {content['format']!r}, and this portal knows {FORMAT} only;"
            " restore it with the release of the portal that made it"
        )
    if content.pop("sha256", None) != _digest(content):
        raise Refused(f"{path} was changed after it was made; take another backup")
    return Manifest(
        **content
        | {
            "tables": {name: Table(**table) for name, table in content["tables"].items()},
            "files": {name: File(**file) for name, file in content["files"].items()},
        }
    )


def describe(folder: Path, names: list[str]) -> dict[str, File]:
    """Size and SHA-256 of the files `names` in `folder`."""
    return {name: File((folder / name).stat().st_size, _sha256(folder / name)) for name in names}


def files_in(folder: Path) -> list[str]:
    """The files of a backup by their path in it, without the manifest."""
    paths = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return [name for path in paths if (name := path.relative_to(folder).as_posix()) != NAME]


def check_files(folder: Path, manifest: Manifest, progress: Progress) -> None:
    """Raises Refused, with every file that is missing, changed, or not of the backup."""
    here = set(files_in(folder))
    reasons = [
        f"{folder / name} is not in the manifest" for name in sorted(here - set(manifest.files))
    ]
    for done, (name, expected) in enumerate(sorted(manifest.files.items()), start=1):
        path = folder / name
        if not _is_inside(name) or path.is_symlink():
            reasons.append(f"{name!r} leads out of the backup")
        elif name not in here:
            reasons.append(f"{path} is missing")
        elif path.stat().st_size != expected.size or _sha256(path) != expected.sha256:
            reasons.append(f"{path} was changed after the backup was made")
        progress(done, len(manifest.files))
    if reasons:
        raise Refused(*reasons, "nothing was restored; take another backup")


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
