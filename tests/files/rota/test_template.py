"""The empty workbook of a rota: complete, and readable once filled in, in both languages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from tildeling.errors import DataError
from tildeling.files import read_any, read_rota
from tildeling.files.cells import normal_title
from tildeling.files.columns import columns
from tildeling.files.rotas import ROTA
from tildeling.files.template import write_template
from tildeling.rota.tables import TABLES, ShiftKind, Weekday
from tildeling.texts import Lang, texts

FILLED: dict[Lang, dict[str, dict[str, Any]]] = {
    "en": {
        "dataset": {"dataset_id": "d", "start": dt.date(2030, 1, 7), "weeks": 2},
        "bases": {"base_id": "B1"},
        "staff": {"staff_id": "s1", "position_percent": 80, "nights": "no", "competences": "nurse|degree"},
        "shifts": {"shift_code": 1, "kind": "day", "start": "0730", "hours": 7.5, "break_minutes": 30},
        "cover": {"cover_id": "c", "days": "monday|holiday", "shift_codes": 1, "least": 1, "must": "yes"},
        "agreements": {"agreement_id": "a", "level": "LOC", "permits": "rest_8"},
        "policy": {"Key": "ruleset", "Value": "no-aml-ks"},
    },
    "nb": {
        "Datasett": {"Datasett": "d", "Planform": "Datoplan", "Første dag": "07.01.2030", "Uker": 2},
        "Baser": {"Base": "B1"},
        "Ansatte": {"Ansatt": "s1", "Stillingsprosent": "80 %", "Natt": "nei",
                    "Kompetanse": "Sykepleier|Høyskoleutdannet"},
        "Vakter": {"Vaktkode": "1", "Vakttype": "Dag", "Start": dt.time(7, 30), "Lengde": "7,5"},
        "Bemanningsplan": {"Linje": "c", "Dager": "mandag | Helligdag", "Vakter": 1, "Minst": 1, "Absolutt": "ja"},
        "Avtaler": {"Avtale": "a", "Nivå": "tillitsvalgte",
                    "Gir adgang til": "Minst 8 timers arbeidsfri, med kompenserende hvile"},
        "Regelverk": {"Nøkkel": "ruleset", "Verdi": "no-aml-ks"},
    },
}  # fmt: skip


@pytest.fixture(scope="module", params=["en", "nb"])
def lang(request: pytest.FixtureRequest) -> Lang:
    chosen: Lang = request.param
    return chosen


@pytest.fixture(scope="module")
def empty(lang: Lang, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / f"{lang}.xlsx"
    write_template(path, lang=lang, kind=ROTA)
    return path


def test_filled_in_it_is_a_data_set(empty: Path, lang: Lang, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(empty)
    for name, cells in FILLED[lang].items():
        titles = {cell.value: cell.column or 0 for cell in book[name][1]}
        for title, value in cells.items():
            book[name].cell(2, titles[title]).value = value
    book.save(tmp_path / "filled.xlsx")
    data = read_rota(tmp_path / "filled.xlsx")
    assert read_any(tmp_path / "filled.xlsx") == data
    person, shift, need = data.staff[0], data.shifts[0], data.cover[0]
    assert (int(person.position_percent), person.nights, len(person.competences)) == (80, False, 2)
    assert (shift.shift_code, shift.kind, shift.start, float(shift.hours)) == (
        "1",
        ShiftKind.DAY,
        "07:30",
        7.5,
    )
    assert (need.days, need.shift_codes, need.must) == ((Weekday.MONDAY, Weekday.HOLIDAY), ("1",), True)
    assert data.agreements[0].permits == ("rest_8",)


def test_empty_it_lacks_only_rows(empty: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_rota(empty)
    assert [(fault.table, fault.code) for fault in caught.value.faults] == [
        ("dataset", "one_row"),
        ("bases", "no_row"),
        ("staff", "no_row"),
        ("shifts", "no_row"),
    ]


def test_every_column_has_a_header_a_note_and_a_line_of_instructions(empty: Path, lang: Lang) -> None:
    book = openpyxl.load_workbook(empty)
    guide = {(row[0].value, row[1].value) for row in book.worksheets[0].iter_rows()}
    for name, row_type in TABLES.items():
        sheet_name = row_type.nb if lang == "nb" else name
        known = columns(name, ROTA).values()
        assert [cell.value for cell in book[sheet_name][1]] == [column.title(lang) for column in known]
        for cell, column in zip(book[sheet_name][1], known, strict=True):
            assert cell.comment is not None
            assert column.description(lang) in cell.comment.text
            assert (sheet_name, column.title(lang)) in guide


def test_drop_downs_point_at_lists_that_are_there(empty: Path) -> None:
    book = openpyxl.load_workbook(empty)
    for name, row_type in TABLES.items():
        sheet = book[row_type.nb if row_type.nb in book.sheetnames else name]
        rules = {str(rule.sqref).split("2:")[0]: rule for rule in sheet.data_validations.dataValidation}
        for at, column in enumerate(columns(name, ROTA).values(), start=1):
            rule = rules.get(get_column_letter(at))
            assert rule is not None or column.kind not in ("choice", "boolean", "whole", "percent")
            if column.choices and rule is not None:
                target, _, area = rule.formula1.rpartition("!")
                words = [row[0].value for row in book[target.strip("'")][area.replace("$", "")]]
                assert {column.words()[normal_title(word)] for word in words} == set(column.choices)
            if column.name in ("staff_id", "shift_code") and column.target and rule is not None:
                assert rule.formula1.rpartition("!")[2].startswith("$A$2")


def test_every_column_and_word_has_both_languages() -> None:
    described = set(texts("rota_columns", "nb"))
    assert described == set(TABLES) | {
        f"{name}__{column}" for name in TABLES for column in columns(name, ROTA)
    }
    words = {
        f"{column.choice_class}__{choice}"
        for name in TABLES
        for column in columns(name, ROTA).values()
        for choice in column.choices
    }
    assert set(texts("rota_values", "nb")) == set(texts("rota_values", "en")) == words


def test_titles_and_words_are_told_apart() -> None:
    for name in TABLES:
        known = columns(name, ROTA)
        assert len({normal_title(column.nb) for column in known.values()}) == len(known)
        for column in known.values():
            for lang in ("nb", "en"):
                names = {normal_title(column.choice_name(choice, lang)) for choice in column.choices}
                assert len(names) == len(column.choices)
