"""The empty workbook: complete, and readable once filled in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tildeling.errors import DataError, UsageError
from tildeling.files import read_dataset
from tildeling.files.columns import columns, normal_title
from tildeling.files.template import write_template
from tildeling.housing.tables import TABLES
from tildeling.texts import Lang, texts

FILLED: dict[Lang, dict[str, dict[str, Any]]] = {
    "en": {
        "dataset": {"dataset_id": "d", "planning_date": dt.date(2030, 1, 1), "horizon_end": dt.date(2030, 9, 1)},
        "applicants": {
            "applicant_id": "A1", "age": 50, "target_group": "frail_older", "service_need": "with_base",
            "severity": 3, "applied_on": dt.date(2029, 1, 1), "present_housing": "own_home", "care_hours": 12.5,
        },
        "units": {"unit_id": "U1", "group_id": "G1", "available_from": dt.date(2030, 1, 1), "temporary": "yes"},
        "groups": {
            "group_id": "G1", "site_id": "S1", "target_groups": "frail_older", "service_access": "with_base",
        },
        "sites": {"site_id": "S1", "district": "centre"},
        "policy": {"Key": "rules.H3.community_max", "Value": 6},
    },
    "nb": {
        "Datasett": {"Datasett": "d", "Planleggingsdato": "01.01.2030", "Horisont slutt": "01.09.2030"},
        "Søkere": {
            "Søker": "A1", "Alder": 50, "Målgruppe": "Skrøpelige eldre", "Tjenestebehov": "Med base",
            "Alvorlighet": 3, "Søknadsdato": dt.date(2029, 1, 1), "Nåværende bolig": "Egen bolig",
            "Timer per uke": "12,5",
        },
        "Boenheter": {"Boenhet": "U1", "Bogruppe": "G1", "Ledig fra": dt.date(2030, 1, 1), "Midlertidig": "ja"},
        "Bogrupper": {
            "Bogruppe": "G1", "Botiltak": "S1", "Målgrupper": "Skrøpelige eldre", "Tjenestetilgang": "Med base",
        },
        "Botiltak": {"Botiltak": "S1", "Bydel": "centre"},
        "Regelverk": {"Nøkkel": "rules.H3.community_max", "Verdi": "6"},
    },
}  # fmt: skip


@pytest.fixture(scope="module", params=["en", "nb"])
def lang(request: pytest.FixtureRequest) -> Lang:
    chosen: Lang = request.param
    return chosen


@pytest.fixture(scope="module")
def empty(lang: Lang, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / f"{lang}.xlsx"
    write_template(path, lang=lang)
    return path


def test_filled_in_it_is_a_data_set(empty: Path, lang: Lang, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(empty)
    for name, cells in FILLED[lang].items():
        titles = {cell.value: cell.column for cell in book[name][1]}
        for title, value in cells.items():
            book[name].cell(2, titles[title]).value = value
    book.save(tmp_path / "filled.xlsx")
    data = read_dataset(tmp_path / "filled.xlsx")
    assert data.applicants[0].target_group == "frail_older"
    assert data.applicants[0].care_hours == 12.5
    assert data.units[0].temporary
    assert data.policy.rules["H3"].params["community_max"] == 6


def test_empty_it_lacks_only_the_data_set_row(empty: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_dataset(empty)
    assert [(fault.table, fault.code) for fault in caught.value.faults] == [("dataset", "one_row")]


def test_every_column_has_a_header_a_note_and_a_line_of_instructions(empty: Path, lang: Lang) -> None:
    book = openpyxl.load_workbook(empty)
    guide = {(row[0].value, row[1].value) for row in book.worksheets[0].iter_rows()}
    for name, row_type in TABLES.items():
        sheet_name = row_type.nb if lang == "nb" else name
        sheet = book[sheet_name]
        assert sheet.freeze_panes == "B2"
        assert [cell.value for cell in sheet[1]] == [column.title(lang) for column in columns(name).values()]
        for cell, column in zip(sheet[1], columns(name).values(), strict=True):
            assert column.description(lang) in cell.comment.text
            assert (sheet_name, column.title(lang)) in guide


def test_drop_downs_point_at_lists_that_are_there(empty: Path) -> None:
    book = openpyxl.load_workbook(empty)
    kinds = {"choice", "boolean", "score"}
    for name, row_type in TABLES.items():
        sheet = book[row_type.nb if row_type.nb in book.sheetnames else name]
        rules = {str(rule.sqref).split("2:")[0]: rule for rule in sheet.data_validations.dataValidation}
        for cell, column in zip(sheet[1], columns(name).values(), strict=True):
            rule = rules.get(cell.column_letter)
            if column.kind in kinds:
                assert rule is not None, f"{name}.{column.name} has no drop-down"
                assert rule.type == "list"
            if rule is not None and rule.type == "list" and "!" in rule.formula1:
                target, _, area = rule.formula1.rpartition("!")
                cells = [row[0].value for row in book[target.strip("'")][area.replace("$", "")]]
                assert not column.choices or len([word for word in cells if word]) == len(column.choices)
                if column.choices:
                    assert {column.words()[normal_title(word)] for word in cells} == set(column.choices)


def test_an_existing_file_is_kept_without_force(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        write_template(tmp_path / "t.xlsx")


def test_every_column_and_word_has_norwegian() -> None:
    described = set(texts("columns", "nb"))
    assert described == set(TABLES) | {f"{name}__{column}" for name in TABLES for column in columns(name)}
    words = {
        f"{column.choice_class}__{choice}"
        for name in TABLES
        for column in columns(name).values()
        for choice in column.choices
    }
    assert set(texts("values", "nb")) == set(texts("values", "en")) == words


def test_titles_and_words_are_told_apart() -> None:
    for name in TABLES:
        titles = [normal_title(column.nb) for column in columns(name).values()]
        assert len(set(titles)) == len(titles)
        for column in columns(name).values():
            for lang in ("nb", "en"):
                names = {normal_title(column.choice_name(choice, lang)) for choice in column.choices}
                assert len(names) == len(column.choices)
