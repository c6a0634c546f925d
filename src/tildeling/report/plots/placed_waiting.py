"""Placed and waiting by target group, side by side; hidden numbers as words instead of bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tildeling.housing.indicators import Amount
from tildeling.report import palette
from tildeling.report.plots.axes import calm, new_axes
from tildeling.report.words import Words


def placed_waiting(rows: Sequence[tuple[str, Amount, Amount]], words: Words, ax: Any = None) -> Any:
    """Draw bars for (name, placed, waiting), the first row on top."""
    if ax is None:
        ax = new_axes(8.2, 1.0 + 0.46 * len(rows))
    series = (
        (words("column_placed"), [row[1] for row in rows], palette.CALM, "", -0.19),
        (words("column_waiting"), [row[2] for row in rows], "#d9a441", "///", 0.19),
    )
    most = max([a.count or 0 for row in rows for a in row[1:]], default=0)
    for label, amounts, colour, hatch, shift in series:
        places = [i + shift for i in range(len(rows))]
        ax.barh(
            places, [a.count or 0 for a in amounts], 0.36, label=label, color=colour, hatch=hatch,
            edgecolor="white", linewidth=0,
        )  # fmt: skip
        for place, amount in zip(places, amounts, strict=True):
            x = (amount.count or 0) + most * 0.008
            colour_ = palette.MUTED if amount.count is None else palette.INK
            ax.text(x, place, words.amount(amount, ""), va="center", fontsize=8, color=colour_)
    ax.set_yticks(range(len(rows)), [row[0] for row in rows], parse_math=False)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, max(most, 1) * 1.08)
    ax.set_xlabel(words("unit_applicants"), fontsize=9, color=palette.INK)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False, fontsize=9)
    calm(ax, "x")
    return ax
