"""Places by the million, as varied as real ones, made within the database."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from locations.models import Division, ExposureLocation
from portal.text import fold

WHAT = (
    "Chợ", "Siêu thị", "Quán cà phê", "Nhà hàng", "Khách sạn", "Trường tiểu học", "Công ty",
    "Bến xe", "Nhà thuốc", "Trạm y tế", "Quán bún bò Huế", "Tiệm vàng", "Chùa", "Nhà thờ",
)  # fmt: skip
# Consecutive numbers become scattered ones, the same on either database.
SCATTER, PRIME = 48271, 2147483647
# Approvals come in batches, whose entries share one time.
BATCH, BATCH_SECONDS = 20, 1800


def fill(
    template: ExposureLocation,
    count: int,
    *,
    wards: Iterable[Division],
    newest: datetime,
    mark: str,
) -> None:
    """`count` more places like `template` in `wards`, with a window each, the newest published
    at `newest` and each batch of 20 half an hour before the one after it; all listed for the
    same time as `template`. Codes begin with `mark`, a letter that no other call has used."""
    _helpers(list(wards))
    table = template._meta.db_table
    listed = template.listed_until - template.published_at
    moments = {
        "published_at": _before(newest),
        "updated_at": _before(newest),
        "listed_until": _before(newest + listed),
    }
    texts = {
        "name": "what.name || ' ' || a.name || ' ' || (n.i %% 397)",
        "address": "(n.i %% 499) || ' ' || b.name",
        "unit_path": "w.path",
        "search_text": "what.folded || ' ' || a.folded || ' ' || (n.i %% 397) || ' ' ||"
        f" (n.i %% 499) || ' ' || b.folded || ' {mark.lower()}' || n.i || ' ' || w.folded",
    }
    keys = {"province_id": "w.province", "ward_id": "w.ward", "code": f"'{mark}' || n.i"}
    _insert(
        template,
        moments | texts | keys,
        before="WITH RECURSIVE n(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n "
        f"WHERE i < {count:d})",
        source=f"n JOIN many_names a ON a.i = {_scattered(1)} %% (SELECT count(*) FROM many_names)"
        f" JOIN many_names b ON b.i = {_scattered(7)} %% (SELECT count(*) FROM many_names)"
        f" JOIN many_what what ON what.i = {_scattered(3)} %% {len(WHAT)}"
        f" JOIN many_wards w ON w.i = {_scattered(5)} %% (SELECT count(*) FROM many_wards)",
    )
    day = "CAST(p.published_at AS date)" if _on_postgresql() else "date(p.published_at)"
    _insert(
        template.windows.all()[0],
        {"location_id": "p.id", "starts_on": day, "ends_on": day},
        source=f"locations_exposurelocation p WHERE p.code LIKE '{mark}%%'",
    )
    with connection.cursor() as cursor:
        for name in ("names", "what", "wards"):
            cursor.execute(f"DROP TABLE many_{name}")
        if _on_postgresql():
            # As autovacuum would; nothing does it for SQLite. The planner counts each page of
            # new rows that wait outside the search index, and takes other indexes for that.
            cursor.execute(
                "SELECT gin_clean_pending_list(oid) FROM pg_class WHERE relname = %s",
                [f"{table}_search"],
            )
            cursor.execute("ANALYZE")


def _helpers(wards: list[Division]) -> None:
    """The words that texts are put together from: names of wards, as streets and shops have."""
    names = sorted(set(Division.objects.wards().values_list("name", flat=True)))
    province = dict(
        Division.objects.filter(publishers__isnull=False).values_list("pk", "publishers")
    )
    rows = []
    for ward in wards:
        top = ward.parent.parent or ward.parent
        path = ward.path_name(ward.valid_to)
        rows.append((ward.pk, province[top.pk], path, fold(path)))
    with_folds = {"names": names, "what": WHAT}
    with connection.cursor() as cursor:
        for table, words in with_folds.items():
            cursor.execute(
                f"CREATE TEMPORARY TABLE many_{table} "
                "(i integer PRIMARY KEY, name text, folded text)"
            )
            cursor.executemany(
                f"INSERT INTO many_{table} VALUES (%s, %s, %s)",
                [(i, word, fold(word)) for i, word in enumerate(words)],
            )
        cursor.execute(
            "CREATE TEMPORARY TABLE many_wards "
            "(i integer PRIMARY KEY, ward text, province bigint, path text, folded text)"
        )
        cursor.executemany(
            "INSERT INTO many_wards VALUES (%s, %s, %s, %s, %s)",
            [(i, *row) for i, row in enumerate(rows)],
        )


def _insert(row: Any, instead: dict[str, str], *, source: str, before: str = "") -> None:
    """A copy of `row` for each row of `source`, with other expressions for some columns."""
    copied = {f.column: f for f in row._meta.concrete_fields if not f.primary_key}
    given = [name for name in copied if name not in instead]
    chosen = ", ".join(instead.get(name, "%s") for name in copied)
    values = [
        copied[name].get_db_prep_save(getattr(row, copied[name].attname), connection)
        for name in given
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{before} INSERT INTO {row._meta.db_table} ({', '.join(copied)}) "
            f"SELECT {chosen} FROM {source}",
            values,
        )


def _on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _scattered(seed: int) -> str:
    return f"((n.i * {SCATTER + 2 * seed}) %% {PRIME})"


def _before(newest: datetime) -> str:
    seconds = f"(n.i / {BATCH}) * {BATCH_SECONDS}"
    moment = newest.replace(microsecond=0)
    if _on_postgresql():
        return f"timestamptz '{moment.isoformat()}' - {seconds} * interval '1 second'"
    utc = (moment - moment.utcoffset()).replace(tzinfo=None)
    return f"datetime('{utc}', '-' || ({seconds}) || ' seconds')"
