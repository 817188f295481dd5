"""Open data as a program reads it, with parsers that are not ours."""

import csv
import io
import json
from typing import Any

from geojson_pydantic import FeatureCollection


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def rows(response: Any) -> list[dict[str, Any]]:
    """The rows of the file, whatever its format."""
    disposition = response.headers["Content-Disposition"]
    extension = disposition.rstrip('"').rpartition(".")[2]
    return {"csv": csv_rows, "json": json_rows, "geojson": geojson_rows}[extension](body(response))


def csv_rows(content: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def json_rows(content: bytes) -> list[dict[str, Any]]:
    return json.loads(content)["rows"]


def geojson_rows(content: bytes) -> list[dict[str, Any]]:
    """Checks the structure of RFC 7946 as well."""
    return [feature["properties"] for feature in features(content)]


def features(content: bytes) -> list[dict[str, Any]]:
    FeatureCollection.model_validate_json(content)
    return json.loads(content)["features"]


def as_cell(value: Any) -> str:
    """How CSV has to say a value of JSON."""
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, list) else str(value)
