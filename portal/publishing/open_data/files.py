"""Open data as CSV, JSON and GeoJSON, written piece by piece, however many rows there are."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from portal.publishing.models import EntryQuerySet
from portal.publishing.open_data.dataset import Dataset, Row, Value
from portal.web.spreadsheets import as_cell
from portal.web.times import iso

# Entries that are in memory at once. Each chunk is asked by itself from where the last one ended,
# so that a slow download keeps no cursor open in the database.
CHUNK = 500
BYTE_ORDER_MARK = "\ufeff"

Table = Iterator[list[Row]]


def csv_file(dataset: Dataset, table: Table, *, bom: bool = False) -> Iterator[str]:
    """A row of column names, then the rows, as RFC 4180 has it; `bom` is for Excel."""
    names = [column.name for column in dataset.columns]
    yield (BYTE_ORDER_MARK if bom else "") + _lines([names])
    for rows in table:
        yield _lines([[_cell(value) for value in dataset.values(row).values()] for row in rows])


def json_file(dataset: Dataset, table: Table, about: dict[str, Any]) -> Iterator[str]:
    """An object: what `about` says, and `rows`, each an object by column."""
    yield from _object(about, "rows", table, lambda row: _plain(dataset.values(row)))


def geojson_file(dataset: Dataset, table: Table, about: dict[str, Any]) -> Iterator[str]:
    """A FeatureCollection by RFC 7946: a feature each row, with every column as a property."""

    def feature(row: Row) -> dict[str, Any]:
        return {
            "type": "Feature",
            "id": f"{row.entry.code}-{row.number}",
            "geometry": dataset.geometry(row) if dataset.geometry else None,
            "properties": _plain(dataset.values(row)),
        }

    yield from _object({"type": "FeatureCollection", **about}, "features", table, feature)


def table_of(dataset: Dataset, entries: EntryQuerySet, at: datetime) -> Table:
    """The rows of `entries` chunk by chunk, in the order in which entries were first written."""
    last = 0
    while chunk := list(dataset.load(entries.filter(pk__gt=last), at).order_by("pk")[:CHUNK]):
        yield list(dataset.rows(chunk, at))
        last = chunk[-1].pk


def in_vietnamese(parts: Iterator[str]) -> Iterator[str]:
    """Makes each part with Vietnamese active: a file is written after its request has been left,
    and between two parts the thread may do something else."""
    while True:
        with translation.override(settings.LANGUAGE_CODE):
            part = next(parts, None)
        if part is None:
            return
        yield part


def _object(
    about: dict[str, Any], name: str, table: Table, item: Callable[[Row], dict[str, Any]]
) -> Iterator[str]:
    yield f"{_json(about)[:-1]},{_json(name)}:["
    separator = "\n"
    for rows in table:
        yield separator + ",\n".join(_json(item(row)) for row in rows)
        separator = ",\n"
    yield "\n]}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(values: dict[str, Value]) -> dict[str, Any]:
    return {name: said(value) for name, value in values.items()}


def said(value: Value) -> Any:
    """A value as files say it: days and moments in ISO 8601, moments with Vietnam's offset."""
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, date) else value


def _lines(rows: list[list[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _cell(value: Value) -> Any:
    shown = " ".join(value) if isinstance(value, list) else said(value)
    return as_cell(shown) if isinstance(shown, str) else shown
