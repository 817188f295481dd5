"""Draws the growth curves: `python picture.py CURVES.json PICTURE.svg`."""

import json
import sys
from math import ceil, floor, log10
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt

# By name: colour and mark.
STYLES = {
    "portal": ("#0b5d4f", "o"),
    "stock Django": ("#b4540a", "s"),
    "Wagtail": ("#5b4bb5", "^"),
    "page of a province": ("#0b5d4f", "o"),
    "page of the country": ("#1f6fb2", "D"),
}
# What is drawn of a point, what it is called, and whether by powers of ten.
ROW_PANELS = (
    ("render", "CPU milliseconds to make the page", True),
    ("rate", "kept page: answers per CPU second", True),
    ("kilobytes", "kilobytes on the wire", True),
)
PROVINCE_PANELS = (
    ("render", "CPU milliseconds to make the page", False),
    ("rate", "kept page: answers per CPU second", False),
    ("memory", "megabytes of the process", False),
)


def main(curves: dict[str, Any], picture: Path) -> None:
    mpl.rcParams |= {
        "font.size": 9.5, "axes.spines.top": False, "axes.spines.right": False,
        "axes.grid": True, "grid.color": "#e3e3e3", "svg.hashsalt": "growth",
        "font.family": "DejaVu Sans",
    }  # fmt: skip
    figure, axes = plt.subplots(2, 3, figsize=(11.5, 6.6), layout="constrained")
    draw(axes[0], curves["rows"], ROW_PANELS, "rows in one province")
    draw(axes[1], curves["provinces"], PROVINCE_PANELS, "provinces with 300 rows each")
    figure.suptitle("Growth: one process on one core", fontweight="bold", x=0.01, ha="left")
    figure.savefig(picture, metadata={"Date": None})


def draw(row: Any, curves: dict[str, Any], panels: Any, below: str) -> None:
    for axes, (what, title, by_powers) in zip(row, panels, strict=True):
        for name, points in curves.items():
            sizes, values = [p["size"] for p in points], [p[what] for p in points]
            colour, mark = STYLES[name]
            axes.plot(sizes, values, f"{mark}-", color=colour, label=name)
        axes.set_xscale("log")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        if by_powers:
            axes.set_yscale("log")
            least, most = axes.get_ylim()
            axes.set_ylim(10 ** floor(log10(least)), 10 ** ceil(log10(most)))
            axes.yaxis.set_minor_formatter("")
            axes.yaxis.set_major_formatter(lambda value, _place: f"{value:,.10g}")
        else:
            axes.set_ylim(bottom=0, top=1.15 * axes.get_ylim()[1])
            axes.yaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
        axes.set_title(title, loc="left", fontsize=10)
        axes.set_xlabel(below)
    row[0].legend(frameon=False)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
