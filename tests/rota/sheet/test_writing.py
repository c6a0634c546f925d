"""rota.xlsx: what a planner sees, read by another library."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from tildeling.report.palette import contrast
from tildeling.rota.rules.rule import Used
from tildeling.rota.sheet.looks import ABSENT, KINDS, RED, WEEKEND
from tildeling.rota.sheet.view import Extras, View
from tildeling.rota.sheet.writing import write_sheet
from tildeling.rota.solution import Rota
from tildeling.rota.tables import RotaBase, Staff
from tildeling.texts import Lang

from .plans import MONDAY, cycle, full_view, plan, some_rota, worked


def book(view: View, folder: Path, lang: Lang = "nb") -> Workbook:
    write_sheet(view, folder / "rota.xlsx", lang)
    return load_workbook(folder / "rota.xlsx")


def texts(sheet: Any, row: int) -> list[Any]:
    return [cell.value for cell in sheet[row] if cell.value is not None]


@pytest.fixture(scope="module")
def view() -> View:
    return full_view(8, 4)


@pytest.fixture(scope="module")
def sheet(view: View, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return book(view, tmp_path_factory.mktemp("book")).worksheets[0]


@pytest.mark.parametrize(
    ("lang", "letters", "titles"),
    [("nb", "MTOTFLS", ["Turnus", "Forklaring", "Timer"]), ("en", "MTWTFSS", ["Rota", "Legend", "Hours"])],
)
def test_headings(view: View, tmp_path: Path, lang: Lang, letters: str, titles: list[str]) -> None:
    made = book(view, tmp_path, lang)
    assert made.sheetnames == titles
    sheet = made.worksheets[0]
    assert texts(sheet, 5) == list(letters) * 4
    assert sheet["C4"].value == ("Uke 1 (kalenderuke 13)" if lang == "nb" else "Week 1 (calendar week 13)")
    assert [cell.value for cell in sheet[6] if isinstance(cell.value, dt.datetime)][-1].date() == view.days[
        -1
    ]


def test_a_cycle_has_weeks_and_no_dates(tmp_path: Path) -> None:
    sheet = book(View(cycle(), some_rota(cycle()), worked), tmp_path).worksheets[0]
    assert sheet["C4"].value == "Uke 1"
    assert sheet["A6"].value == "A-01"


def test_people_have_their_codes_and_sums(sheet: Any, view: View) -> None:
    for row, line in enumerate(view.lines, start=7):
        assert sheet.cell(row, 1).value == line.person.staff_id
        for at, cell in enumerate(line.cells):
            shown = sheet.cell(row, 3 + at + at // 7).value
            assert shown == (cell.text or None) or cell.absence is not None
        assert [sheet.cell(row, 10 + 8 * week).value for week in range(4)] == [m / 60 for m in line.weeks]
        totals = [sheet.cell(row, 35 + at).value for at in range(7)]
        assert line.target is not None
        assert line.off_target is not None
        assert totals == [line.worked / 60, line.target / 60, line.off_target / 60, line.nights, line.weekends,
                          line.unwanted, line.unmet]  # fmt: skip


def test_breaches_are_notes_in_words_with_a_frame(sheet: Any, view: View) -> None:
    assert view.report is not None
    breach = view.report.breaches[0]
    assert breach.day is not None
    at = (breach.day - MONDAY).days
    cell = sheet.cell(6 + int(breach.staff_id[2:]), 3 + at + at // 7)
    assert breach.message("nb") in cell.comment.text
    assert cell.border.left.style == "thick"


def test_wishes_not_met_are_framed(sheet: Any, view: View) -> None:
    wish = view.unmet[0]
    at = (wish.date - MONDAY).days
    cell = sheet.cell(6 + int(wish.staff_id[2:]), 3 + at + at // 7)
    assert "Ønske ikke oppfylt" in cell.comment.text


def test_cover_is_needed_and_planned_and_short_ones_are_marked(sheet: Any, view: View) -> None:
    rows = {str(cell.value): cell.row for cell in sheet["A"] if str(cell.value).startswith("Σ")}
    assert list(rows) == ["Σ Bemanning: behov/planlagt", "Σ D+LD1", "Σ D (sykepleier)", "Σ N"]
    night = view.cover[2]
    found = [sheet.cell(rows["Σ N"], 3 + at + at // 7) for at in range(28)]
    for cell, day in zip(found, night.cells, strict=True):
        assert cell.value == f"{day.needed}/{day.planned}" + ("!" if day.short else "")
    assert any(day.short for day in night.cells)


def test_days_off_are_shaded(sheet: Any) -> None:
    assert sheet["H5"].fill.fgColor.rgb.endswith(WEEKEND[1:])
    good_friday = (dt.date(2030, 4, 19) - MONDAY).days
    cell = sheet.cell(5, 3 + good_friday + good_friday // 7)
    assert cell.fill.fgColor.rgb.endswith(RED[1:])
    assert "Langfredag" in cell.comment.text


def test_print_and_panes(sheet: Any) -> None:
    assert sheet.freeze_panes == "C7"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$4:$6"
    assert sheet.print_title_cols == "$A:$B"


def test_many_weeks_are_printed_some_a_page(tmp_path: Path) -> None:
    sheet: Any = book(View(plan(weeks=12), Rota(), worked), tmp_path).worksheets[0]
    assert [found.id for found in sheet.col_breaks.brk] == [2 + 6 * 8, 2 + 12 * 8]
    assert sheet.page_setup.scale < 100


def test_the_holiday_plan_stands_under_the_base_rota(tmp_path: Path) -> None:
    data = plan(1, 1)
    base = Rota({"A-01": {data.days[0]: "D", data.days[1]: "A", data.days[2]: "N"}})
    rota = Rota({"A-01": {data.days[0]: "D", data.days[2]: "D"}})
    marks = {("A-01", data.days[4]): "F1"}
    sheet = book(View(data, rota, worked, None, Extras(marks, {}, base)), tmp_path).worksheets[0]
    assert [sheet.cell(7, at).value for at in range(1, 9)] == [
        "A-01",
        "Grunnturnus",
        80,
        "D",
        "A",
        "N",
        None,
        "F1",
    ]
    assert [sheet.cell(8, at).value for at in range(1, 9)] == [
        "A-01",
        "Helligdagsplan",
        None,
        None,
        "–",
        "D",
        None,
        None,
    ]


def test_the_legend_holds_codes_agreements_and_breaches(tmp_path: Path, view: View) -> None:
    used = (Used("REST11", "A-01", "LOC-1", 8.0),)
    shown = View(view.data, view.rota, worked, view.report, Extras({}, {}, None, used))
    sheet = book(shown, tmp_path, "en").worksheets[1]
    cells: list[list[Any]] = [
        [cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()
    ]
    assert ["D", "Dagvakt", "Day", "07:30", "15:00", 30, "7.50"] in cells
    assert ["REST11", "A-01", "LOC-1", "LOC", "8"] in cells
    assert view.report is not None
    listed = [row for row in cells if row[:2] == ["REST11", "AML § 10-8 (1)"]]
    assert len(listed) == len(view.notices)
    assert view.report.breaches[0].message("en").endswith(listed[0][-1][1:])


def test_raw_hours(tmp_path: Path, view: View) -> None:
    sheet = book(view, tmp_path).worksheets[2]
    rows: list[Any] = list(sheet.iter_rows(min_row=5, values_only=True))
    assert len(rows) == len(view.duties)
    assert sum(float(row[-1]) for row in rows) == pytest.approx(sum(line.worked for line in view.lines) / 60)


def test_names_are_never_formulas(tmp_path: Path) -> None:
    data = plan(
        1, bases=(RotaBase(base_id="B1", title="=1+1"),), notice_nb="=cmd()",
        staff=(Staff(staff_id="A-01", position_percent=100),),
    )  # fmt: skip
    write_sheet(View(data, some_rota(data), worked), tmp_path / "rota.xlsx")
    with ZipFile(tmp_path / "rota.xlsx") as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert not any("<f>" in part for part in parts)


def test_same_rota_same_bytes(tmp_path: Path, view: View) -> None:
    for name in ("one", "two"):
        write_sheet(view, tmp_path / f"{name}.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("shade", ["#FFFFFF", WEEKEND, RED, ABSENT])
def test_codes_can_be_read_on_every_shading(kind: Any, shade: str) -> None:
    assert contrast(KINDS[kind], shade) >= 4.5
