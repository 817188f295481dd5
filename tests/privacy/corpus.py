"""The labelled texts. No person, number or address in them is real.

`tuning`: the rules were written with them. `held_out`: written before the rules, which were never
changed for them. `later`: written when the rules were finished, with what had not been thought of;
what the lint misses there it misses.
"""

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
# Hotlines that the provinces of the texts list.
HOTLINES = (
    "1900 9095",
    "1900 3228",
    "0225 3842 115",
    "0225 3951 115",
    "0274 3855 115",
    "0989 555 115",
)


@dataclass(frozen=True)
class Labelled:
    text: str
    findings: tuple[tuple[str, int, int], ...]  # rule, start, end


def read(name: str) -> list[Labelled]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_labelled(json.loads(line)) for line in lines]


def _labelled(values: dict) -> Labelled:
    text, found, end = values["text"], [], 0
    for finding in values["findings"]:  # in the order of the text
        start = text.index(finding["words"], end)
        end = start + len(finding["words"])
        found.append((finding["rule"], start, end))
    return Labelled(text, tuple(found))
