"""Generated data sets, with the limits between engines lowered so that small ones go the way of large ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tildeling import allocate, check, read_dataset
from tildeling.housing.compiling.compiler import compile_dataset
from tildeling.housing.dataset import Dataset
from tildeling.housing.generate.presets import sized
from tildeling.housing.generate.scenario import generate
from tildeling.housing.proposal import Proposal
from tildeling_models.grouping import mip, parts, priced
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop

INSTANCES = Path(__file__).parents[2] / "instances"


@cache
def made(preset: str, applicants: int) -> Dataset:
    return generate(preset, sized(preset, applicants=applicants), 3)


class Impatient(Progress):
    """Cancels at the first tier that is solved."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop

    def event(self, event: Event) -> None:
        if event.phase == "solve":
            self.stop.cancel()


def test_a_cancelled_run_leaves_a_checked_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LARGE", 500)
    data, stop = made("county", 200), Stop()
    proposal = allocate(data, stop=stop, progress=Impatient(stop), options=Options(find_ties=False))
    assert isinstance(proposal, Proposal)
    assert proposal.document.termination == "cancelled"
    report = check(data, proposal.solution)
    assert report.ok
    assert [tier.value for tier in report.tiers] == [tier.value for tier in proposal.document.tiers]


def test_large_parts_are_solved_in_time_and_their_bounds_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short run with parts by a few cells at a time; a longer one cell by cell does not pass its bounds."""
    data = made("county", 200)
    options = Options(find_ties=False)
    exact = allocate(data, time_limit=12.0, options=options)
    monkeypatch.setattr(parts, "LARGE", 500)
    short = allocate(data, time_limit=6.0, options=options)
    assert isinstance(exact, Proposal)
    assert isinstance(short, Proposal)
    for one, other in ((exact, short), (short, exact)):
        for t, (tier, found) in enumerate(zip(one.document.tiers, other.document.tiers, strict=True)):
            before = zip(other.document.tiers[:t], one.document.tiers[:t], strict=True)
            if tier.bound is not None and all((a.value or 0) <= (b.value or 0) for a, b in before):
                assert (found.value or 0) >= tier.bound


def test_priced_equals_mip_on_a_data_set_solved_by_hand() -> None:
    problem = compile_dataset(read_dataset(INSTANCES / "small")).problem
    options = Options(find_ties=False)
    one, other = (solver(problem, options, Stop(), Progress()) for solver in (priced.solve, mip.solve))
    assert [t.value for t in one.tiers] == [t.value for t in other.tiers]
    assert [t.bound for t in one.tiers] == [t.bound for t in other.tiers]


def test_nobody_is_placed_outside_their_municipality() -> None:
    data = generate("nation", sized("nation", applicants=150, municipalities=4), 5)
    proposal = allocate(data, time_limit=10.0, options=Options(find_ties=False))
    assert isinstance(proposal, Proposal)
    assert proposal.solution.placements
    for person, unit in proposal.solution.placements.items():
        site = data.site[data.group[data.unit[unit].group_id].site_id]
        assert site.municipality == data.applicant[person].municipality


def test_a_previous_proposal_is_kept_where_nothing_is_gained() -> None:
    """Warm start and few changes: the optimum of before comes back unchanged."""
    data = read_dataset(INSTANCES / "small")
    first = allocate(data)
    assert isinstance(first, Proposal)
    again = allocate(data, previous=first.solution)
    assert isinstance(again, Proposal)
    assert again.solution.placements == first.solution.placements
    assert again.document.tiers[-1].value == first.document.tiers[-1].value
