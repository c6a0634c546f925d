"""Reading a sheet back: what was written, what a planner changed, what a planner made."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from tildeling.errors import DataError
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.sheet.reading import read_history, read_marks, read_published, read_sheet
from tildeling.rota.sheet.view import Extras, View
from tildeling.rota.sheet.writing import write_sheet
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Absence, RotaForm, Staff
from tildeling.texts import Lang

from .plans import MONDAY, cycle, full_view, plan, report, some_rota, worked

FIRST_DAY = 3
"""openpyxl counts from 1: who, position, Monday."""


def plain(rota: Rota, data: RotaDataset) -> dict[str, dict[dt.date, str]]:
    return {person.staff_id: dict(rota.work.get(person.staff_id, {})) for person in data.staff}


def written(
    data: RotaDataset, rota: Rota, path: Path, extras: Extras | None = None, lang: Lang = "nb"
) -> Path:
    write_sheet(View(data, rota, worked, None, extras or Extras({}, {})), path / "rota.xlsx", lang)
    return path / "rota.xlsx"


def edit(path: Path, change: Any) -> Path:
    book = load_workbook(path)
    change(book.worksheets[0])
    book.save(path)
    return path


def row_of(sheet: Any, name: str) -> int:
    return next(int(cell.row) for cell in sheet["A"] if cell.value == name)


def faults(path: Path, data: RotaDataset) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_sheet(path, data)
    return [fault.message("en") for fault in caught.value.faults]


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6), people=st.integers(1, 6), weeks=st.integers(1, 5), cyclic=st.booleans(),
    two=st.booleans(), lang=st.sampled_from(("nb", "en")), share=st.floats(0, 1),
)  # fmt: skip
def test_what_is_written_is_read(
    seed: int, people: int, weeks: int, cyclic: bool, two: bool, lang: Lang, share: float
) -> None:
    away = (
        Absence(staff_id="A-01", first_day=MONDAY, last_day=MONDAY + dt.timedelta(days=3), kind="holiday"),
    )
    data = plan(people, weeks, form=RotaForm.CYCLE if cyclic else RotaForm.DATED, absences=away)
    rota, draw = some_rota(data, seed, share), random.Random(seed)
    free = [(p.staff_id, day) for p in data.staff for day in data.days if rota.shift(p.staff_id, day) is None]
    marks = {key: f"F{draw.randint(1, 5)}" for key in free if draw.random() < 0.3}
    base = some_rota(data, seed // 2, 0.5) if two and not cyclic else None
    with tempfile.TemporaryDirectory() as folder:
        path = written(data, rota, Path(folder), Extras(marks, {}, base), lang)
        assert plain(read_sheet(path, data), data) == plain(rota, data)
        read = read_marks(path, data)
    # A day on which the base rota was off as well says in its first line which mark it has.
    assert read == marks


def test_the_largest_sheet_is_read(tmp_path: Path) -> None:
    view = full_view(60, 12)
    write_sheet(view, tmp_path / "rota.xlsx")
    assert plain(read_sheet(tmp_path / "rota.xlsx", view.data), view.data) == plain(view.rota, view.data)


def test_a_planners_own_changes_are_read(tmp_path: Path) -> None:
    data = plan()
    rota = Rota({"A-01": {MONDAY: "D"}, "A-02": {MONDAY: "N"}, "A-03": {MONDAY: "A"}})

    def change(sheet: Any) -> None:
        one, two, three = (row_of(sheet, f"A-0{n}") for n in (1, 2, 3))
        sheet.cell(one, FIRST_DAY).value = "  n "
        sheet.cell(one, FIRST_DAY + 1).value = "f1"
        sheet.cell(one, FIRST_DAY + 2).value = "HV"
        sheet.cell(two, FIRST_DAY).value = None
        sheet.cell(two, FIRST_DAY + 3).value = "fri"
        sheet.cell(three, 1).value = " a-03 "
        sheet.cell(three, FIRST_DAY).comment = Comment("byttet med Kari", "leder")

    path = edit(written(data, rota, tmp_path), change)
    assert plain(read_sheet(path, data), data) == {
        "A-01": {MONDAY: "N", MONDAY + dt.timedelta(days=2): "hv"}, "A-02": {}, "A-03": {MONDAY: "A"}, "A-04": {},
    }  # fmt: skip
    assert read_marks(path, data) == {("A-01", MONDAY + dt.timedelta(days=1)): "F1"}


def test_rows_may_stand_in_any_order(tmp_path: Path) -> None:
    data = plan(6)
    rota = some_rota(data, 3)

    def change(sheet: Any) -> None:
        first, last = row_of(sheet, "A-01"), row_of(sheet, "A-06")
        rows = [[cell.value for cell in sheet[row]] for row in range(first, last + 1)]
        cover = [cell.value for cell in sheet[last + 2]]
        for row, values in enumerate([rows[4], cover, *rows[:4], rows[5]], start=first):
            for column, value in enumerate(values, start=1):
                sheet.cell(row, column).value = value

    path = edit(written(data, rota, tmp_path), change)
    assert plain(read_sheet(path, data), data) == plain(rota, data)


def test_every_fault_is_told_with_its_cell(tmp_path: Path) -> None:
    data = plan()

    def change(sheet: Any) -> None:
        one, two = row_of(sheet, "A-01"), row_of(sheet, "A-02")
        sheet.cell(one, FIRST_DAY).value = "DD"
        sheet.cell(one, FIRST_DAY + 9).value = "F6"
        sheet.cell(two, 1).value = "A-20"
        sheet.cell(two, FIRST_DAY).value = "D"

    path = edit(written(data, Rota(), tmp_path), change)
    found = faults(path, data)
    assert len(found) == 4
    assert found[0].startswith("rota.xlsx 'Turnus!C7': 'DD' is no shift code")
    assert found[0].endswith("(D?)")
    assert found[1].startswith("rota.xlsx 'Turnus!L7': 'F6' is no shift code")
    assert found[2].startswith("rota.xlsx 'Turnus!A8': 'A-20' is not a known member of staff")
    assert found[3] == (
        "rota.xlsx: 'A-02' is missing; all staff need a row, those who are off throughout as well"
    )


def test_a_person_twice_and_shifts_without_a_person_are_faults(tmp_path: Path) -> None:
    data = plan()

    def change(sheet: Any) -> None:
        two, three = row_of(sheet, "A-02"), row_of(sheet, "A-03")
        sheet.cell(two, 1).value = "A-01"
        sheet.cell(three, 1).value = None
        sheet.cell(three, FIRST_DAY).value = "D"

    found = faults(edit(written(data, Rota(), tmp_path), change), data)
    assert found[0] == "rota.xlsx 'Turnus!A8': 'A-01' stands in A7 too"
    assert found[1] == "rota.xlsx 'Turnus!A9': must be someone's id, since the row has shifts"
    assert {fault.split("'")[1] for fault in found[2:]} == {"A-02", "A-03"}


def test_days_outside_the_plan_and_missing_ones_are_faults(tmp_path: Path) -> None:
    path = written(plan(weeks=2), Rota(), tmp_path)
    assert "is not a day of the plan, 2030-03-25..2030-03-31" in faults(path, plan(weeks=1))[0]
    assert faults(path, plan(weeks=3)) == ["rota.xlsx: lacks 7 of the plan's days, the first 2030-04-08"]


def test_two_sheets_that_differ_are_a_fault(tmp_path: Path) -> None:
    data = plan()
    path = written(data, Rota({"A-01": {MONDAY: "D"}}), tmp_path)
    book = load_workbook(path)
    copy = book.copy_worksheet(book.worksheets[0])
    copy.title = "Kopi"
    copy.cell(row_of(copy, "A-01"), FIRST_DAY).value = "N"
    book.save(path)
    assert faults(path, data) == [
        "rota.xlsx 'Kopi!C7': 'N' is another than D, which stands for the same person and day in Turnus!C7"
    ]


def test_a_date_that_is_not_the_weekday_above_is_a_fault(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.cell(6, FIRST_DAY).value = dt.datetime(2030, 3, 26)

    found = faults(edit(written(plan(), Rota(), tmp_path), change), plan())
    assert found[0].startswith("rota.xlsx 'Turnus!C6': '2030-03-26' is not the weekday that stands in C5")


def test_an_identity_number_is_refused_and_masked(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.cell(row_of(sheet, "A-02"), 1).value = "13097248022"

    found = faults(edit(written(plan(), Rota(), tmp_path), change), plan())
    assert "looks like a national identity number" in found[0]
    assert not any("13097248022" in fault for fault in found)


def test_codes_that_differ_in_case_only_are_read_as_written(tmp_path: Path) -> None:
    data = plan()
    twin = data.shifts[0].model_copy(update={"shift_code": "d"})
    data = plan(shifts=(*data.shifts, twin))
    rota = Rota({"A-01": {MONDAY: "D", MONDAY + dt.timedelta(days=1): "d"}})
    path = written(data, rota, tmp_path)
    assert plain(read_sheet(path, data), data)["A-01"] == rota.work["A-01"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"id;date\n"])
def test_what_is_no_workbook_is_a_fault(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rota.xlsx").write_bytes(content)
    assert "cannot be read as a workbook" in faults(tmp_path / "rota.xlsx", plan())[0]


def test_a_workbook_without_days_is_a_fault(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "Handleliste"
    book.save(tmp_path / "rota.xlsx")
    assert "has no sheet with days" in faults(tmp_path / "rota.xlsx", plan())[0]


def own_sheet(path: Path, dates: list[Any], rows: list[list[Any]], heading: list[Any] | None = None) -> Path:
    """A planner's own: a title, week headings, dates, people."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Turnus avd. 2"])
    sheet.append(heading or [])
    sheet.append(["Ansatt", *dates])
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def before(days: int) -> dt.date:
    return MONDAY - dt.timedelta(days=days)


@pytest.mark.parametrize("form", ["date", "dd.mm", "dd.mm.yyyy", "iso"])
def test_the_last_weeks_are_read_from_a_planners_own_sheet(tmp_path: Path, form: str) -> None:
    write = {"dd.mm": "{:%d.%m}", "dd.mm.yyyy": "{:%d.%m.%Y}", "iso": "{:%Y-%m-%d}"}.get(form)
    dates = [before(back) for back in range(7, -1, -1)]
    heads = [write.format(day) if write else dt.datetime.combine(day, dt.time()) for day in dates]
    rows: list[list[Any]] = [
        ["A-02", "D", "d", None, "F1", "N", None, "-", "A"],
        ["A-01", *[None] * 8],
        ["Sum", *[1] * 8],
    ]
    found = read_history(own_sheet(tmp_path / "own.xlsx", heads, rows, ["", "Uke 12"]), plan())
    worked_days = {row.date: row.shift_code for row in found if row.staff_id == "A-02"}
    assert worked_days == {before(7): "D", before(6): "D", before(5): None, before(4): None, before(3): "N",
                           before(2): None, before(1): None}  # fmt: skip
    assert {row.staff_id for row in found} == {"A-01", "A-02"}


def test_dates_without_a_year_are_those_nearest_to_the_plan(tmp_path: Path) -> None:
    start = dt.date(2030, 1, 7)
    heads = [f"{start - dt.timedelta(days=back):%d.%m}." for back in range(14, 0, -1)]
    found = read_history(own_sheet(tmp_path / "own.xlsx", heads, [["A-01", *["D"] * 14]]), plan(start=start))
    assert [row.date for row in found] == [start - dt.timedelta(days=back) for back in range(14, 0, -1)]


def test_a_published_plan_is_read_and_other_days_left_out(tmp_path: Path) -> None:
    heads = [dt.datetime.combine(MONDAY + dt.timedelta(days=n), dt.time()) for n in range(-2, 5)]
    path = own_sheet(tmp_path / "own.xlsx", heads, [["A-01", "N", "N", "D", None, "A", None, None]])
    found = read_published(path, plan())
    assert [(row.date, row.shift_code) for row in found][:3] == [
        (MONDAY, "D"), (MONDAY + dt.timedelta(days=1), None), (MONDAY + dt.timedelta(days=2), "A"),
    ]  # fmt: skip
    assert len(found) == 5


def test_a_sheet_of_other_days_only_is_a_fault(tmp_path: Path) -> None:
    heads = [dt.datetime.combine(MONDAY + dt.timedelta(days=n), dt.time()) for n in range(7)]
    path = own_sheet(tmp_path / "own.xlsx", heads, [["A-01", *["D"] * 7]])
    with pytest.raises(DataError, match="has no days before the plan, which begins on 2030-03-25"):
        read_history(path, plan())
    with pytest.raises(DataError, match="has none of the plan's days"):
        read_published(path, plan(start=MONDAY + dt.timedelta(days=70)))


def test_weeks_without_dates_are_those_of_the_cycle(tmp_path: Path) -> None:
    data = cycle(staff=(Staff(staff_id="A-01", position_percent=100),))
    week = ["Man", "Tir", "Ons", "Tor", "Fre", "Lør", "Søn"]
    heading = ["", "Uke 2", *[None] * 7, "UKE 1", *[None] * 7, "uke 3"]
    dates = [*week, "t", *week, "t", *week]
    row = ["A-01", "D", *[None] * 6, 7, "A", *[None] * 6, 7, *[None] * 6, "N"]
    path = own_sheet(tmp_path / "own.xlsx", dates, [row], heading)
    assert dict(read_sheet(path, data).work["A-01"]) == {
        MONDAY + dt.timedelta(days=7): "D", MONDAY: "A", MONDAY + dt.timedelta(days=20): "N",
    }  # fmt: skip


def test_a_week_without_a_name_is_a_fault(tmp_path: Path) -> None:
    path = own_sheet(tmp_path / "own.xlsx", list("MTOTFLS"), [["A-01", "D"]])
    assert "lacks “Week N”" in faults(path, plan())[0]


def test_breaches_and_wishes_do_not_hinder_reading(tmp_path: Path) -> None:
    view = full_view(6, 3)
    assert report(view.data, view.rota).breaches
    write_sheet(view, tmp_path / "rota.xlsx", "en")
    assert plain(read_sheet(tmp_path / "rota.xlsx", view.data), view.data) == plain(view.rota, view.data)


def test_a_formula_is_no_shift_where_a_shift_is_wanted_and_no_matter_elsewhere(tmp_path: Path) -> None:
    """Read as an empty cell it would be a day off."""
    data = plan(2, 1)
    rota = some_rota(data, 1, 1.0)
    path = written(data, rota, tmp_path)
    broken = load_workbook(path)
    sheet = broken.worksheets[0]
    sheet.cell(sheet.max_row, sheet.max_column).value = "#DIV/0!"  # below the sums
    broken.save(path)
    assert plain(read_sheet(path, data), data) == plain(rota, data)
    row = row_of(sheet, data.staff[0].staff_id)
    sheet.cell(row, FIRST_DAY).value = "#REF!"
    sheet.cell(row, FIRST_DAY + 1).value = "=C1"
    broken.save(path)
    told = faults(path, data)
    assert len(told) == 2
    assert "#REF!" in told[0]
