"""``rota.html``: a rota as one self-contained page, for screen, paper and screen reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tildeling.files.saving import whole_file
from tildeling.report.plots.svg import svg
from tildeling.report.rota.plots.hours_off import hours_off
from tildeling.report.rota.plots.shares import Share, shares
from tildeling.report.rota.words import RotaWords
from tildeling.rota.sheet.looks import ABSENT, KINDS, RED, SHORT, WEEKEND
from tildeling.rota.sheet.view import Cell, CoverCell, CoverLine, Line, View
from tildeling.texts import Lang

WEEKS_A_BLOCK = 4
"""Weeks beside each other: as many as a screen and a page of paper hold."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some weeks of the plan that stand beside each other."""

    weeks: tuple[int, ...]

    def days(self, days: tuple[dt.date, ...]) -> tuple[dt.date, ...]:
        """Its days."""
        return days[7 * self.weeks[0] : 7 * self.weeks[-1] + 7]


def write_page(view: View, path: str | Path, lang: Lang = "nb") -> None:
    """Write a rota as a page; the same rota gives the same bytes.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with whole_file(Path(path)) as draft:
        draft.write_text(page(view, lang), encoding="utf-8", newline="\n")


def page(view: View, lang: Lang = "nb") -> str:
    """A rota as the text of a page."""
    words = RotaWords(view.data, lang)
    numbers = range(view.data.info.weeks)
    blocks = [Block(tuple(numbers[at : at + WEEKS_A_BLOCK])) for at in numbers[::WEEKS_A_BLOCK]]
    return _environment().get_template("rota.html.j2").render(
        view=view, words=words, t=words, lang=lang, blocks=blocks, look=_Look(view), shades={}, colour={},
        kinds=KINDS, plots=_plots(view, words), short=tuple(_short(view)),
        colours={"weekend": WEEKEND, "red": RED, "away": ABSENT, "short": SHORT},
    ) + "\n"  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader("tildeling.report.rota"), PackageLoader("tildeling.report")]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


class _Look:
    """Classes of cells."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._shade = {
            day: "red" if day in view.red else "weekend" if day.weekday() >= 5 else "" for day in view.days
        }

    def day(self, day: dt.date) -> str:
        """A day's shading."""
        return self._shade[day]

    def cell(self, cell: Cell) -> str:
        """A person's day: shading, kind of shift, what is wrong."""
        kind = f"k-{self.view.data.shift[cell.code].kind}" if cell.code is not None else ""
        shade = "away" if cell.absence is not None else self._shade[cell.day]
        return " ".join(part for part in (shade, kind, self.state(cell)) if part)

    def state(self, cell: Cell) -> str:
        """What is wrong with a cell, the gravest."""
        if any(breach.hard for breach in self.view.noted(cell)):
            return "breach"
        return "unwished" if cell.unmet else "remark" if cell.breaches else ""

    def first(self, cell: Cell) -> int:
        """The breach that a cell links to: the first hard one, else the first remark."""
        notices = self.view.notices
        return next((at for at in cell.breaches if notices[at].hard), cell.breaches[0])

    def was(self, line: Line, at: int) -> str | None:
        """What the base rota has on a day when the plan is another; "–" where it is off."""
        if line.base is None or line.base[at] == line.cells[at].code:
            return None
        return line.base[at] or "–"


def _short(view: View) -> Iterator[tuple[CoverLine, CoverCell]]:
    """Days on which a line of the cover plan is not met, by date."""
    found = [(line, cell) for line in view.cover for cell in line.cells if cell.short]
    yield from sorted(found, key=lambda pair: pair[1].day)


def _plots(view: View, words: RotaWords) -> list[tuple[str, Markup]]:
    """Title and picture; each with its numbers in words."""
    found = []
    for name in ("nights", "weekends", "unwanted"):
        rows = _shares(view, name)
        if any(value for _, value, _ in rows):
            said = "; ".join(
                words("plot_said_row", name=who, value=words.number(value)) for who, value, _ in rows
            )
            ax = shares(rows, words(name), words)
            found.append((words(f"plot_{name}"), Markup(svg(ax, name, words(f"plot_{name}"), said))))
    off = [(line.person.staff_id, line.off_target / 60) for line in view.lines if line.off_target is not None]
    if off:
        said = "; ".join(words("plot_said_row", name=who, value=words.number(hours, 1)) for who, hours in off)
        found.append(
            (words("plot_hours"), Markup(svg(hours_off(off, words), "off", words("plot_hours"), said)))
        )
    return found


def _shares(view: View, name: str) -> list[Share]:
    """Most first; the share is the sum spread by position over those who are there."""
    values = [(line.person, getattr(line, name)) for line in view.lines]
    positions = sum(float(person.position_percent) for person, _ in values) or 1.0
    total = sum(value for _, value in values)
    rows = [
        (person.staff_id, float(value), total * float(person.position_percent) / positions)
        for person, value in values
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))
