"""The empty workbook: a sheet for each table, with drop-downs, notes, and a first sheet that explains."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter

from tildeling.files.columns import Column, columns
from tildeling.files.homes import HOUSING
from tildeling.files.kind import Kind
from tildeling.files.saving import refuse_existing, whole_file
from tildeling.files.workbook import OPTIONS
from tildeling.rows import Row
from tildeling.texts import Lang, text

ROWS = 5_000
"""Rows below the header that have drop-downs and formats."""

_GUIDE_WIDTHS = (16, 26, 13, 18, 15, 44, 20, 64)
_WIDTHS = {"text": 28, "list": 26, "hours": 26, "choice": 24, "code": 24}


def write_template(
    path: str | Path, *, lang: Lang = "en", force: bool = False, kind: Kind[Any] = HOUSING
) -> None:
    """Write the empty workbook of a kind of data sets.

    Raises
    ------
    UsageError
        If the target exists and ``force`` is off.
    OSError
        If it cannot be written.
    """
    path = Path(path)
    refuse_existing(path, force=force)
    with whole_file(path) as draft:
        book = xlsxwriter.Workbook(str(draft), OPTIONS)
        _Template(book, lang, kind).write()
        book.close()


class _Template:
    """One workbook in the making: its formats, and where each list of words stands."""

    def __init__(self, book: Any, lang: Lang, kind: Kind[Any]) -> None:
        self.book, self.lang, self.kind = book, lang, kind
        look = {"valign": "top", "text_wrap": True}
        self.formats = {
            "title": book.add_format({"bold": True, "font_size": 16}),
            "heading": book.add_format({"bold": True, "font_size": 12, "bottom": 1}),
            "wrapped": book.add_format(look),
            "needed": book.add_format({**look, "bold": True, "font_color": "#FFFFFF", **_fill("#1F3A5F")}),
            "optional": book.add_format({**look, **_fill("#DCE4EE")}),
            "text": book.add_format({"num_format": "@"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self.lists: dict[str, str] = {}

    def say(self, key: str, **params: Any) -> str:
        """A text of the template."""
        return text(f"template.{key}", self.lang, **params)

    def say_own(self, key: str) -> str:
        """A text of the template that this kind of data sets has of its own."""
        return self.say(f"{self.kind.prefix}{key}")

    def columns(self, table: str) -> Mapping[str, Column]:
        """The columns of a table by name."""
        return columns(table, self.kind)

    def sheet_name(self, table: str) -> str:
        """What a table's sheet is called."""
        return self.kind.tables[table].nb if self.lang == "nb" else table

    def write(self) -> None:
        """Every sheet, in the order a person meets them."""
        first = self.book.add_worksheet(self.say("instructions"))
        sheets = {name: self.book.add_worksheet(self.sheet_name(name)) for name in self.kind.tables}
        policy = self.book.add_worksheet(self.say("policy"))
        self._lists(self.book.add_worksheet(self.say("lists")))
        self._instructions(first)
        for name, sheet in sheets.items():
            self._table(sheet, name)
        self._policy(policy)
        first.activate()

    def _instructions(self, sheet: Any) -> None:
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for at, width in enumerate(_GUIDE_WIDTHS):
            sheet.set_column(at, at, width)
        sheet.write_string(0, 0, self.say_own("title"), self.formats["title"])
        line = 2
        for number in range(1, 8):
            sheet.merge_range(line, 0, line, 7, self.say_own(f"line_{number}"), self.formats["wrapped"])
            line += 1
        sheet.write_string(line + 1, 0, self.say("sheets"), self.formats["heading"])
        line += 2
        for name, row in self.kind.tables.items():
            sheet.write_url(line, 0, f"internal:'{self.sheet_name(name)}'!A1", string=self.sheet_name(name))
            sheet.write_string(
                line, 1, self.say("table_needed" if name in self.kind.required else "table_optional")
            )
            sheet.merge_range(
                line, 2, line, 7, _table_description(row, self.lang, self.kind), self.formats["wrapped"]
            )
            line += 1
        sheet.write_string(line + 1, 0, self.say("all_columns"), self.formats["heading"])
        line += 2
        titles = ("sheet", "column", "needed", "kind", "unit", "allowed", "empty", "holds")
        for at, title in enumerate(titles):
            sheet.write_string(line, at, self.say(title), self.formats["needed"])
        for name in self.kind.tables:
            for column in self.columns(name).values():
                line += 1
                facts = list(self._described(column))
                for at, words in enumerate(facts):
                    sheet.write_string(line, at, words, self.formats["wrapped"])
                # Not every program fits a row to wrapped text when it opens a file.
                lines = max(_lines(words, width) for words, width in zip(facts, _GUIDE_WIDTHS, strict=True))
                sheet.set_row(line, 15 * lines)

    def _described(self, column: Column) -> Iterator[str]:
        yield self.sheet_name(column.table)
        yield column.title(self.lang)
        yield self.say("yes" if column.required else "no")
        yield self.say(f"kind_{column.kind}")
        yield self._unit(column)
        yield self._allowed(column)
        yield self._default(column)
        yield column.description(self.lang)

    def _unit(self, column: Column) -> str:
        slug = (column.unit or "").replace("/", "_").replace("²", "2").replace("%", "percent")
        return self.say(f"unit_{slug}") if slug else ""

    def _word(self, column: Column, choice: str) -> str:
        return column.choice_name(choice, "nb") if self.lang == "nb" else choice

    def _allowed(self, column: Column) -> str:
        if column.choices:
            return ", ".join(self._word(column, choice) for choice in column.choices)
        if column.target in self.kind.policy.names:
            return self.say("named_in_lists", sheet=self.say("lists"))
        if column.target and (place := self.kind.place_of(column.target)):
            return self.say("named_in", sheet=self.sheet_name(place[0]))
        if column.low is not None and column.high is not None:
            return self.say("range", low=column.low, high=column.high)
        if column.low is not None:
            return self.say("from", low=column.low)
        if column.longest is not None:
            return self.say("letters", limit=column.longest)
        return ""

    def _default(self, column: Column) -> str:
        value = column.default
        if column.required or value in (None, "", (), {}):
            return ""
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        return self._word(column, str(value)) if column.choices else str(value)

    def _table(self, sheet: Any, name: str) -> None:
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0)
        sheet.set_row(0, 32)
        for at, column in enumerate(self.columns(name).values()):
            title = column.title(self.lang)
            body = {
                "date": "date",
                "text": "text",
                "id": "text",
                "code": "text",
                "list": "text",
                "hours": "text",
                "clock": "text",
            }
            width = max(_WIDTHS.get(column.kind, 14), min(26, len(title) + 2))
            sheet.set_column(at, at, width, self.formats.get(body.get(column.kind, "")))
            sheet.write_string(0, at, title, self.formats["needed" if column.required else "optional"])
            note = self._note(column)
            lines = sum(_lines(part, 42) for part in note.split("\n"))
            sheet.write_comment(
                0, at, note, {"author": "tildeling", "width": 300, "height": 20 + 16 * lines, "font_size": 9}
            )
            rule = self._validation(column)
            if rule:
                sheet.data_validation(1, at, ROWS, at, {"ignore_blank": True, **rule})

    def _note(self, column: Column) -> str:
        facts = (
            (self.say("needed"), self.say("yes" if column.required else "no")),
            (self.say("kind"), self.say(f"kind_{column.kind}")),
            (self.say("unit"), self._unit(column)),
            (self.say("allowed"), self._allowed(column)),
            (self.say("empty"), self._default(column)),
        )
        return "\n".join(
            [column.description(self.lang), *(f"{name}: {fact}" for name, fact in facts if fact)]
        )

    def _validation(self, column: Column) -> dict[str, Any] | None:
        wrong = {"error_title": self.say("wrong"), "error_message": self._allowed(column)[:255]}
        limits = {"criteria": "between", "minimum": column.low, "maximum": column.high}
        if column.high is None:
            limits = {"criteria": ">=", "value": column.low}
        if column.kind == "choice":
            return {"validate": "list", "source": self.lists[column.choice_class], **wrong}
        if column.kind == "boolean":
            return {"validate": "list", "source": [self.say("yes"), self.say("no")], **wrong}
        if column.kind == "score":
            return {"validate": "list", "source": ["1", "2", "3", "4", "5"], **wrong}
        if column.kind == "whole":
            return {"validate": "integer", **limits, **wrong}
        if column.kind in ("decimal", "percent"):
            return {"validate": "decimal", **limits, **wrong}
        if column.kind == "date":
            wrong["error_message"] = "2026-03-31"
            return {"validate": "date", "criteria": ">=", "value": dt.date(1900, 3, 1), **wrong}
        if column.kind in ("id", "code") and column.target:
            source = self._named(column.target)
            # Sheets are filled in any order: a name that is not there yet is asked about, not refused.
            about = {"error_title": self.say("wrong"), "error_message": self.say("unlisted")}
            return (
                {"validate": "list", "source": source, "error_type": "warning", **about} if source else None
            )
        if column.kind == "text" and column.longest:
            return {"validate": "length", "criteria": "<=", "value": column.longest, **wrong}
        return None

    def _named(self, target: str) -> str | None:
        if target in self.kind.policy.names:
            return self.lists[target]
        place = self.kind.place_of(target)
        if place is None:
            return None
        table, name = place
        letter = _letters(list(self.columns(table)).index(name))
        return f"='{self.sheet_name(table)}'!${letter}$2:${letter}${ROWS + 1}"

    def _lists(self, sheet: Any) -> None:
        """Every list of words, two columns each; drop-downs point here."""
        sheet.freeze_panes(2, 0)
        sheet.set_landscape()
        at = 0
        policy = self.kind.policy.default()
        for target in self.kind.policy.names:
            names = self.kind.policy.named(policy, target)
            entries = [
                (name.nb, code) if self.lang == "nb" else (code, name.en) for code, name in names.items()
            ]
            at = self._list(sheet, at, target, self.say(f"lists_policy_{target}"), entries)
        for name in self.kind.tables:
            for column in self.columns(name).values():
                if column.choices and column.choice_class not in self.lists:
                    entries = [
                        (column.choice_name(choice, "nb"), choice)
                        if self.lang == "nb"
                        else (choice, column.choice_name(choice, "en"))
                        for choice in column.choices
                    ]
                    title = f"{self.sheet_name(name)}: {column.title(self.lang)}"
                    at = self._list(sheet, at, column.choice_class, title, entries)

    def _list(self, sheet: Any, at: int, key: str, title: str, entries: list[tuple[str, str]]) -> int:
        sheet.write_string(0, at, title, self.formats["heading"])
        sheet.write_string(1, at, self.say("word"), self.formats["needed"])
        other = "code" if self.lang == "nb" else "meaning"
        sheet.write_string(1, at + 1, self.say(other), self.formats["optional"])
        for line, (word, meaning) in enumerate(entries, start=2):
            sheet.write_string(line, at, word)
            sheet.write_string(line, at + 1, meaning)
        for offset in (0, 1):
            longest = max(len(entry[offset]) for entry in entries)
            sheet.set_column(
                at + offset, at + offset, max(14, min(52, longest + 2), (len(title) + 2) * (1 - offset))
            )
        sheet.set_column(at + 2, at + 2, 3)
        letter = _letters(at)
        self.lists[key] = f"='{self.say('lists')}'!${letter}$3:${letter}${len(entries) + 2}"
        return at + 3

    def _policy(self, sheet: Any) -> None:
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 60)
        sheet.write_string(0, 0, self.say("key"), self.formats["optional"])
        sheet.write_string(0, 1, self.say("value"), self.formats["optional"])
        sheet.write_comment(
            0, 0, self.say_own("policy_note"), {"author": "tildeling", "width": 300, "height": 70}
        )


def _fill(colour: str) -> dict[str, Any]:
    return {"bg_color": colour, "border": 1}


def _lines(words: str, width: int) -> int:
    return len(textwrap.wrap(words, width)) or 1


def _letters(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _table_description(row: type[Row], lang: Lang, kind: Kind[Any]) -> str:
    return (
        text(f"{kind.prefix}columns.{row.table}", "nb")
        if lang == "nb"
        else (row.__doc__ or "").split("\n")[0]
    )
