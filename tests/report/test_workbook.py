"""allocation.xlsx: what it holds, read back by another library."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from tildeling.housing.proposal import Proposal
from tildeling.report import PAGE, WORKBOOK, write_reports
from tildeling.report.spreadsheet import write_workbook
from tildeling.texts import LANGS, Lang, text

SHEETS = (
    "summary", "placements", "waiting", "groups", "communities", "bases", "indicators", "breakdown", "flags",
    "standing", "ties",
)  # fmt: skip
HEADER = 4


@pytest.fixture(scope="module", params=LANGS)
def lang(request: pytest.FixtureRequest) -> Lang:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def book(town: Proposal, lang: Lang, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("book") / "allocation.xlsx"
    write_workbook(town, path, lang)
    return load_workbook(path)


def rows(book: Workbook, sheet: str, lang: Lang) -> list[dict[str, object]]:
    found = list(book[text(f"report.sheet_{sheet}", lang)].iter_rows(min_row=HEADER, values_only=True))
    return [dict(zip(map(str, found[0]), row, strict=True)) for row in found[1:]]


def title(name: str, lang: Lang) -> str:
    return text(f"report.column_{name}", lang)


def test_sheets_in_order(book: Workbook, lang: Lang) -> None:
    assert book.sheetnames == [text(f"report.sheet_{name}", lang) for name in SHEETS]


def test_every_placement(book: Workbook, town: Proposal, lang: Lang) -> None:
    applicant, unit = title("applicant", lang), title("unit", lang)
    assert {row[applicant]: row[unit] for row in rows(book, "placements", lang)} == dict(
        town.solution.placements
    )


def test_waiting_list_is_sorted_and_keeps_the_criteria_apart(book: Workbook, lang: Lang) -> None:
    found = rows(book, "waiting", lang)
    keys = [(-int(str(r[title("severity", lang)])), -int(str(r[title("waiting_days", lang)]))) for r in found]
    assert keys == sorted(keys)
    assert {title("severity", lang), title("benefit", lang), title("resource", lang)} <= found[0].keys()


def test_sizes_and_flags(book: Workbook, town: Proposal, lang: Lang) -> None:
    sizes = [row[title("size_after", lang)] for row in rows(book, "groups", lang)]
    assert sizes == [town.case.after.expected(g) for g in sorted(town.data.group, key=_group_key(town))]
    assert len(rows(book, "flags", lang)) == len(town.flags)
    assert len(rows(book, "standing", lang)) == len(town.report.standing)
    assert len(rows(book, "ties", lang)) == max(1, len(town.document.ties.found))


def _group_key(proposal: Proposal):  # type: ignore[no-untyped-def]
    def key(group_id: str) -> tuple[str, str, str]:
        row = proposal.data.group[group_id]
        return row.site_id, row.community_id or "", group_id

    return key


def test_summary_holds_tiers_and_hashes(book: Workbook, town: Proposal, lang: Lang) -> None:
    cells = {str(c) for row in book.worksheets[0].iter_rows(values_only=True) for c in row if c is not None}
    assert {town.document.dataset_hash, town.document.policy_hash, town.document.engine} <= cells
    for tier in town.document.tiers:
        assert tier.name in cells
        assert str(tier.value) in cells


def test_every_sheet_carries_the_notice_and_prints_well(book: Workbook, town: Proposal, lang: Lang) -> None:
    info = town.data.info
    notice = info.notice_nb if lang == "nb" else info.notice_en
    for sheet in book.worksheets:
        assert sheet["A2"].value == notice
        assert sheet.oddHeader is not None
        assert notice[:60] in (sheet.oddHeader.left.text or "")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == f"B{HEADER + 1}"
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows == f"${HEADER}:${HEADER}"


def test_shading(book: Workbook, lang: Lang) -> None:
    for name in ("groups", "communities", "bases"):
        sheet = book[text(f"report.sheet_{name}", lang)]
        assert len(list(sheet.conditional_formatting)) >= 1


def test_hostile_names_are_text(hostile: Proposal, lang: Lang, tmp_path: Path) -> None:
    write_workbook(hostile, tmp_path / "a.xlsx", lang)
    with ZipFile(tmp_path / "a.xlsx") as archive:
        assert not [name for name in archive.namelist() if "vba" in name.lower()]
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                content = archive.read(name)
                assert b"<f>" not in content
                assert b"<hyperlink" not in content
    book = load_workbook(tmp_path / "a.xlsx")
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    begun = [cell for cell in cells if isinstance(cell.value, str) and cell.value[:1] in "=+-@"]
    assert begun
    assert all(cell.quotePrefix for cell in begun if cell.row > HEADER)


def test_same_bytes_twice(town: Proposal, lang: Lang, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_reports(town, tmp_path / folder, lang)
    for name in (PAGE, WORKBOOK):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_no_suppressed_number_in_the_breakdown(book: Workbook, lang: Lang) -> None:
    shown = [
        row[title(name, lang)] for row in rows(book, "breakdown", lang) for name in ("placed", "waiting")
    ]
    assert "<5" in shown
    assert not {"0", "1", "2", "3", "4"} & set(map(str, shown))
