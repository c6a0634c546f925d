"""Workbooks as people fill them in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tildeling.errors import DataError
from tildeling.files import read_dataset, write_dataset
from tildeling.housing.dataset import Dataset

Change = Callable[[openpyxl.Workbook], None]


@pytest.fixture
def changed(example: Dataset, tmp_path: Path) -> Callable[[Change], Path]:
    """The example as a workbook, changed by a function."""

    def make(change: Change) -> Path:
        path = tmp_path / "book.xlsx"
        write_dataset(example, path)
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)
        return path

    return make


def messages(path: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_dataset(path)
    return caught.value.report().splitlines()


def test_what_spreadsheet_programs_make_of_values(
    example: Dataset, changed: Callable[[Change], Path]
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["applicants"]
        titles = {cell.value: cell.column for cell in sheet[1]}
        sheet.cell(2, titles["age"]).value = 40.0
        sheet.cell(2, titles["applied_on"]).value = dt.datetime(2029, 2, 28)
        sheet.cell(2, titles["care_hours"]).value = "35,25"
        book["units"]["A30"].value = "  "

    assert read_dataset(changed(change)) == example


def test_the_policy_as_keys_and_values(changed: Callable[[Change], Path]) -> None:
    def change(book: openpyxl.Workbook) -> None:
        del book["policy"]
        sheet = book.create_sheet("Regelverk")
        sheet.append(["Nøkkel", "Verdi"])
        sheet.append(["version", "tromsø-1"])
        sheet.append(["rules.H3.community_max", 7])
        sheet.append(["rules.H8.enabled", True])
        sheet.append(["features.balcony", '{ nb = "Balkong", en = "Balcony" }'])

    policy = read_dataset(changed(change)).policy
    assert policy.version == "tromsø-1"
    assert policy.rules["H3"].params["community_max"] == 7
    assert policy.rules["H8"].enabled
    assert policy.features["balcony"].nb == "Balkong"


def test_faults_name_file_sheet_row_and_column(changed: Callable[[Change], Path]) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["sites"]["D3"].value = "Nord Øst"
        book["sites"].insert_rows(2)
        book["locks"]["D2"].value = dt.datetime(2030, 1, 1, 12, 30)
        book.create_sheet("aplicants")
        book["policy"].delete_rows(1, 500)
        book["policy"].append(["key", "value"])
        book["policy"].append(["rules.H3.max_residens", 6])
        book["policy"].append(["rules.H3.max_residens", 6])

    assert messages(changed(change)) == [
        "book.xlsx sheet aplicants: is not a known table (applicants?)",
        "book.xlsx sheet sites row 4 'district': 'Nord Øst' must be 1 to 60 small letters a–z, digits and _",
        "book.xlsx sheet locks row 2 'on': '2030-01-01 12:30:00' must be a date without a time of day "
        "(2026-03-31, 31.03.2026)",
        "book.xlsx sheet policy row 2 'rules.H3.max_residens': is not a known setting (max_residents?)",
        "book.xlsx sheet policy row 3 'rules.H3.max_residens': is given twice, or is no valid key",
    ]


def test_an_empty_policy_sheet_is_the_standard_policy(changed: Callable[[Change], Path]) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["policy"].delete_rows(1, 500)

    assert read_dataset(changed(change)).policy.version == "standard-2026.1"


def test_a_formula_without_a_value_is_a_fault_and_not_an_empty_cell(
    changed: Callable[[Change], Path],
) -> None:
    """Nothing else is said of its row: what it lacks is there, only not to be read."""

    def change(book: openpyxl.Workbook) -> None:
        book["applicants"]["E2"].value = "=20+20"  # as a program writes it that works out nothing
        book["applicants"]["F3"].value = "#REF!"
        book["units"]["F2"].value = "=1/0"

    assert messages(changed(change)) == [
        "book.xlsx sheet applicants row 2 'E2': is a formula that was not worked out; open the file in a "
        "spreadsheet program and save it",
        "book.xlsx sheet units row 2 'F2': is a formula that was not worked out; open the file in a "
        "spreadsheet program and save it",
        "book.xlsx sheet applicants row 3 'F3': '#REF!' is no value; mend the formula, or write the value",
    ]


def test_formulas_elsewhere_are_nobodys_business(example: Dataset, changed: Callable[[Change], Path]) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book.create_sheet("Veiledning")["A1"].value = "=1/0"

    assert read_dataset(changed(change)) == example


def test_what_begins_as_a_formula_stays_a_text_when_it_is_edited(example: Dataset, tmp_path: Path) -> None:
    write_dataset(example, tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    risky = {
        cell.value: cell.quotePrefix
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith(("=", "+"))
    }
    assert len(risky) == 2
    assert all(risky.values())
    assert read_dataset(tmp_path / "book.xlsx") == example
