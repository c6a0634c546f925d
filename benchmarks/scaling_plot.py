"""Time and memory by applicants, both axes logarithmic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from tildeling.report import palette
from tildeling.report.plots.axes import calm

MEMORY = "peak_memory_mb"
MARKS = "osD^vPX"


def draw(runs: Sequence[Mapping[str, Any]], measures: Mapping[str, str], path: Path) -> None:
    """Two panels, seconds on the left and peak memory on the right, as SVG; the same bytes every time."""
    figure = Figure(figsize=(9.6, 4.2), layout="constrained")
    figure.patch.set_facecolor(palette.PAPER)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    names = [name for name in measures if name != MEMORY]
    shades = palette.shades(names)
    for name, mark in zip(names, MARKS, strict=False):
        _line(left, runs, name, shades[name].dark, mark, measures[name].removesuffix(" s"))
    _line(right, runs, MEMORY, palette.CALM, "o", "")
    left.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5), reverse=True)
    left.set_title("Seconds", fontsize=10, color=palette.INK, loc="left")
    right.set_title("Peak memory of all processes, MB", fontsize=10, color=palette.INK, loc="left")
    for ax in (left, right):
        _log(ax, sorted({run["applicants"] for run in runs}))
    path.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": path.stem}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _line(ax: Any, runs: Sequence[Mapping[str, Any]], name: str, colour: str, mark: str, label: str) -> None:
    points = sorted((run["applicants"], run[name]) for run in runs if run.get(name))
    if points:
        x, y = zip(*points, strict=True)
        ax.plot(x, y, color=colour, marker=mark, markersize=4.5, linewidth=1.4, label=label)


def _log(ax: Any, sizes: Sequence[int]) -> None:
    ax.set_xscale("log")
    ax.set_yscale("log")
    calm(ax, "y")
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes], rotation=45, ha="right")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.tick_params(axis="both", labelsize=8)
    ax.set_xlabel("applicants", fontsize=9, color=palette.INK)
