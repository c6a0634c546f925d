"""A workbook's sheets: title, notice, a table with frozen headers, filter, widths and print setup."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, TypeVar

import xlsxwriter

from tildeling.files.folder import looks_like_formula
from tildeling.report import palette
from tildeling.report.plain import Plain

Row = TypeVar("Row")
HEADER_ROW = 3
NUMBERS = frozenset({"right", "count", "hours", "percent", "gap", "date", "precise"})
"""Looks that stand to the right."""
_PAPER_A3, _PAPER_A4 = 8, 9
_WIDEST_A4 = 210
"""Characters across beyond which A4 is too small to read."""
_PRINT_HEADER = 200
"""Characters of the notice in the print header; a program refuses more than 255 with its codes."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: key of its title, how a row's cell is read, its format and width in characters."""

    title: str
    cell: Callable[[Row], Any]
    width: int = 14
    form: str = "text"


@dataclass(frozen=True, slots=True)
class Mark:
    """Shading of cells of a column above a value."""

    column: str
    above: float
    look: str


class Book:
    """A workbook in the making.

    Every text is written as a text cell, whatever it begins with; there are no formulas, links or macros.
    Sheets are written from the top down, so that ``by_row`` may drop each row from memory once it is done.
    """

    def __init__(self, path: Path, words: Plain, *, by_row: bool = False) -> None:
        self.words, self.by_row = words, by_row
        self.book = xlsxwriter.Workbook(
            str(path),
            {
                "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
                "constant_memory": by_row,
            },
        )  # fmt: skip
        made = dt.datetime.combine(words.made, dt.time(), dt.UTC)
        self.book.set_properties(
            {"title": f"{words('title')} {words.dataset_id}", "comments": words.notice, "created": made}
        )
        date = "dd.mm.yyyy" if words.lang == "nb" else "yyyy-mm-dd"
        base = {"valign": "top", "font_color": palette.INK, "font_size": 10, "font_name": "Calibri"}
        looks: dict[str, dict[str, Any]] = {
            "title": {"bold": True, "font_size": 16},
            "heading": {"bold": True, "font_size": 12, "bottom": 1, "bottom_color": palette.MUTED},
            "notice": {
                "text_wrap": True, "bold": True, "bg_color": "#FFF1CC", "valign": "vcenter", "indent": 1,
            },
            "head": {
                "bold": True, "text_wrap": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF",
                "valign": "vcenter",
            },
            "head_right": {
                "bold": True, "text_wrap": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF",
                "valign": "vcenter", "align": "right", "indent": 1,
            },
            "right": {}, "text": {}, "wrap": {"text_wrap": True}, "strong": {"bold": True},
            "number": {"bold": True, "num_format": "#,##0", "align": "left"},
            "count": {"num_format": "#,##0"}, "hours": {"num_format": "#,##0.0"},
            "precise": {"num_format": "0.00"},
            "percent": {"num_format": "0 %"}, "gap": {"num_format": "0.00 %"}, "date": {"num_format": date},
            "warn": {"bg_color": "#FCE8C5", "font_color": "#6B3F00"},
            "alarm": {"bg_color": "#F6C9CC", "font_color": "#7A0F18", "bold": True},
        }  # fmt: skip
        self.looks = {
            name: self.book.add_format(
                ({} if name in {"warn", "alarm"} else base)
                | ({"align": "right", "indent": 1} if name in NUMBERS else {})
                | look
            )
            for name, look in looks.items()
        }
        for name in ("text", "wrap", "strong", "right", "notice", "title", "heading"):
            # The hidden apostrophe keeps a text a text when somebody edits the cell.
            quoted = self.book.add_format(
                base
                | ({"align": "right", "indent": 1} if name in NUMBERS else {})
                | looks[name]
                | {"quote_prefix": True}
            )
            self.looks[f"{name}_quoted"] = quoted

    def close(self) -> None:
        """Write the file."""
        self.book.close()

    def sheet(self, key: str, widths: Sequence[int]) -> Any:
        """A sheet with title and notice, ready to print: landscape, as wide as the page."""
        title = self.words(f"sheet_{key}")
        sheet = self.book.add_worksheet(title)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_PAPER_A3 if sum(widths) > _WIDEST_A4 else _PAPER_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        head = self.words.notice.replace("\n", " ")[:_PRINT_HEADER].replace("&", "&&")
        sheet.set_header(f"&L&8{head}&R&8{title}")
        sheet.set_footer(f"&L&8{self.words('decides').replace('&', '&&')[:180]}&R&8&P / &N")
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        sheet.set_row(0, 26)
        self.put(sheet, 0, 0, f"{title} – {self.words.dataset_id}", "title")
        # Beside a frozen first column a very wide merged cell would scroll out of sight.
        across = _enough(widths, 110)
        self.merge(
            sheet,
            1,
            across,
            self.words.notice or self.words("no_notice"),
            "notice",
            sum(widths[: across + 1]),
        )
        return sheet

    def head(self, sheet: Any, row: int, column: int, title: str, look: str) -> None:
        """A column's title, above numbers to the right as they are."""
        self.put(
            sheet, row, column, self.words(f"column_{title}"), "head_right" if look in NUMBERS else "head"
        )

    def merge(self, sheet: Any, row: int, last: int, words: str, look: str, width: float) -> None:
        """A wrapped text across columns 0..last, with a row high enough for it."""
        form = self._text_look(words, look)
        if last:
            sheet.merge_range(row, 0, row, last, "", form)
        sheet.write_string(row, 0, words, form)
        sheet.set_row(row, 15 * max(1, math.ceil(1.15 * len(words) / max(1, width))) + 3)

    def put(self, sheet: Any, row: int, column: int, value: Any, look: str = "text") -> None:
        """One cell by the kind of its value."""
        if value is None or value == "":
            if not self.by_row:  # an empty cell needs no look, and a long table has many
                sheet.write_blank(row, column, None, self.looks[look])
        elif isinstance(value, bool):
            sheet.write_string(row, column, self.words("yes" if value else "no"), self.looks[look])
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(row, column, float(value), self.looks[look])
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), self.looks[look])
        else:
            sheet.write_string(row, column, str(value), self._text_look(str(value), look))

    def _text_look(self, words: str, look: str) -> Any:
        quoted = f"{look}_quoted"
        return self.looks[quoted if looks_like_formula(words) and quoted in self.looks else look]

    def table(
        self, key: str, columns: Sequence[Column[Row]], rows: Iterable[Row], marks: Sequence[Mark] = ()
    ) -> None:
        """A sheet that is one table: header row frozen and repeated in print, filter on every column."""
        sheet = self.sheet(key, [column.width for column in columns])
        for at, column in enumerate(columns):
            self.head(sheet, HEADER_ROW, at, column.title, column.form)
        sheet.set_row(HEADER_ROW, 32)
        line = HEADER_ROW
        for line, row in enumerate(rows, start=HEADER_ROW + 1):
            lines = 1
            for at, column in enumerate(columns):
                value = column.cell(row)
                self.put(sheet, line, at, value, column.form)
                if column.form == "wrap" and value:
                    # Not every program fits a row to wrapped text when it opens a file.
                    lines = max(lines, _lines(str(value), column.width))
            sheet.set_row(line, 14 * lines + 1)
        last = max(line, HEADER_ROW + 1)
        if line == HEADER_ROW:
            self.put(sheet, last, 0, self.words("none_here"))
        sheet.freeze_panes(HEADER_ROW + 1, 1)
        sheet.autofilter(HEADER_ROW, 0, last, len(columns) - 1)
        sheet.repeat_rows(HEADER_ROW)
        titles = [column.title for column in columns]
        for mark in marks:
            at = titles.index(mark.column)
            rule = {
                "type": "cell", "criteria": ">", "value": mark.above, "format": self.looks[mark.look],
                "stop_if_true": True,
            }  # fmt: skip
            sheet.conditional_format(HEADER_ROW + 1, at, last, at, rule)


def _enough(widths: Sequence[int], characters: int) -> int:
    """Index of the column where the columns so far are wide enough."""
    total = 0
    for at, width in enumerate(widths):
        total += width
        if total >= characters:
            return at
    return len(widths) - 1


def _lines(words: str, width: int) -> int:
    return sum(max(1, math.ceil(len(part) / max(1, width - 1))) for part in words.split("\n"))
