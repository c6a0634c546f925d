"""The rota as one picture: people down, days across, a colour and a code for each shift."""

from __future__ import annotations

from typing import Any

from matplotlib.collections import PatchCollection
from matplotlib.patches import Patch, Rectangle

from tildeling.report import palette
from tildeling.report.plots.axes import new_axes
from tildeling.report.rota.words import RotaWords
from tildeling.rota.sheet.looks import KINDS, RED, WEEKEND
from tildeling.rota.sheet.view import View

_CELL = 0.24
"""Inches of a day and of a person."""


def roster(view: View, words: RotaWords, ax: Any = None) -> Any:
    """Draw every planned day of everyone; a breach has a frame."""
    people, days = view.lines, view.days
    if ax is None:
        ax = new_axes(2.0 + _CELL * len(days), 1.4 + _CELL * len(people))
    for at, day in enumerate(days):
        shade = RED if day in view.red else WEEKEND if day.weekday() >= 5 else None
        if shade:
            ax.axvspan(at, at + 1, color=shade, linewidth=0)
    boxes: dict[str, list[Rectangle]] = {}
    frames = []
    kinds = set()
    for row, line in enumerate(people):
        for at, cell in enumerate(line.cells):
            if cell.code is not None:
                kind = view.data.shift[cell.code].kind
                kinds.add(kind)
                boxes.setdefault(KINDS[kind], []).append(Rectangle((at + 0.06, row + 0.08), 0.88, 0.84))
            if any(breach.hard for breach in view.noted(cell)):
                frames.append(Rectangle((at + 0.03, row + 0.03), 0.94, 0.94))
            if cell.text:
                colour = "#ffffff" if cell.code else palette.MUTED
                ax.text(at + 0.5, row + 0.53, cell.text[:4], ha="center", va="center", color=colour,
                        fontsize=6 if len(cell.text) < 3 else 4.5, parse_math=False)  # fmt: skip
    for colour, found in boxes.items():
        ax.add_collection(PatchCollection(found, facecolor=colour, linewidth=0))
    ax.add_collection(PatchCollection(frames, facecolor="none", edgecolor=palette.ALARM, linewidth=1.8))
    _axes(view, words, ax)
    handles = [
        Patch(color=KINDS[kind], label=words(f"kind_{kind}"), linewidth=0) for kind in KINDS if kind in kinds
    ]
    if frames:
        handles.append(
            Patch(facecolor="none", edgecolor=palette.ALARM, linewidth=1.8, label=words("looks_breach"))
        )
    if handles:
        ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.4 / (1 + _CELL * len(people))),
                  ncols=4, frameon=False, fontsize=8)  # fmt: skip
    return ax


def _axes(view: View, words: RotaWords, ax: Any) -> None:
    people, days = view.lines, view.days
    ax.set_xlim(0, len(days))
    ax.set_ylim(len(people), 0)
    ax.set_yticks([row + 0.5 for row in range(len(people))], [line.person.staff_id for line in people],
                  fontsize=7, parse_math=False)  # fmt: skip
    ax.set_xticks(
        [at + 0.5 for at in range(len(days))], [words.letters[day.weekday()] for day in days], fontsize=6
    )
    ax.xaxis.tick_top()
    weeks = ax.secondary_xaxis("top")
    weeks.set_xticks(
        [7 * week + 3.5 for week in range(view.data.info.weeks)],
        [words.week(week) for week in range(view.data.info.weeks)], fontsize=8,
    )  # fmt: skip
    weeks.tick_params(length=0, pad=16, colors=palette.INK)
    weeks.spines["top"].set_visible(False)
    for at in range(0, len(days) + 1, 7):
        ax.axvline(at, color="#8793a0", linewidth=0.8)
    for row in range(len(people) + 1):
        ax.axhline(row, color=palette.LINE, linewidth=0.4)
    for side in ax.spines.values():
        side.set_visible(False)
    ax.tick_params(length=0, colors=palette.INK)
