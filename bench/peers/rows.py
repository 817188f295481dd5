"""The rows that every peer shows: those of the portal's own open data."""

import json
import os
from pathlib import Path

FIELDS = ("name", "starts_at", "ends_at", "address", "unit", "action", "added")


def read() -> list[dict[str, str]]:
    """Those in the file ROWS."""
    return json.loads(Path(os.environ["ROWS"]).read_text())


def shown() -> int | None:
    """How many of them a page shows: SHOWN, or all."""
    return int(os.environ.get("SHOWN", "0")) or None
