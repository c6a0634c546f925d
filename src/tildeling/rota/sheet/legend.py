"""The sheets beside the rota: what its codes and marks mean, what was broken, and every shift's hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tildeling.report.rota.words import RotaWords
from tildeling.report.sheets import Book, Column
from tildeling.rota.calendar import ZONE
from tildeling.rota.case import Duty
from tildeling.rota.rules.rule import Breach
from tildeling.rota.sheet.looks import ABSENT, RED, SHORT, WEEKEND, Looks
from tildeling.rota.sheet.view import View
from tildeling.texts import text

_WIDTHS = (16, 26, 18, 25, 14, 14, 52)
Cells = Sequence[tuple[Any, str]]


def write_legend(book: Book, view: View, words: RotaWords) -> None:
    """Codes, marks, agreements used, and breaches as a list."""
    sheet = book.sheet("legend", _WIDTHS)
    looks = Looks(book)
    row = 3

    def section(title: str, columns: Sequence[str], rows: Iterable[Cells]) -> None:
        nonlocal row
        book.put(sheet, row, 0, words(title), "heading")
        row += 1
        for at, column in enumerate(columns):
            book.head(sheet, row, at, column, "text")
        lines = list(rows)
        for cells in lines or [[(words("none_here"), "text")]]:
            row += 1
            for at, (value, look) in enumerate(cells):
                book.put(sheet, row, at, value, look)
            rooms = [*_WIDTHS[: len(cells) - 1], sum(_WIDTHS[len(cells) - 1 :])]
            if columns[-1] == "message" and len(cells) == len(columns):
                sheet.merge_range(row, len(cells) - 1, row, len(_WIDTHS) - 1, "", book.looks["wrap"])
                book.put(sheet, row, len(cells) - 1, *cells[-1])
            longest = max(len(str(value)) // room for (value, _), room in zip(cells, rooms, strict=False))
            sheet.set_row(row, 14 * (1 + longest) + 1)
        row += 2

    book.put(sheet, row, 0, words("legend_look"), "heading")
    samples: list[tuple[str, Any, str]] = [
        ("D", looks.day("", None, "breach"), "legend_breach"),
        ("D", looks.day("", None, "wish"), "legend_wish"),
        ("D", looks.day("", None, "remark"), "legend_remark"),
        ("F1", looks.day("", None, ""), "legend_free"),
        ("", looks.day(WEEKEND, None, ""), "legend_weekend"),
        (words("absence_holiday"), looks.day(ABSENT, None, ""), "legend_absent"),
        ("2/1!", looks(align="center", bg_color=SHORT, bold=True, font_color="#7A0F18"), "legend_short"),
    ]
    if not view.data.cyclic:
        samples.insert(5, ("", looks.day(RED, None, ""), "legend_red"))
    if view.extras.base is not None:
        samples.append(("–", looks.day("", None, ""), "legend_lines"))
    for sample, form, said in [*samples, ("", looks(), "legend_edit")]:
        row += 1
        sheet.write_string(row, 0, sample, form)
        sheet.merge_range(row, 1, row, len(_WIDTHS) - 1, "", book.looks["wrap"])
        sheet.write_string(row, 1, words(said), book.looks["wrap"])
        sheet.set_row(row, 15 * (1 + len(words(said)) // 140) + 2)
    row += 2
    section("legend_shifts", ("code", "title", "kind", "from", "to", "break", "length"), _shifts(view, words))
    section("legend_used", ("rule", "staff", "agreement", "level", "limit"), _used(view))
    section(
        "legend_breaches", ("rule", "paragraph", "staff", "day", "message"), _breaches(view, words, hard=True)
    )
    section(
        "legend_remarks", ("rule", "paragraph", "staff", "day", "message"), _breaches(view, words, hard=False)
    )
    sheet.freeze_panes(2, 0)


def _shifts(view: View, words: RotaWords) -> Iterable[Cells]:
    for shift in view.data.shifts:
        kind = text(f"rota_report.kind_{shift.kind}", words.lang)
        yield (
            (shift.shift_code, "strong"), (shift.title, "wrap"), (kind, "text"), (shift.start, "text"),
            (words.end(shift), "text"), (shift.break_minutes, "count"), (words.number(shift.hours, 2), "text"),
        )  # fmt: skip


def _used(view: View) -> Iterable[Cells]:
    levels = {row.agreement_id: row.level for row in view.data.agreements}
    for used in view.extras.used:
        level = levels.get(used.agreement)
        yield (
            (used.rule, "strong"), (used.staff_id, "text"), (used.agreement, "text"),
            (level.value if level else "", "text"), (f"{used.value:g}", "text"),
        )  # fmt: skip


def _breaches(view: View, words: RotaWords, *, hard: bool) -> Iterable[Cells]:
    def place(breach: Breach) -> tuple[str, str]:
        return breach.rule, breach.staff_id

    for breach in sorted((found for found in view.notices if found.hard == hard), key=place):
        yield (
            (breach.rule, "strong"), (breach.source, "wrap"), (breach.staff_id, "text"),
            (words.stretch(breach), "wrap"), (words.breach(breach), "wrap"),
        )  # fmt: skip


def write_hours(book: Book, view: View, words: RotaWords) -> None:
    """Every shift with its times and the minutes that count, a row each, to sum in any way."""
    data = view.data
    Row = tuple[str, Duty]

    def clock(moment: Any) -> str:
        local = moment if data.cyclic else moment.astimezone(ZONE)
        return f"{local:%H:%M}"

    columns: list[Column[Row]] = [
        Column("staff", lambda row: row[0], 16, "strong"),
        Column("day", lambda row: row[1].day, 12, "date"),
        Column("weekday", lambda row: words.weekday_names[row[1].day.weekday()], 12),
        Column("code", lambda row: row[1].shift.shift_code, 10),
        Column("base", lambda row: words.base(row[1].shift.base_id), 20),
        Column("from", lambda row: clock(row[1].begin), 9),
        Column("to", lambda row: clock(row[1].end), 9),
        Column("length", lambda row: row[1].minutes / 60, 10, "precise"),
        Column("hours", lambda row: view.worked(row[1]) / 60, 10, "precise"),
    ]
    book.table("hours", columns, view.duties)
