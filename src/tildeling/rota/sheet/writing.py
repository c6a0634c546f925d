"""``rota.xlsx``: a rota as a planner expects it, ready to print, to change by hand and to read back."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path
from typing import Any

from tildeling.files.saving import whole_file
from tildeling.report.rota.words import RotaWords
from tildeling.report.sheets import Book
from tildeling.rota.sheet.layout import IN_WEEK, TOTALS, WEEK_ROW, Layout
from tildeling.rota.sheet.legend import write_hours, write_legend
from tildeling.rota.sheet.looks import ABSENT, RED, SHORT, WEEKEND, Looks
from tildeling.rota.sheet.places import SIGMA
from tildeling.rota.sheet.view import Cell, Line, View
from tildeling.texts import Lang

WEEKS_A_PAGE = 6
"""Weeks that are legible across one landscape page."""
DASH = "–"
"""Off, where the base rota has a shift."""
_PAPER_MM, _CHARACTER_MM = 395, 2.9
"""Room across A3 within the margins, and a character of a column's width in the widest usual font."""
_NARROW, _WIDE, _TOTAL = 4.3, 8.0, 9.0


def write_sheet(view: View, path: str | Path, lang: Lang = "nb") -> None:
    """Write a rota as a workbook; the same rota gives the same bytes.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    words = RotaWords(view.data, lang)
    with whole_file(Path(path)) as draft:
        book = Book(draft, words)
        _Roster(book, view, words).write()
        write_legend(book, view, words)
        write_hours(book, view, words)
        book.close()


class _Roster:
    def __init__(self, book: Book, view: View, words: RotaWords) -> None:
        self.book, self.view, self.words, self.data = book, view, words, view.data
        self.layout = Layout(view.data, view.extras.base is not None)
        self.looks = Looks(book)
        self.shade = {
            day: RED if day in view.red else WEEKEND if day.weekday() >= 5 else "" for day in view.days
        }

    def write(self) -> None:
        """Headings, people, cover."""
        self.sheet = self.book.sheet("roster", [round(width) for width in self._widths()])
        for at, width in enumerate(self._widths()):
            self.sheet.set_column(at, at, width)
        self._headings()
        for number, line in enumerate(self.view.lines):
            self._person(self.layout.people_row + number * self.layout.high, line)
        last = self._cover(self.layout.people_row + len(self.view.lines) * self.layout.high)
        self._print(last)

    def _widths(self) -> list[float]:
        longest = max([2, *(len(row.shift_code) for row in self.data.shifts)])
        day = min(max(_NARROW, longest + 1.6), _WIDE)
        labels = [
            *(row.staff_id for row in self.data.staff),
            *(self.words.cover(n.need) for n in self.view.cover),
        ]
        who = min(max([9, *(len(label) + 3 for label in labels)]), 30)
        line = [14.0] if self.layout.two_lines else []
        return [who, *line, 8.5, *([day] * 7 + [7.0]) * self.data.info.weeks, *[_TOTAL] * len(TOTALS)]

    # --- headings --------------------------------------------------------------------------------------

    def _headings(self) -> None:
        layout, words, sheet = self.layout, self.words, self.sheet
        last = layout.people_row - 1
        titles = ["staff", *(["line"] if layout.two_lines else []), "position"]
        for at, title in enumerate(titles):
            sheet.merge_range(
                WEEK_ROW, at, last, at, words(title), self.looks.heading(align="left", text_wrap=True)
            )
        for week in range(self.data.info.weeks):
            first = layout.first + 8 * week
            sheet.merge_range(WEEK_ROW, first, WEEK_ROW, first + 6, words.week(week), self.looks.heading())
            sheet.merge_range(WEEK_ROW, first + 7, last, first + 7, words("week_sum"), self.looks.heading())
        for day in self.view.days:
            at, shade = layout.day(day), self.shade[day]
            red = {"font_color": "#8F1620"} if day.weekday() == 6 or day in self.view.red else {}
            form = self.looks.heading(shade, **red) if shade else self.looks.heading()
            sheet.write_string(WEEK_ROW + 1, at, words.letters[day.weekday()], form)
            if day in self.view.red:
                sheet.write_comment(WEEK_ROW + 1, at, self.view.red[day], {"author": "tildeling"})
            if not self.data.cyclic:
                form = self.looks.heading(
                    shade or "#FFFFFF", num_format="dd.mm", font_size=7, bold=False, **red
                )
                sheet.write_datetime(WEEK_ROW + 2, at, _midnight(day), form)
        for at, title in enumerate(TOTALS, start=layout.totals):
            sheet.merge_range(
                WEEK_ROW, at, last, at, words(title), self.looks.heading(text_wrap=True, font_size=9)
            )
        sheet.set_row(WEEK_ROW, 18)

    # --- people ----------------------------------------------------------------------------------------

    def _person(self, row: int, line: Line) -> None:
        layout, sheet, person = self.layout, self.sheet, line.person
        bold = self.looks(bold=True)
        for below in range(layout.high):
            sheet.set_row(row + below, 16)
        for below in range(layout.high):
            sheet.write_string(
                row + below, 0, person.staff_id, bold if below == 0 else self.looks(font_color="#55616D")
            )
        if layout.two_lines:
            for below, title in enumerate(("line_base", "line_plan")):
                sheet.write_string(row + below, 1, self.words(title), self.looks(font_size=9))
        sheet.write_number(
            row, layout.first - 1, float(person.position_percent), self.looks.number('0.##" %"')
        )
        departures, base = line.departures, line.base
        for at, cell in enumerate(line.cells):
            if base is None:
                self._day(row, cell, cell.text)
            elif departures[at]:
                self._day(row, cell, base[at] or "", plain=True)
                self._day(row + 1, cell, cell.text or DASH)
            else:
                self._day(row, cell, cell.text)
                self._day(row + 1, cell, "", plain=True)
        for week, minutes in enumerate(line.weeks):
            sheet.write_number(
                row, layout.week_sum(week), minutes / 60, self.looks.number(bg_color="#F4F6F8")
            )
        self._totals(row, line)

    def _day(self, row: int, cell: Cell, words: str, *, plain: bool = False) -> None:
        """One cell; a plain one says nothing of the plan itself."""
        shade = ABSENT if cell.absence is not None else self.shade[cell.day]
        if not words and not plain and cell.absence is not None:
            words = self.words.absence(cell.absence)
        shift = self.data.shift.get(words)
        form = self.looks.day(
            shade, shift.kind if shift else None, "" if plain else self._frame(cell), weak=plain
        )
        at = self.layout.day(cell.day)
        if words:
            self.sheet.write_string(row, at, words, form)
        else:
            self.sheet.write_blank(row, at, None, form)
        note = "" if plain else self._note(cell)
        if note:
            lines = sum(1 + len(part) // 42 for part in note.split("\n"))
            size = {"x_scale": 2.2, "height": min(400, 18 + 16 * lines), "author": "tildeling"}
            self.sheet.write_comment(row, at, note, size)

    def _frame(self, cell: Cell) -> str:
        if any(breach.hard for breach in self.view.noted(cell)):
            return "breach"
        return "wish" if cell.unmet else "remark" if cell.breaches else ""

    def _note(self, cell: Cell) -> str:
        words = self.words
        found = [
            words("note_breach" if breach.hard else "note_remark", message=breach.message(words.lang))
            for breach in self.view.noted(cell)
        ]
        return "\n".join([*found, *(words.wish(wish, "note_wish") for wish in cell.unmet)])

    def _totals(self, row: int, line: Line) -> None:
        hard = sum(
            breach.hard and breach.staff_id == line.person.staff_id for breach in self.view.notices
        )  # fmt: skip
        target, off = line.target, line.off_target
        cells: list[tuple[float | None, str]] = [
            (line.worked / 60, "0.0#"), (None if target is None else target / 60, "0.0#"),
            (None if off is None else off / 60, "+0.0#;−0.0#;0"), (line.nights, "0"), (line.weekends, "0"),
            (line.unwanted, "0"), (line.unmet, "0"), (hard, "0"),
        ]  # fmt: skip
        for at, (value, form) in enumerate(cells, start=self.layout.totals):
            loud = (
                {"bg_color": SHORT, "bold": True}
                if TOTALS[at - self.layout.totals] == "breach_count" and value
                else {}
            )
            if value is None:
                self.sheet.write_blank(row, at, None, self.looks.number())
            else:
                self.sheet.write_number(row, at, value, self.looks.number(form, **loud))

    # --- cover -----------------------------------------------------------------------------------------

    def _cover(self, row: int) -> int:
        """The cover plan's lines from a row on; the last row written."""
        self.sheet.write_string(row, 0, f"{SIGMA} {self.words('cover')}", self.book.looks["heading"])
        self.sheet.set_row(row, 22)
        for line in self.view.cover:
            row += 1
            self.sheet.write_string(row, 0, f"{SIGMA} {self.words.cover(line.need)}", self.looks(font_size=9))
            missing = sum(cell.short for cell in line.cells)
            if missing:
                form = self.looks(bg_color=SHORT, bold=True, font_size=9)
                words = self.words("short_in_all", n=missing)
                self.sheet.write_string(row, self.layout.totals, words, form)
            for cell in line.cells:
                shade = self.shade[cell.day]
                parts: dict[str, Any] = {"bg_color": shade} if shade else {}
                words = "" if cell.needed is None else f"{cell.needed}/{cell.planned}"
                if cell.short:
                    parts, words = {"bg_color": SHORT, "bold": True, "font_color": "#7A0F18"}, f"{words}!"
                elif cell.over:
                    parts["bold"], words = True, f"{words}+"
                form = self.looks(align="center", font_size=8, **parts)
                if words:
                    self.sheet.write_string(row, self.layout.day(cell.day), words, form)
                else:
                    self.sheet.write_blank(row, self.layout.day(cell.day), None, form)
        return row

    # --- print -----------------------------------------------------------------------------------------

    def _print(self, last: int) -> None:
        sheet, layout, weeks = self.sheet, self.layout, self.data.info.weeks
        sheet.freeze_panes(layout.people_row, layout.first)
        sheet.repeat_rows(WEEK_ROW, layout.people_row - 1)
        sheet.repeat_columns(0, layout.first - 1)
        sheet.print_area(0, 0, last, layout.totals + len(TOTALS) - 1)
        if weeks > WEEKS_A_PAGE:
            # Fitted to a number of pages, a program would break in the midst of a week.
            pages = range(WEEKS_A_PAGE, weeks, WEEKS_A_PAGE)
            breaks = [*(layout.first + IN_WEEK * week for week in pages), layout.totals]
            widths = self._widths()
            across = sum(widths[: layout.first]) + max(
                sum(widths[begin:end])
                for begin, end in pairwise((layout.first, *breaks, layout.totals + len(TOTALS)))
            )
            sheet.fit_page = False
            sheet.set_v_pagebreaks(breaks)
            sheet.set_print_scale(max(20, min(100, int(100 * _PAPER_MM / (across * _CHARACTER_MM)))))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
