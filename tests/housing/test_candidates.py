"""Lists of candidates and of places: the hand-solved set in full, ranks, intervals, what is impossible, cancelling."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tildeling import allocate, read_dataset
from tildeling.housing.candidates import Candidates, Places, candidates, places, ranks_of
from tildeling.housing.dataset import Dataset
from tildeling.housing.explain import explain
from tildeling.housing.proposal import Proposal
from tildeling.housing.whatif import Cost, Laboratory, TierCost, cheapest
from tildeling.housing.wording import cost_text
from tildeling_models.progress import Event, Progress
from tildeling_models.stop import Stop


@pytest.fixture(scope="module")
def small() -> Dataset:
    return read_dataset(Path(__file__).parents[2] / "instances" / "small")


@pytest.fixture(scope="module")
def proposal(small: Dataset) -> Proposal:
    found = allocate(small, time_limit=60)
    assert isinstance(found, Proposal)
    assert found.document.outcome == "optimal"
    return found


def cost(*tiers: tuple[int | None, int | None], possible: bool | None = True) -> Cost:
    """A cost of tiers named a, b, c, each (least, most)."""
    named = zip("abc", tiers, strict=False)
    return Cost(possible, tuple(TierCost(name, least, most) for name, (least, most) in named))


def changes(one: Cost) -> dict[str, int | None]:
    """The tiers that change, all of them proven."""
    assert all(tier.exact for tier in one.tiers)
    return {tier.name: tier.most for tier in one.tiers if tier.most}


# --- the hand-solved set -----------------------------------------------------------------------------------

UNITS: dict[str, dict[str, dict[str, int] | None]] = {
    # instances/small/README.md: who has it in the one optimal answer costs nothing
    "SOL-B-01": {
        "s03": {}, "s04": {}, "s05": {}, "s07": {},
        "s02": {"3a": 5}, "s01": {"3a": 9}, "s08": {"3a": 9}, "s09": {"1b-2": 25, "3a": 9},
    },
    "HAM-01": {"s14": {}, "s15": {}, "s17": {}, "b03": {}, "s16": {"2": 2}},
    "FJO-04": {
        "s10": {}, "s11": {}, "s13": {}, "s17": {"2": 2}, "s12": {"1b-5": 127, "1b-3": -127},
    },
    "MID-01": {"s18": {}, "s20": {"1c": 2}, "s19": {"1c": 5}},
    "NOR-01": {"s18": None, "s19": None, "s20": None},
}  # fmt: skip
"""Changes by tier; None: not possible, since three cannot open a group of four."""


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("given", [True, False])
def test_every_candidate_of_a_unit(small: Dataset, proposal: Proposal, unit: str, given: bool) -> None:
    """s05 and s09 in band 2 differ by 25 points; s17 in FJO would be two steps above; only s06 needs a wheelchair."""
    found = candidates(small, unit, proposal=proposal if given else None, stop=Stop(60))
    assert found.offered
    assert found.basis.proposal == given
    assert {c.applicant for c in found.ranked} == set(UNITS[unit])
    for who in found.ranked:
        expected = UNITS[unit][who.applicant]
        assert who.cost.exact
        assert who.cost.possible == (expected is not None)
        if expected is not None:
            assert changes(who.cost) == expected, who


PLACES: dict[str, dict[str, dict[str, int] | None]] = {
    "s09": {
        "SOL-A-02": {"1b-2": 25, "3a": 5}, "SOL-B-01": {"1b-2": 25, "3a": 9}, "SOL-A-01": {"1b-3": 139, "1b-2": -132},
    },
    "s01": {"SOL-A-02": {}, "SOL-B-01": {"3a": 9}, "SOL-A-01": {"1b-3": 139}},
    "s16": {"HAM-01": {"2": 2}},
    "s20": {"MID-01": {"1c": 2}, "NOR-01": None},
    "b03": {"HAM-01": {}},
}  # fmt: skip


@pytest.mark.parametrize("applicant", PLACES)
def test_every_place_of_an_applicant(small: Dataset, proposal: Proposal, applicant: str) -> None:
    found = places(small, applicant, proposal=proposal, stop=Stop(60))
    assert {p.units[0] for p in found.ranked} == set(PLACES[applicant])
    for place in found.ranked:
        expected = PLACES[applicant][place.units[0]]
        assert place.cost.possible == (expected is not None)
        if expected is not None:
            mine = {name: by for name, by in changes(place.cost).items() if name in expected}
            assert mine == expected
        assert place.proposed == (proposal.solution.placements.get(applicant) in place.units)


def test_equal_units_are_one_place(small: Dataset, proposal: Proposal) -> None:
    found = places(small, "s01", proposal=proposal)
    assert ("SOL-B-01", "SOL-B-02", "SOL-B-03", "SOL-B-04") in {p.units for p in found.ranked}
    assert sum(len(p.units) for p in found.ranked) == 8


def test_lists_are_sorted_and_ties_share_a_rank(small: Dataset, proposal: Proposal) -> None:
    found = candidates(small, "SOL-B-01", proposal=proposal, stop=Stop(60))
    assert [c.cost.upper for c in found.ranked] == sorted(c.cost.upper for c in found.ranked)
    assert [c.rank for c in found.ranked] == [(1, 1)] * 4 + [(5, 5), (6, 6), (6, 6), (8, 8)]
    severities = [c.severity for c in found.ranked[:4]]
    assert severities == sorted(severities, reverse=True)


def test_one_direction_agrees_with_the_other(small: Dataset, proposal: Proposal) -> None:
    for unit in ("SOL-A-02", "HAM-01", "FJO-05"):
        for who in candidates(small, unit, proposal=proposal, stop=Stop(60)).ranked:
            there = places(small, who.applicant, proposal=proposal, stop=Stop(60)).ranked
            mine = next(p for p in there if unit in p.units)
            assert mine.cost.upper == who.cost.upper


def test_what_is_not_on_offer_and_whom_nothing_suits(small: Dataset, proposal: Proposal) -> None:
    found = candidates(small, "FJO-01", proposal=proposal)
    assert not found.offered
    assert found.ranked == ()
    assert "FJO-01" in found.text("en")
    with pytest.raises(KeyError):
        candidates(small, "NO-01", proposal=proposal)
    with pytest.raises(KeyError):
        places(small, "nobody", proposal=proposal)


# --- what is proven, and what is not -----------------------------------------------------------------------


def test_cancelled_before_it_began_claims_nothing(small: Dataset, proposal: Proposal) -> None:
    stop = Stop(60)
    stop.cancel()
    found = candidates(small, "SOL-B-01", proposal=proposal, stop=stop)
    assert len(found.ranked) == 8
    assert {c.cost.possible for c in found.ranked} == {None}
    assert not any(c.cost.exact for c in found.ranked)
    assert {c.rank for c in found.ranked} == {(1, 8)}
    assert "not settled in time" in found.text("en")


def test_cancelled_on_the_way_keeps_what_it_has(small: Dataset, proposal: Proposal) -> None:
    stop = Stop(60)

    class Impatient(Progress):
        def event(self, event: Event) -> None:
            if event.phase == "candidates":
                stop.cancel()

    found = candidates(small, "SOL-B-01", proposal=proposal, stop=stop, progress=Impatient())
    exact = candidates(small, "SOL-B-01", proposal=proposal, stop=Stop(60))
    best = {c.applicant: c.cost for c in exact.ranked}
    assert any(c.cost.possible for c in found.ranked)
    for who in found.ranked:
        assert who.cost.lower <= best[who.applicant].upper <= who.cost.upper


def test_bounds_of_another_result_are_not_used(small: Dataset, proposal: Proposal) -> None:
    lab = Laboratory(small, proposal, Stop(10))
    assert lab.proven[:-1] == (0,) * (len(lab.proven) - 1)
    assert lab.proven[-1] is None  # the last tier counts changes, and from what is not told
    changed = proposal.document.model_copy(update={"dataset_hash": "another"})
    other = Laboratory(small, replace(proposal, document=changed), Stop(10))
    assert set(other.proven) == {None}
    found = candidates(small, "SOL-B-01", proposal=replace(proposal, document=changed), stop=Stop(60))
    assert all(c.cost.exact for c in found.ranked)


def test_a_proposal_that_is_not_the_best(small: Dataset) -> None:
    """Whoever would make the whole better has a cost below zero, and the list says so."""
    day = allocate(small, engine="vacancy")
    assert isinstance(day, Proposal)
    lists = [candidates(small, unit, proposal=day, stop=Stop(60)) for unit in UNITS]
    below = [
        found for found in lists if any(c.cost.upper < (0.0,) * 12 for c in found.ranked if c.cost.possible)
    ]
    assert below
    for found in below:
        assert "better" in found.text("en")
        assert "bedre" in found.text("nb")


def test_ranks_are_ranges_where_intervals_overlap() -> None:
    one, two = cost((0, 0), (3, 3)), cost((0, 0), (2, 5))
    three, four = cost((0, 0), (7, 7)), cost((None, 4), (0, 0))
    assert ranks_of([one, two, three]) == [(1, 2), (1, 2), (3, 3)]
    assert ranks_of([one, three, four]) == [(1, 2), (2, 3), (1, 3)]
    assert ranks_of([one, one, Cost(False)]) == [(1, 1), (1, 1), (3, 3)]
    assert ranks_of([one, cost((0, None), (4, None), possible=None)]) == [(1, 1), (2, 2)]
    assert ranks_of([one, cost((0, None), (0, None), possible=None)]) == [(1, 2), (1, 2)]


def test_a_gap_from_zero_is_not_ranked_before_a_tie() -> None:
    """Where what is compared with is proven, whoever may cost nothing so far costs nothing less after."""
    tie, gap = cost((0, 0), (0, 0), (0, 0)), cost((0, 0), (0, 4), (None, -3))
    assert ranks_of([tie, gap]) == [(1, 2), (1, 2)]
    proven = replace(gap, floors=(0, 0, 0))
    assert proven.lower == (0.0, 0.0, 0.0)
    assert ranks_of([tie, tie, proven]) == [(1, 1), (1, 1), (1, 3)]
    open_ = replace(gap, floors=(0, 0, -2))
    assert open_.lower == (0.0, 0.0, -2.0)
    assert ranks_of([tie, open_]) == [(1, 2), (1, 2)]


def test_costs_and_their_words() -> None:
    tie, exact = cost((0, 0), (0, 0)), cost((0, 0), (4, 4), (None, -2))
    open_, least = cost((0, 0), (1, 4)), cost((0, None), (5, None), possible=None)
    assert (tie.tier, tie.least, tie.most, tie.exact) == (None, 0, 0, True)
    assert (exact.tier, exact.least, exact.most, exact.exact) == ("b", 4, 4, True)
    assert (open_.tier, open_.exact) == ("b", False)
    assert (least.tier, least.least, least.most, least.exact) == ("b", 5, None, False)
    impossible = Cost(False)
    assert impossible.exact
    assert impossible.tier is None
    assert exact.lower == (0.0, 4.0, -math.inf)
    words = {
        "nb": [
            "koster ingenting",
            "+4 i trinn b (bevist), deretter c ≤ -2",
            "mellom +1 og +4",
            "minst 5",
            "ikke mulig",
        ],
        "en": [
            "costs nothing",
            "+4 in tier b (proven), then c ≤ -2",
            "between +1 and +4",
            "at least 5",
            "not possible",
        ],
    }
    for lang in ("nb", "en"):
        for each, word in zip((tie, exact, open_, least, impossible), words[lang], strict=True):
            assert word in cost_text(each, lang)


def test_the_cheapest_of_several() -> None:
    assert cheapest([cost((0, 0), (4, 4)), cost((0, 0), (2, 2))]) == cost((0, 0), (2, 2))
    assert cheapest([cost((0, 0), (4, 4)), cost((0, 0), (1, 5))]) == cost((0, 0), (1, 4))
    assert cheapest([cost((0, 3), (0, 0)), cost((1, 1), (2, 2))]) == cost((0, 1), (None, 2))
    assert cheapest([Cost(False), Cost(False)]) == Cost(False)
    assert cheapest([Cost(False), cost((0, 0), (2, 2))]) == cost((0, 0), (2, 2))


def test_the_same_in_explanations(small: Dataset, proposal: Proposal) -> None:
    """Next-best units are those of the list of places, one a group; forcing is the cheapest of them."""
    told = explain(proposal, "s01", stop=Stop(60))
    assert [(a.group, changes(a.cost)) for a in told.alternatives] == [("SOL-B", {"3a": 9})]
    waits = explain(proposal, "s16", stop=Stop(60))
    assert waits.forcing is not None
    assert (waits.forcing.tier, waits.forcing.most, waits.forcing.exact) == ("2", 2, True)


# --- out ----------------------------------------------------------------------------------------------------


def test_json_and_words_of_both_lists(small: Dataset, proposal: Proposal) -> None:
    unit: Candidates = candidates(small, "SOL-B-01", proposal=proposal, stop=Stop(60))
    place: Places = places(small, "s09", proposal=proposal, stop=Stop(60))
    for found, key in ((unit, "candidates"), (place, "places")):
        told: dict[str, Any] = json.loads(json.dumps(found.as_dict()))
        assert told["exact"] == len(told[key]) == len(found.ranked)
        assert set(told["compared_with"]) == {"proposal", "proven", "seconds"}
        assert [tier["name"] for tier in told[key][0]["cost"]["tiers"]][:2] == ["1a", "1b-5"]
        for lang in ("nb", "en"):
            assert len(found.text(lang, 2).splitlines()) < len(found.text(lang).splitlines()) + 2
            assert found.text(lang).count("\n  ") == len(found.ranked)
            assert found.text(lang, 1).count("\n  ") == 1
