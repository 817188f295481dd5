"""A SQLite database in a backup: a copy by the online backup API, which holds up no writer."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db.backends.base.base import BaseDatabaseWrapper

from portal.operating.backup.manifest import Progress, Refused, Table

FILE = "database.sqlite3"
# Pages copied at a time; between two of them progress is told.
PAGES = 4096
# Seconds to wait for a lock, as for the portal itself.
TIMEOUT = 20


@contextmanager
def snapshot(
    database: BaseDatabaseWrapper, folder: Path, *, without: frozenset[str], progress: Progress
) -> Iterator[sqlite3.Connection]:
    """Writes the database into `folder`, without the rows of the tables `without`, and gives a
    connection to exactly what was written."""
    path = Path(database.settings_dict["NAME"])
    if not path.is_file():
        raise Refused(f"there is no database at {path}; DATABASE_URL names it")
    try:
        with (
            closing(_opened(database, path)) as source,
            closing(_opened(database, folder / FILE, "rwc")) as copy,
        ):
            # A transaction that has read holds on to one moment, however long the copying takes;
            # otherwise every write of others would make it begin again.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(
                copy,
                pages=PAGES,
                progress=lambda _status, left, total: progress(total - left, total),
            )
            source.execute("ROLLBACK")
            copy.execute("PRAGMA journal_mode=DELETE")
            for table in without:
                copy.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608 - a name of ours
            # Also what was deleted long ago is then out of the file.
            copy.execute("VACUUM")
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise Refused(
                    f"the database {path} is damaged ({found}); restore an earlier backup"
                )
            yield copy
    except sqlite3.Error as error:
        raise Refused(f"the database {path} cannot be copied: {error}") from error


def tables(connection: sqlite3.Connection) -> list[str]:
    """Those of the portal: what SQLite and its full-text index keep for themselves follows."""
    rows = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [name for (name,) in rows]


def summed(connection: sqlite3.Connection, table: str) -> Table:
    """The rows of `table`, and the SHA-256 of all of them in the order of its primary key."""
    columns = connection.execute(
        "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", [table]
    ).fetchall()
    keys = [name for name, pk in sorted(columns, key=lambda column: column[1]) if pk]
    values = ", ".join(f"quote({_quoted(name)})" for name, _pk in columns)
    order = ", ".join(map(_quoted, keys)) or "rowid"
    digest, rows = hashlib.sha256(), 0
    for row in connection.execute(
        f"SELECT {values} FROM {_quoted(table)} ORDER BY {order}"  # noqa: S608 - names of ours
    ):
        digest.update("\0".join(row).encode())
        digest.update(b"\n")
        rows += 1
    return Table(rows, digest.hexdigest())


def version(connection: sqlite3.Connection) -> str:
    return f"SQLite {connection.execute('SELECT sqlite_version()').fetchone()[0]}"


def refuse_if_used(database: BaseDatabaseWrapper) -> None:
    """Raises Refused unless the database is one that a backup may be loaded into."""
    path = Path(database.settings_dict["NAME"])
    if not path.exists():
        return
    try:
        with closing(_opened(database, path)) as connection:
            found = tables(connection)
    except sqlite3.Error as error:
        raise Refused(f"{path} is no SQLite database ({error}); move it away") from error
    if found:
        raise Refused(
            f"{path} has {len(found)} tables; stop the portal and move it away, with"
            f" {path.name}-wal and {path.name}-shm, or name another place in DATABASE_URL"
        )


@contextmanager
def loaded(database: BaseDatabaseWrapper, folder: Path) -> Iterator[sqlite3.Connection]:
    """Puts the database of the backup in its place, once what is done with the connection to it
    has raised nothing; otherwise nothing is left."""
    path = Path(database.settings_dict["NAME"])
    partial = path.with_name(f".{path.name}.restoring")
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / FILE, partial)
    try:
        with closing(_opened(database, partial)) as connection:
            yield connection
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        for left in ("-wal", "-shm"):
            path.with_name(path.name + left).unlink(missing_ok=True)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _opened(database: BaseDatabaseWrapper, path: Path, mode: str = "rw") -> sqlite3.Connection:
    """By Django, because its functions are in the expressions of indexes; in the mode that the
    file is in, and without transactions of its own."""
    other: Any = database.copy()
    other.settings_dict["NAME"] = f"file:{quote(str(path))}?mode={mode}"
    other.settings_dict["OPTIONS"] = {"timeout": TIMEOUT}
    connection = other.get_new_connection(other.get_connection_params())
    connection.isolation_level = None
    return connection


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
