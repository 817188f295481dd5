"""What each coding makes of a page: `python codings.py FILE` prints JSON, a row for each, the
coding, its level, bytes and milliseconds."""

import gzip
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import brotli
import zstandard

RUNS = 15


def main(page: bytes) -> None:
    ways: dict[tuple[str, int], Callable[[bytes], bytes]] = {
        ("gzip", 6): partial(gzip.compress, compresslevel=6),
        ("br", 5): partial(brotli.compress, mode=brotli.MODE_TEXT, quality=5),
        ("br", 9): partial(brotli.compress, mode=brotli.MODE_TEXT, quality=9),
        **{("zstd", level): zstandard.ZstdCompressor(level=level).compress for level in (3, 9, 19)},
    }
    rows = []
    for (coding, level), compress in ways.items():
        took = []
        for _run in range(RUNS):
            started = time.process_time()
            made = compress(page)
            took.append(1000 * (time.process_time() - started))
        row = {"coding": coding, "level": level, "bytes": len(made), "ms": median(took)}
        rows.append(row)
    sys.stdout.write(json.dumps(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]).read_bytes())
