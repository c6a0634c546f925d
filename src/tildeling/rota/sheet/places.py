"""Finding one's way in a sheet that a planner has made or changed: which column is which day, which row is whose."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tildeling.errors import Fault
from tildeling.files.cells import read_text
from tildeling.files.grids import grids
from tildeling.files.limits import Limits
from tildeling.texts import LANGS, text

Grid = list[list[Any]]
TABLE = "rota"
SIGMA = "Σ"
"""Begins the label of a row that is no person's; no id can."""
_HEADER_ROWS = 40
"""Rows within which the headings of a plan are looked for."""
_LEAST_DATES = 3
"""Dates in one row that make it a heading of days."""
_WEEK = re.compile(r"(?:uke|week|veke)\s*([0-9]{1,2})\b", re.IGNORECASE)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{1,2})[./]\s?([0-9]{1,2})\.?(?:\s?([0-9]{4}))?")
_SHORT = (
    ("man", "tir", "ons", "tor", "fre", "lør", "søn"), ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    ("ma", "ti", "on", "to", "fr", "lø", "sø"), ("mo", "tu", "we", "th", "fr", "sa", "su"),
)  # fmt: skip


@dataclass(slots=True)
class Sheet:
    """One sheet: its cells, the date of each column that is a day, and the row its people begin on."""

    file: str
    title: str
    grid: Grid
    days: dict[int, dt.date] = field(default_factory=dict)
    people_row: int = 0

    def fault(self, code: str, row: int, column: int, value: Any = None, **rest: Any) -> Fault:
        """A fault at a cell, named as spreadsheet programs do: ``Turnus!K14``."""
        return Fault(
            code, TABLE, column=f"{self.title}!{address(row, column)}", value=value, file=self.file, **rest
        )


def address(row: int, column: int) -> str:
    """The name of a cell, from row and column counted from 0."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def sheets_of(path: Path, limits: Limits) -> tuple[list[Sheet], list[Fault]]:
    """Every sheet of a workbook as it stands.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    read = grids(path, limits)
    if isinstance(read, Fault):
        return [], [read]
    found, lost = read
    for cell in lost:
        grid = next(grid for title, grid in found if title == cell.title)
        if cell.row < len(grid) and cell.column < len(grid[cell.row]):
            # What it holds is no shift; elsewhere, as below a sum, it is nobody's business.
            grid[cell.row][cell.column] = cell.error or "="
    return [Sheet(path.name, title, grid) for title, grid in found], []


def words_of(cell: Any) -> str:
    """A cell as a person sees it, its spaces single."""
    value = read_text(cell)
    return " ".join(value.split()) if isinstance(value, str) else ""


# --- which column is which day ---------------------------------------------------------------------------


def find_days(sheet: Sheet, start: dt.date) -> list[Fault]:
    """Give each column that is a day its date: a date in the heading, else weekdays below "Uke N" from ``start``.

    Where both stand, they must agree.  A sheet without such headings is left without days.
    """
    grid = sheet.grid[:_HEADER_ROWS]
    letters_row = next((row for row, cells in enumerate(grid) if _runs(cells)), None)
    near = range(len(grid)) if letters_row is None else range(max(0, letters_row - 2), letters_row + 3)
    dates_row = next(
        (row for row in near if row < len(grid) and len(_dates(grid[row], start)) >= _LEAST_DATES), None
    )
    if dates_row is None and letters_row is None:
        return []
    found = [row for row in (dates_row, letters_row) if row is not None]
    sheet.people_row = max(found) + 1
    weekdays = {} if letters_row is None else _runs(grid[letters_row])
    if dates_row is not None:
        sheet.days = _dates(grid[dates_row], start)
        return [
            sheet.fault("weekday_differs", dates_row, column, day.isoformat(),
                        params={"cell": address(letters_row or 0, column)})
            for column, day in sheet.days.items()
            if column in weekdays and weekdays[column] != day.weekday()
        ]  # fmt: skip
    return _by_weeks(sheet, letters_row or 0, weekdays, start)


def _by_weeks(sheet: Sheet, row: int, weekdays: Mapping[int, int], start: dt.date) -> list[Fault]:
    """Days of a sheet without dates: the week stands above its first day, as in a cell merged over all seven."""
    faults = []
    week: int | None = None
    for column in sorted(weekdays):
        if weekdays[column] == 0:
            week = next((int(hit[1]) for hit in _above(sheet.grid, row, column)), None)
            if week is None:
                faults.append(sheet.fault("week_unnamed", row, column))
        if week is not None:
            sheet.days[column] = start + dt.timedelta(days=7 * (week - 1) + weekdays[column])
    return faults


def _above(grid: Grid, row: int, column: int) -> Iterator[re.Match[str]]:
    for above in range(row - 1, -1, -1):
        cell = grid[above][column] if column < len(grid[above]) else ""
        hit = _WEEK.search(words_of(cell))
        if hit:
            yield hit


def _runs(cells: Sequence[Any]) -> dict[int, int]:
    """Column -> weekday, of whole weeks Monday to Sunday side by side."""
    words = [words_of(cell).casefold().rstrip(".") for cell in cells]
    found: dict[int, int] = {}
    names = [
        *_SHORT, *(tuple(text("rota_report.weekdays", lang).casefold().split()) for lang in LANGS),
        *(tuple(text("rota_report.weekday_names", lang).casefold().split()) for lang in LANGS),
    ]  # fmt: skip
    at = 0
    while at + 7 <= len(words):
        if tuple(words[at : at + 7]) in names:
            found |= {at + weekday: weekday for weekday in range(7)}
            at += 7
        else:
            at += 1
    return found


def _dates(cells: Sequence[Any], start: dt.date) -> dict[int, dt.date]:
    if cells and words_of(cells[0]).startswith(SIGMA):
        return {}  # "2/1" of a cover row is no date
    return {column: day for column, cell in enumerate(cells) if (day := _date(cell, start)) is not None}


def _date(cell: Any, start: dt.date) -> dt.date | None:
    """A date; one without a year is that nearest to the plan's first day."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    words = words_of(cell) if isinstance(cell, str) else ""
    try:
        if hit := _ISO.fullmatch(words):
            return dt.date(int(hit[1]), int(hit[2]), int(hit[3]))
        if hit := _DOTTED.fullmatch(words):
            if hit[3]:
                return dt.date(int(hit[3]), int(hit[2]), int(hit[1]))
            years = (start.year - 1, start.year, start.year + 1)
            near = [day for year in years if (day := _day_of(year, int(hit[2]), int(hit[1]))) is not None]
            return min(near, key=lambda day: abs((day - start).days), default=None)
    except ValueError:
        pass
    return None


def _day_of(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
