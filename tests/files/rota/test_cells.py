"""Times of day and per cent as people and spreadsheet programs write them; Norwegian headers and words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tildeling.files import read_rota, write_dataset
from tildeling.files.cells import EMPTY, Unreadable, read_column
from tildeling.rota.dataset import RotaDataset

from .conftest import RotaFolder

CLOCKS = [
    ("07:30", "07:30"), ("7:30", "07:30"), ("0730", "07:30"), ("7.30", "07:30"), ("7", "07:00"),
    (" 07:30 ", "07:30"), ("07:30:00", "07:30"), (730, "07:30"), (1430.0, "14:30"), (7.0, "07:00"),
    (dt.time(7, 30), "07:30"), (dt.timedelta(hours=22, minutes=15), "22:15"), ("", EMPTY), (None, EMPTY),
]  # fmt: skip
NO_CLOCKS = [
    True,
    dt.date(2030, 1, 1),
    dt.datetime(2030, 1, 1, 7, 30),
    dt.timedelta(days=1),
    dt.timedelta(-1),
    [7],
]
PERCENTS = [
    ("80", 80), ("80 %", 80), ("80,5%", Decimal("80.5")), (80.0, 80), (33, 33), ("33,333", Decimal("33.333")),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "value"), CLOCKS)
def test_times_of_day(raw: Any, value: Any) -> None:
    assert read_column([raw], "clock") == [value]


@pytest.mark.parametrize("raw", NO_CLOCKS)
def test_no_times_of_day(raw: Any) -> None:
    assert isinstance(read_column([raw], "clock")[0], Unreadable)


@pytest.mark.parametrize(("raw", "value"), PERCENTS)
def test_per_cent(raw: Any, value: Any) -> None:
    assert read_column([raw], "percent") == [value]


@pytest.mark.parametrize("raw", ["%", "80 prosent", True, "80 % %"])
def test_no_per_cent(raw: Any) -> None:
    assert isinstance(read_column([raw], "percent")[0], Unreadable)


def test_norwegian_titles_names_and_file_names(folder: RotaFolder, rota: RotaDataset) -> None:
    rows = folder.rows("staff")
    for name, title in (
        ("staff_id", "Ansatt"),
        ("position_percent", "STILLINGSPROSENT*"),
        ("nights", "natt"),
    ):
        rows[0][rows[0].index(name)] = title
    folder.put_rows("staff", rows)
    (folder.path / "staff.csv").rename(folder.path / "Ansatte.csv")
    (folder.path / "fixed.csv").rename(folder.path / "Faste vakter.csv")
    folder.set("cover", "days", "Mandag|fredag|helligdag")
    folder.set("shifts", "kind", "Hvilende natt", row=1)
    folder.set("shifts", "start", "2215", row=1)
    folder.set("shifts", "break_is_work", "Ja", row=1)
    folder.set("absences", "kind", "Syk")
    folder.set("wishes", "kind", "fri")
    folder.set("agreements", "level", "Tillitsvalgte")
    folder.set("dataset", "form", "datoplan")
    folder.set("dataset", "start", "07.01.2030")
    assert folder.read() == rota


def test_what_spreadsheet_programs_make_of_values(rota: RotaDataset, tmp_path: Path) -> None:
    write_dataset(rota, tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    sheet = book["shifts"]
    titles = {cell.value: cell.column or 0 for cell in sheet[1]}
    sheet.cell(2, titles["start"]).value = dt.time(7, 30)
    sheet.cell(3, titles["start"]).value = 2215
    sheet.cell(4, titles["start"]).value = 0
    book["fixed"]["B2"].value = dt.datetime(2030, 1, 7)
    book.save(tmp_path / "book.xlsx")
    assert read_rota(tmp_path / "book.xlsx") == rota
