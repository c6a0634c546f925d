"""Load of each base, heaviest first, against its capacity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.ticker import FuncFormatter

from tildeling.report import palette
from tildeling.report.plots.axes import calm, new_axes
from tildeling.report.words import Words


def base_load(loads: Sequence[tuple[str, float]], near: float, words: Words, ax: Any = None) -> Any:
    """Draw bars for (base id, load as a fraction), with lines where a base is near and at its capacity."""
    if ax is None:
        ax = new_axes(8.2, 2.8)
    ordered = sorted(loads, key=lambda pair: (-pair[1], pair[0]))
    bands = (
        (0.0, near, palette.CALM, "", words("base_room")),
        (near, 1.0, "#d9a441", "///", words("base_near")),
        (1.0, float("inf"), palette.ALARM, "xxx", words("base_over")),
    )
    for low, high, colour, hatch, label in bands:
        places = [i for i, (_, load) in enumerate(ordered) if low < load <= high or load == low == 0.0]
        if places:
            ax.bar(places, [ordered[i][1] for i in places], 0.7, color=colour, hatch=hatch, edgecolor="white",
                   linewidth=0, label=label)  # fmt: skip
    for level in (near, 1.0):
        ax.axhline(level, color=palette.MUTED, linewidth=0.9, linestyle="--" if level < 1 else "-")
    ax.set_xticks(range(len(ordered)), [name[:12] for name, _ in ordered], rotation=90, parse_math=False)
    ax.set_xlim(-0.7, max(len(ordered), 1) - 0.3)
    ax.set_ylim(0, max([1.08, *(load * 1.05 for _, load in ordered)]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.percent(value)))
    ax.set_ylabel(words("axis_load"), fontsize=9, color=palette.INK)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=9)
    calm(ax, "y")
    ax.tick_params(axis="x", labelsize=7)
    return ax
