"""Axes of one look, without pyplot: nothing global is opened or has to be closed."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from tildeling.report import palette


def new_axes(width: float, height: float) -> Any:
    """An axes on a figure of its own, in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.patch.set_alpha(0)
    return figure.subplots()


def calm(ax: Any, grid: str) -> None:
    """Take away what says nothing; a light grid along one axis ("x" or "y")."""
    for side in ("top", "right", "left" if grid == "x" else "bottom"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(palette.LINE)
    ax.grid(axis=grid, color=palette.LINE, linewidth=0.7)
    ax.set_axisbelow(True)
    ax.tick_params(colors=palette.INK, length=0, labelsize=9)
    ax.patch.set_alpha(0)
