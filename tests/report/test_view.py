"""The rows behind page and workbook agree with the checker."""

from __future__ import annotations

from decimal import Decimal

from tildeling.housing.goals import wishes
from tildeling.housing.proposal import Proposal
from tildeling.report import palette
from tildeling.report.board import Board, shortened
from tildeling.report.phrases import Phrases
from tildeling.report.summary import Summary
from tildeling.report.view import View


def test_every_placement_has_its_row(town: Proposal) -> None:
    view = View(town)
    assert {p.row.applicant_id: p.home.unit.unit_id for p in view.placements} == dict(
        town.solution.placements
    )


def test_everybody_is_placed_waiting_or_stays(town: Proposal) -> None:
    view = View(town)
    permanent = {p.row.applicant_id for p in view.placements if not p.home.unit.temporary}
    waiting = {w.row.applicant_id for w in view.waiting}
    assert not permanent & waiting
    stays = set(town.data.applicant) - permanent - waiting
    assert all(town.data.applicant[person].application == "reassessment" for person in stays)


def test_the_waiting_list_begins_with_the_most_severe(town: Proposal) -> None:
    keys = [(-w.row.severity, -w.days) for w in View(town).waiting]
    assert keys == sorted(keys)


def test_an_unmet_wish_is_one_the_checker_counts(town: Proposal) -> None:
    params = wishes.WishParams()
    for placement in View(town).placements:
        lost = wishes.unmet_places(town.case, placement.row, placement.home, params)
        unmet = [w for w in placement.wishes if not w.met and w.kind in ("place", "size")]
        assert bool(lost) == bool(unmet)


def test_sizes_count_everybody_expected(town: Proposal) -> None:
    view = View(town)
    reserved = sum(unit.reserved for unit in town.data.units)
    people = sum(home.row.household_size for home in town.case.after.households)
    assert sum(line.after for line in view.groups) == people + reserved
    for line in view.communities:
        members = [g for g in view.groups if g.row.community_id == line.row.community_id]
        assert line.after == sum(g.after for g in members)


def test_base_hours_are_those_of_the_groups(town: Proposal) -> None:
    view = View(town)
    served = {group for line in view.bases for group in line.groups}
    expected = sum(
        (home.row.care_hours for home in town.case.after.households if home.group.group_id in served),
        Decimal(0),
    )
    assert sum((line.after for line in view.bases), Decimal(0)) == expected


def test_the_summary_says_what_the_document_says(town: Proposal) -> None:
    summary = Summary(View(town), Phrases(town.data, "en"))
    assert [(t.name, t.value, t.bound) for t in summary.tiers] == [
        (t.name, t.value, t.bound) for t in town.document.tiers
    ]
    assert all(tier.proven for tier in summary.tiers)
    assert "Proven optimal" in summary.verdict
    assert dict(summary.numbers)["waiting afterwards"] == len(View(town).waiting)


def test_an_open_tier_is_named_with_its_gap(town: Proposal) -> None:
    tiers = list(town.document.tiers)
    tiers[2] = tiers[2].model_copy(update={"bound": 10, "gap": 0.25})
    tiers[3] = tiers[3].model_copy(update={"bound": None, "gap": None})
    document = town.document.model_copy(update={"tiers": tuple(tiers), "outcome": "feasible"})
    proposal = Proposal(town.data, town.solution, town.report, document)
    summary = Summary(View(proposal), Phrases(town.data, "en"))
    assert tiers[2].name in summary.verdict
    assert "25.0%" in summary.verdict
    assert [tier.proof for tier in summary.tiers][:4] == ["proven", "proven", "not proven", "no bound"]


def test_the_board_shows_every_unit_once(town: Proposal) -> None:
    board = Board(View(town), Phrases(town.data, "nb"))
    cells = [
        cell
        for _, sites in board.districts
        for site in sites
        for community in site.communities
        for group in community.groups
        for cell in group.cells
    ]
    assert sorted(cell.unit_id for cell in cells) == sorted(town.data.unit)
    residents = [cell for cell in cells if cell.state == "resident"]
    assert residents
    assert not any(cell.person for cell in residents)
    assert {cell.person for cell in cells if cell.person} == set(town.solution.placements)


def test_names_are_not_said_twice() -> None:
    assert shortened("Ryavegen bofellesskap, bogruppe A", "Ryavegen bofellesskap") == "Bogruppe A"
    assert shortened("Ryavegen", "Ryavegen") == ""
    assert shortened("Øvre Kroken", "Ryavegen") == "Øvre Kroken"


def test_colours_can_be_read() -> None:
    for shade in palette.shades(map(str, range(20))).values():
        assert palette.contrast(shade.dark, palette.PAPER) >= 4.5
        assert palette.contrast(palette.INK, shade.tint) >= 4.5
    assert round(palette.contrast("#000000", "#ffffff"), 1) == 21.0


def test_a_result_of_another_policy_is_still_shown(town: Proposal) -> None:
    tier = town.document.tiers[0].model_copy(update={"name": "weighted"})
    document = town.document.model_copy(update={"tiers": (tier,)})
    summary = Summary(
        View(Proposal(town.data, town.solution, town.report, document)), Phrases(town.data, "nb")
    )
    assert [(line.name, line.meaning) for line in summary.tiers] == [("weighted", "")]
