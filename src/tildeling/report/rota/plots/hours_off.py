"""Hours each has above or below what the position says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tildeling.report import palette
from tildeling.report.plots.axes import calm, new_axes
from tildeling.report.rota.words import RotaWords


def hours_off(rows: Sequence[tuple[str, float]], words: RotaWords, ax: Any = None) -> Any:
    """Draw a bar up or down for (who, hours above the target), in the order given."""
    if ax is None:
        ax = new_axes(max(4.0, min(8.2, 1.2 + 0.14 * len(rows))), 2.1)
    for sign, colour, hatch in ((1, palette.CALM, ""), (-1, "#d9a441", "///")):
        places = [at for at, (_, hours) in enumerate(rows) if hours * sign > 0]
        ax.bar(
            places,
            [rows[at][1] for at in places],
            0.72,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0,
        )
    ax.axhline(0, color=palette.MUTED, linewidth=0.9)
    ax.set_xticks(range(len(rows)), [name[:10] for name, _ in rows], rotation=90, parse_math=False)
    ax.set_xlim(-0.7, max(len(rows), 1) - 0.3)
    most = max([1.0, *(abs(hours) for _, hours in rows)])
    ax.set_ylim(-1.08 * most, 1.08 * most)
    ax.set_ylabel(words("axis_hours"), fontsize=8, color=palette.INK)
    calm(ax, "y")
    ax.tick_params(axis="x", labelsize=7)
    return ax
