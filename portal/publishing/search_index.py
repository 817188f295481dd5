"""The index behind `EntryQuerySet.search`: the trigrams of the folded text, on either database.

What is found is said by the words alone: each must occur in `search_text`. The index only spares
the database from reading every row. PostgreSQL has it as GIN of `pg_trgm` and decides by its
statistics whether to use it. SQLite has it as a table of FTS5, which triggers keep; it has no
statistics of words, so a bounded look at the index decides.
"""

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

# What a folded text is made of (`portal.text.fold`).
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz "
TRIGRAM = 3
# Up to so many matches SQLite fetches through the index and sorts. What occurs more often is
# found sooner by reading the newest entries, which is the order of every list.
OFTEN = 10_000

# PostgreSQL decides by so many samples of a column whether its index or the order of the list leads
# to the newest matches sooner. Its own 100 cannot tell a word of one row in a thousand from one of
# none, and ten thousand rows are then sorted to show twenty.
SAMPLES = 400

# Statements of each database for the table {t}. The table of FTS5 is named after it, and keeps
# no texts of its own: what is taken out of it must be told as it was put in.
FTS5_ADD = "INSERT INTO {t}_search(rowid, search_text) VALUES (new.id, new.search_text || ' ')"
FTS5_TAKE = (
    "INSERT INTO {t}_search({t}_search, rowid, search_text) "
    "VALUES ('delete', old.id, old.search_text || ' ')"
)
MAKE = {
    "postgresql": (
        "CREATE INDEX CONCURRENTLY {t}_search ON {t} USING gin (search_text gin_trgm_ops)",
    ),
    "sqlite": (
        "CREATE VIRTUAL TABLE {t}_search USING "
        "fts5(search_text, content='', columnsize=0, tokenize='trigram')",
        "INSERT INTO {t}_search(rowid, search_text) SELECT id, search_text || ' ' FROM {t}",
        f"CREATE TRIGGER {{t}}_search_insert AFTER INSERT ON {{t}} BEGIN {FTS5_ADD}; END",
        f"CREATE TRIGGER {{t}}_search_delete AFTER DELETE ON {{t}} BEGIN {FTS5_TAKE}; END",
        "CREATE TRIGGER {t}_search_update AFTER UPDATE OF id, search_text ON {t} "
        "WHEN old.id <> new.id OR old.search_text <> new.search_text "
        f"BEGIN {FTS5_TAKE}; {FTS5_ADD}; END",
    ),
}
REMOVE = {
    "postgresql": ("DROP INDEX CONCURRENTLY IF EXISTS {t}_search",),
    "sqlite": (
        "DROP TRIGGER IF EXISTS {t}_search_insert",
        "DROP TRIGGER IF EXISTS {t}_search_delete",
        "DROP TRIGGER IF EXISTS {t}_search_update",
        "DROP TABLE IF EXISTS {t}_search",
    ),
}


def make(connection: BaseDatabaseWrapper, table: str) -> None:
    """Makes the index of `table`, anew if it is there; outside a transaction on PostgreSQL."""
    remove(connection, table)
    _execute(connection, MAKE, table)


def remove(connection: BaseDatabaseWrapper, table: str) -> None:
    _execute(connection, REMOVE, table)


def look_closer(connection: BaseDatabaseWrapper, table: str) -> None:
    """Has PostgreSQL take SAMPLES of the folded texts, from its next ANALYZE on."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ALTER search_text SET STATISTICS {SAMPLES}")


def narrowed(entries: QuerySet, words: list[str]) -> Any:
    """Those of `entries` whose folded text has each of `words` in it."""
    by_index = {"sqlite": _by_fts5, "postgresql": _by_trigrams}
    return by_index[connections[entries.db].vendor](entries, words)


def _by_trigrams(entries: Any, words: list[str]) -> Any:
    """PostgreSQL uses its index for what has a trigram; a pair of letters is given one.

    The pair is said once: of two conditions that say the same PostgreSQL takes the second to leave
    out as much again, and sorts ten thousand rows where it expects a hundred.
    """
    found = entries
    for word in words:
        if len(word) == TRIGRAM - 1:
            longer = f"{word}[0-9a-z ]|[0-9a-z ]{word}|^{word}$"
            found = found.filter(search_text__regex=longer)
        else:
            found = found.filter(search_text__contains=word)
    return found


def _by_fts5(entries: Any, words: list[str]) -> Any:
    found = entries
    for word in words:
        found = found.filter(search_text__contains=word)
    asked = " AND ".join(filter(None, map(_in_fts5, words)))
    table = f"{found.model._meta.db_table}_search"
    matches = f"SELECT rowid FROM {table} WHERE {table} MATCH %s"  # noqa: S608
    if not asked or _occurs_often(found.db, matches, asked):
        return found
    return found.filter(pk__in=RawSQL(matches, [asked]))  # noqa: S611 - the name is the model's


def _in_fts5(word: str) -> str:
    """`word` in the language of FTS5, whose words are trigrams; "" if it is no help.

    A pair of letters begins a trigram, because a space ends each text in the index.
    """
    if len(word) >= TRIGRAM:
        return f'"{word}"'
    if len(word) < TRIGRAM - 1:
        return ""
    longer = (f'"{word}{letter}"' for letter in ALPHABET)
    return f"({' OR '.join(longer)})"


def _occurs_often(alias: str, matches: str, asked: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({matches} LIMIT {OFTEN + 1})",  # noqa: S608
            [asked],
        )
        return cursor.fetchone()[0] > OFTEN


def _execute(
    connection: BaseDatabaseWrapper, statements: dict[str, tuple[str, ...]], table: str
) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement.format(t=table))
