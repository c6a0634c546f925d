"""How much each has of what is to be shared, beside the share that follows from the position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.ticker import MaxNLocator

from tildeling.report import palette
from tildeling.report.plots.axes import calm, new_axes
from tildeling.report.rota.words import RotaWords

Share = tuple[str, float, float]
"""Who, how many, and how many it would be by position."""


def shares(rows: Sequence[Share], title: str, words: RotaWords, ax: Any = None) -> Any:
    """Draw a bar for each person, in the order given, and a line across it where the share is."""
    if ax is None:
        ax = new_axes(max(4.0, min(8.2, 1.2 + 0.14 * len(rows))), 2.1)
    places = range(len(rows))
    ax.bar(places, [value for _, value, _ in rows], 0.72, color=palette.CALM)
    ax.hlines(
        [share for _, _, share in rows], [at - 0.45 for at in places], [at + 0.45 for at in places],
        color=palette.ALARM, linewidth=1.6, label=words("axis_share"),
    )  # fmt: skip
    ax.set_xticks(places, [name[:10] for name, _, _ in rows], rotation=90, parse_math=False)
    ax.set_xlim(-0.7, max(len(rows), 1) - 0.3)
    ax.set_ylim(0, max([1.0, *(1.08 * max(value, share) for _, value, share in rows)]))
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.set_ylabel(title, fontsize=8, color=palette.INK)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=8)
    calm(ax, "y")
    ax.tick_params(axis="x", labelsize=7)
    return ax
