"""How many communities have how many residents, today and after; sizes above the limits hatched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from matplotlib.ticker import MaxNLocator

from tildeling.report import palette
from tildeling.report.plots.axes import calm, new_axes
from tildeling.report.words import Words


def community_sizes(
    today: Sequence[int], after: Sequence[int], low: int, high: int, words: Words, ax: Any = None
) -> Any:
    """Draw two bars a size, today and after the proposal; empty communities are left out."""
    if ax is None:
        ax = new_axes(8.2, 3.0)
    before, now = (Counter(size for size in sizes if size) for sizes in (today, after))
    last = max([*before, *now, high], default=high)
    ax.bar(
        [size - 0.2 for size in sorted(before)], [before[n] for n in sorted(before)], 0.36, color="white",
        edgecolor=palette.MUTED, linewidth=1, label=words("column_before"),
    )  # fmt: skip
    bands = (
        (range(1, low + 1), palette.CALM, "", words("after_at_most", n=low)),
        (range(low + 1, high + 1), "#d9a441", "///", words("after_over", n=low)),
        (range(high + 1, last + 1), palette.ALARM, "xxx", words("after_over", n=high)),
    )
    for sizes, colour, hatch, label in bands:
        if sizes:
            ax.bar([n + 0.2 for n in sizes], [now[n] for n in sizes], 0.36, color=colour, hatch=hatch,
                   edgecolor="white", linewidth=0, label=label)  # fmt: skip
    for counts, shift in ((before, -0.2), (now, 0.2)):
        for size, count in counts.items():
            ax.text(
                size + shift,
                count,
                words.number(count),
                ha="center",
                va="bottom",
                fontsize=8,
                color=palette.INK,
            )
    ax.set_xticks(range(1, last + 1))
    ax.set_xlim(0.4, last + 0.6)
    ax.set_ylim(0, max([*before.values(), *now.values(), 1]) * 1.15)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    ax.set_xlabel(words("axis_residents"), fontsize=9, color=palette.INK)
    ax.set_ylabel(words("axis_communities"), fontsize=9, color=palette.INK)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False, fontsize=9)
    calm(ax, "y")
    return ax
