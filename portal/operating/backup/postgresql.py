"""A PostgreSQL database in a backup: what pg_dump reads of one exported snapshot."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.extensions import make_dsn

from portal.operating.backup.manifest import Progress, Refused, Table

FILE = "database.dump"
# Where Debian keeps the programs of each version.
PROGRAMS = Path("/usr/lib/postgresql")
# Neither what was given to users of the one server, nor what only its administrator may say.
PORTABLE = ("--no-owner", "--no-privileges", "--no-comments")

# How values are written, whatever the server, its database and its user are set to. A snapshot
# must outlive the programs that read it.
SETTINGS = """
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'iso_8601';
SET bytea_output = 'hex'; SET extra_float_digits = 1; SET client_encoding = 'UTF8';
SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
"""
TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.oid::regclass::text COLLATE "C"
"""
# Texts in the order of their bytes: that of a database's own language may differ on another server.
ORDER = """
SELECT string_agg(quote_ident(a.attname)
                  || CASE t.typcategory WHEN 'S' THEN ' COLLATE "C"' ELSE '' END,
                  ', ' ORDER BY array_position(i.indkey::int2[], a.attnum))
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
JOIN pg_type t ON t.oid = a.atttypid
WHERE i.indisprimary AND i.indrelid = %s::regclass
"""


@contextmanager
def snapshot(
    database: BaseDatabaseWrapper, folder: Path, *, without: frozenset[str], progress: Progress
) -> Iterator[Any]:
    """Writes the database into `folder`, without the rows of the tables `without`, and gives a
    connection that sees exactly what was written."""
    with _connection(database) as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        cursor = connection.cursor()
        cursor.execute("SELECT pg_export_snapshot()")
        (name,) = cursor.fetchone()
        _run(
            "pg_dump", database,
            "--format=custom", f"--snapshot={name}", *PORTABLE,
            *(f"--exclude-table-data={table}" for table in without),
            f"--file={folder / FILE}",
            version=connection.server_version // 10_000,
        )  # fmt: skip
        progress(1, 1)
        yield connection


def tables(connection: Any) -> list[str]:
    """All but those that belong to an extension, as they are written in a statement."""
    cursor = connection.cursor()
    cursor.execute(TABLES)
    return [name for (name,) in cursor.fetchall()]


def summed(connection: Any, table: str) -> Table:
    """The rows of `table`, and the SHA-256 of all of them in the order of its primary key."""
    cursor = connection.cursor()
    cursor.execute(ORDER, [table])
    order = cursor.fetchone()[0] or f'{table}::text COLLATE "C"'
    reader = _Reader()
    cursor.copy_expert(
        f"COPY (SELECT * FROM {table} ORDER BY {order}) TO STDOUT",  # noqa: S608 - names of ours
        reader,
    )
    return Table(reader.rows, reader.digest.hexdigest())


class _Reader:
    """What COPY writes to: one line a row, line ends within values are escaped."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.rows = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.rows += data.count(b"\n")
        return len(data)


def version(connection: Any) -> str:
    return f"PostgreSQL {connection.server_version // 10_000}"


def refuse_if_used(database: BaseDatabaseWrapper) -> None:
    """Raises Refused unless the database is one that a backup may be loaded into."""
    with _connection(database) as connection:
        found = tables(connection)
    if found:
        raise Refused(
            f"the database {database.settings_dict['NAME']} has {len(found)} tables; make an empty"
            " one (createdb) and name it in DATABASE_URL"
        )


@contextmanager
def loaded(database: BaseDatabaseWrapper, folder: Path) -> Iterator[Any]:
    """Loads the backup's database in one transaction: whole or not at all. Then gives a connection
    to it."""
    with _connection(database) as connection:
        connection.autocommit = True
        _run(
            "pg_restore", database,
            "--single-transaction", "--exit-on-error", *PORTABLE, str(folder / FILE),
            version=connection.server_version // 10_000,
        )  # fmt: skip
        # A dump has no statistics, and without them the first readers would wait.
        connection.cursor().execute("ANALYZE")
        yield connection


@contextmanager
def _connection(database: BaseDatabaseWrapper) -> Iterator[Any]:
    """One of our own, which nothing of the portal's settings changes."""
    try:
        with closing(
            psycopg2.connect(**_parameters(database), password=_password(database))
        ) as connection:
            connection.cursor().execute(SETTINGS)
            connection.commit()
            yield connection
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise Refused(f"the database cannot be used: {reason}") from error


def _parameters(database: Any) -> dict[str, Any]:
    """What libpq is told, but for the password, which other users of the machine could see."""
    parameters = database.get_connection_params()
    ours = {"context", "cursor_factory", "password", "prepare_threshold"}
    return {name: value for name, value in parameters.items() if name not in ours}


def _password(database: BaseDatabaseWrapper) -> str | None:
    return database.settings_dict["PASSWORD"] or None


def _run(name: str, database: BaseDatabaseWrapper, *arguments: str, version: int) -> None:
    program = _program(name, version)
    environment = dict(os.environ)
    if password := _password(database):
        environment["PGPASSWORD"] = password
    done = subprocess.run(
        [program, f"--dbname={make_dsn(**_parameters(database))}", *arguments],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error:" in line]
        reason = (said or done.stderr.strip().splitlines() or [f"status {done.returncode}"])[0]
        raise Refused(f"{name} failed: {reason.removeprefix(f'{name}: error: ')}")


def _program(name: str, version: int) -> str:
    """The program of the server's own `version` if it is here, else the one that is found."""
    own = PROGRAMS / str(version) / "bin" / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise Refused(f"{name} is not here; install the package postgresql-client-{version}")
    return found
