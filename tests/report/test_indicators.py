"""The indicators, and that a hidden number stays hidden."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling.housing.indicators import (
    BREAKDOWNS,
    LEAST,
    Amount,
    Hidden,
    Indicator,
    Standing,
    age_band,
    amount,
    hide_small,
    indicators,
    standing,
    waits_after,
    waits_today,
)
from tildeling.housing.proposal import Proposal
from tildeling.housing.tables import Application
from tildeling.texts import LANGS


def by_id(proposal: Proposal) -> dict[tuple[str, str], Indicator]:
    return {(i.id, i.category): i for i in indicators(proposal.case)}


def test_every_indicator_says_what_it_is_in_both_languages(town: Proposal) -> None:
    for indicator in indicators(town.case):
        for lang in LANGS:
            assert indicator.text(lang)
            assert indicator.definition(lang)
            assert indicator.source_text(lang)


def test_waiting_is_everybody_without_a_permanent_place(town: Proposal) -> None:
    data, found = town.data, by_id(town)["waiting", ""]
    permanent = {a for a, unit in town.solution.placements.items() if not data.unit[unit].temporary}
    stays = {a.applicant_id for a in data.applicants if a.application is Application.REASSESSMENT}
    locked = {lock.applicant_id for lock in data.locks}
    assert found.today == Amount(len(set(data.applicant) - locked - stays))
    assert found.after == Amount(len(set(data.applicant) - permanent - stays))


def test_standings_add_up(town: Proposal) -> None:
    for applicant in town.data.applicants:
        found = standing(town.case, applicant)
        if found is Standing.PLACED:
            assert not waits_after(town.case, applicant)
        if waits_after(town.case, applicant):
            assert waits_today(town.case, applicant)


def test_disability_over_23_is_part_of_over_18(town: Proposal) -> None:
    found = by_id(town)
    adults, over = found["disability_waiting_18", ""], found["disability_waiting_23", ""]
    expected = [
        a
        for a in town.data.applicants
        if a.target_group.startswith("intellectual_disability") and a.age >= 18 and waits_today(town.case, a)
    ]
    assert adults.today == Amount(len(expected))
    assert over.today == Amount(sum(a.age >= 23 for a in expected))


def test_empty_homes_agree_with_the_placements(town: Proposal) -> None:
    found = by_id(town)["homes_empty", ""]
    assert found.today is not None
    assert found.today.count is not None
    assert found.after.count is not None
    moved_out = len(town.case.after.households) - len(town.case.today.households)
    assert found.today.count - found.after.count == pytest.approx(moved_out, abs=5)
    taken = {home.unit.unit_id for home in town.case.after.households}
    ready = [
        u for u in town.data.units if u.available_from <= town.data.info.planning_date and not u.reserved
    ]
    assert found.after.count == sum(unit.unit_id not in taken for unit in ready)


def test_homes_per_district_sum_to_all_homes(town: Proposal) -> None:
    cells = [i.after.count for i in indicators(town.case) if i.id == "homes_in_district"]
    ready = [u for u in town.data.units if u.available_from <= town.data.info.horizon_end]
    assert sum(cell or 0 for cell in cells) == len(ready)


def test_no_small_number_of_people_is_shown(town: Proposal, small: Proposal) -> None:
    for proposal in (town, small):
        for indicator in indicators(proposal.case):
            for cell in (indicator.today, indicator.after):
                if indicator.unit == "applicants" and cell is not None and cell.count is not None:
                    least = 0 if indicator.today is not None else LEAST
                    assert cell.count == 0 or cell.count >= LEAST
                    assert cell.count >= least


def test_breakdowns_cannot_be_undone_by_the_totals(town: Proposal) -> None:
    for name in set(BREAKDOWNS) - {"municipality"}:
        for state in ("placed", "waiting"):
            cells = [i.after for i in indicators(town.case) if i.id == f"{state}_by_{name}"]
            assert cells
            assert sum(cell.hidden is not Hidden.NO for cell in cells) != 1


def test_amount_hides_one_to_four() -> None:
    assert [amount(n).count for n in range(6)] == [0, None, None, None, None, 5]
    assert amount(3, 10) == Amount(None, 10, Hidden.SMALL)


def test_a_lonely_small_cell_takes_another_with_it() -> None:
    found = hide_small([3, 20, 7])
    assert found == [Amount(None, hidden=Hidden.SMALL), Amount(20), Amount(None, hidden=Hidden.SECONDARY)]


def test_nothing_is_hidden_without_need() -> None:
    assert hide_small([5, 6]) == [Amount(5), Amount(6)]
    assert hide_small([]) == []


def test_small_cells_whose_sum_gives_them_away_take_another_with_them() -> None:
    assert [cell.hidden for cell in hide_small([0, 0, 9])] == [Hidden.SMALL, Hidden.SMALL, Hidden.SECONDARY]
    assert [cell.hidden for cell in hide_small([4, 4, 9])] == [Hidden.SMALL, Hidden.SMALL, Hidden.SECONDARY]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_a_reader_who_knows_the_total_finds_no_small_cell(counts: list[int]) -> None:
    shown = hide_small(counts)
    hidden = [i for i, cell in enumerate(shown) if cell.count is None]
    small = [i for i in hidden if shown[i].hidden is Hidden.SMALL]
    assert all(cell.count in (None, count) for cell, count in zip(shown, counts, strict=True))
    assert all(shown[i].count is None for i, count in enumerate(counts) if count < LEAST)
    known = sum(counts[i] for i in hidden)
    worlds = [
        world
        for world in product(range(known + 1), repeat=len(hidden))
        if sum(world) == known
        and all((value < LEAST) == (i in small) for i, value in zip(hidden, world, strict=True) if small)
    ]
    for at, i in enumerate(hidden):
        if i in small:
            assert len({world[at] for world in worlds}) > 1


def test_age_bands() -> None:
    assert [age_band(age) for age in (0, 17, 18, 22, 23, 66, 67, 80, 120)] == [
        "0-17", "0-17", "18-22", "18-22", "23-66", "23-66", "67-79", "80+", "80+",
    ]  # fmt: skip
