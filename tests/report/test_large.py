"""A proposal too large to show whole: the page says what it leaves out, and the workbook holds everything."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import escape
from openpyxl import load_workbook

from tildeling.housing.indicators import indicators
from tildeling.housing.proposal import Proposal
from tildeling.report.board import Board
from tildeling.report.excerpt import MOST, Most, excerpt
from tildeling.report.page import page
from tildeling.report.phrases import Phrases
from tildeling.report.spreadsheet import write_workbook
from tildeling.report.view import View
from tildeling.texts import LANGS, Lang, text

from .test_page import Tree

FEW = Most(units=40, waiting=5, placed=6, messages=2, bases=3, categories=2)


def said(key: str, lang: Lang, **numbers: int) -> str:
    """A line about what is left out."""
    return text(f"report.{key}", lang, **{name: str(number) for name, number in numbers.items()})


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_left_out_is_counted_and_said(town: Proposal, lang: Lang) -> None:
    view = View(town)
    words = page(town, lang, most=FEW)
    assert not Tree(words).open

    board = Board(view, Phrases(town.data, lang), FEW)
    drawn = [
        cell.unit_id
        for _, sites in board.districts
        for site in sites
        for community in site.communities
        for group in community.groups
        for cell in group.cells
    ]
    sites, units = board.left_out
    assert 0 < len(drawn) <= FEW.units
    assert len(drawn) + units == len(town.data.units)
    assert said("left_out_sites", lang, n=sites, units=units) in words

    by_severity = [sum(w.row.severity == severity for w in view.waiting) for severity in range(1, 6)]
    assert max(by_severity) > FEW.waiting
    for count in by_severity:
        line = said("left_out_waiting", lang, n=count - FEW.waiting)
        assert (line in words) == (count > FEW.waiting), count
    shown = excerpt(view.placements, FEW.placed, lambda p: p.home.group.site_id)
    assert said("left_out_placements", lang, n=shown.left_out) in words
    assert said("left_out_bases", lang, n=len(view.bases) - FEW.bases) in words
    for _, flags in view.flag_counts:
        if len(flags) > FEW.messages:
            assert said("left_out", lang, n=len(flags) - FEW.messages) in words


def test_bases_left_out_are_the_least_loaded(town: Proposal) -> None:
    words = page(town, "en", most=FEW)
    table = words[words.index('class="bases"') :]
    ids = re.findall(r"<small>(\S+) ·", table[: table.index("</table>")])
    loads = {base.row.base_id: base.load or 0 for base in View(town).bases}
    assert len(ids) == FEW.bases
    assert min(loads[base] for base in ids) >= max(loads[base] for base in loads if base not in ids)


def test_nothing_is_left_out_of_a_town(town: Proposal) -> None:
    words = page(town, "en")
    assert "not shown here" not in words
    assert 'class="areas"' not in words
    assert Board(View(town), Phrases(town.data, "en")).left_out == (0, 0)
    assert page(town, "en", view=View(town)) == words


def test_areas_hold_every_home(town: Proposal) -> None:
    view = View(town)
    assert not view.by_municipality
    assert [area.code for area in view.areas] == sorted(
        {s.district for s in town.data.sites if _homes(town, s.site_id)}
    )
    assert sum(area.units for area in view.areas) == len(town.data.units)
    assert sum(area.groups for area in view.areas) == len(town.data.groups)
    assert sum(area.after for area in view.areas) == sum(line.after for line in view.groups)
    empty = next(i.after.count for i in view.indicators if i.id == "homes_empty")
    assert sum(area.empty for area in view.areas) == empty


def _homes(proposal: Proposal, site_id: str) -> bool:
    return any(group.site_id == site_id for group in proposal.data.groups)


@pytest.fixture(scope="module")
def county(town: Proposal) -> Proposal:
    """The town's sites and applicants shared out among three municipalities."""
    names = ("oslo", "bergen", "tromso")
    data = replace(
        town.data,
        sites=tuple(
            s.model_copy(update={"municipality": names[i % 3]}) for i, s in enumerate(town.data.sites)
        ),
        applicants=tuple(
            a.model_copy(update={"municipality": names[i % 3]}) for i, a in enumerate(town.data.applicants)
        ),
    )
    return Proposal(data, town.solution, town.report, town.document)


@pytest.mark.parametrize("lang", LANGS)
def test_municipalities_where_there_are_several(county: Proposal, town: Proposal, lang: Lang) -> None:
    words = page(county, lang, most=replace(FEW, categories=9))
    assert not Tree(words).open
    assert text("report.areas_municipality", lang) in words
    by = str(escape(text("report.by_municipality", lang)))
    assert by in words
    assert by not in page(town, lang)
    found = {i.category for i in indicators(county.case) if i.id == "waiting_by_municipality"}
    assert found == {"oslo", "bergen", "tromso"}
    assert not any(i.id.endswith("_by_district") for i in indicators(county.case))


def test_an_excerpt_ends_where_what_belongs_together_ends() -> None:
    rows = ["a1", "a2", "b1", "b2", "b3", "c1"]
    assert excerpt(rows, 9).left_out == 0
    assert excerpt(rows, 3).rows == ["a1", "a2", "b1"]
    whole = excerpt(rows, 3, lambda row: row[0])
    assert (list(whole.rows), whole.left_out) == (rows[:5], 1)
    assert excerpt(rows, 0, lambda row: row[0]).rows == []
    assert MOST.units >= 1_000


def test_a_workbook_written_by_row_holds_the_same(town: Proposal, tmp_path: Path) -> None:
    books = []
    for by_row in (False, True):
        path = tmp_path / f"{by_row}.xlsx"
        write_workbook(town, path, "nb", by_row=by_row)
        books.append(load_workbook(path))
    whole, lean = books
    assert whole.sheetnames == lean.sheetnames
    for one, other in zip(whole.worksheets, lean.worksheets, strict=True):
        assert list(one.values) == list(other.values)
        assert one.auto_filter.ref == other.auto_filter.ref
        assert {k: d.height for k, d in one.row_dimensions.items()} == {
            k: d.height for k, d in other.row_dimensions.items()
        }
        assert one.merged_cells.ranges == other.merged_cells.ranges
