"""Knapsacks at their edges: nothing weighs, nothing costs, nothing fits, a group that must open, numbers far apart."""

from __future__ import annotations

import itertools
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling.published import format_of
from tildeling.published.mdgp import Instance as Mdgp
from tildeling.published.sscflp import Instance as Facilities
from tildeling_models.grouping.engines import engine
from tildeling_models.grouping.knapsacks import engine as knapsack_engine
from tildeling_models.grouping.knapsacks.lagrange import NEVER, climb
from tildeling_models.grouping.knapsacks.opening import place, relax
from tildeling_models.grouping.knapsacks.search import NONE, Search
from tildeling_models.grouping.knapsacks.settling import settle
from tildeling_models.grouping.knapsacks.structure import FAR, Knapsacks, knapsacks
from tildeling_models.grouping.problem import GroupingProblem, ints
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Termination
from tildeling_models.stop import Stop


def made(cost: object, weight: object, capacity: object, floor: object, opening: object) -> Knapsacks:
    """Knapsacks without pairs; what weighs too much may not go there."""
    costs, weights, most = ints(np.array(cost)), ints(np.array(weight)), ints(np.array(capacity))
    groups = costs.shape[1]
    return Knapsacks(
        np.where(weights > most, FAR, costs), weights, most, ints(np.array(floor)), ints(np.array(opening)),
        ints(np.zeros((0, 0))), ints(np.arange(groups)), ints(np.full(groups, -1)), np.zeros(groups, np.bool_), 0,
    )  # fmt: skip


@st.composite
def edges(draw: st.DrawFn) -> Knapsacks:
    """A few items and groups, zeros everywhere."""
    items, groups = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    dear = draw(st.sampled_from((0, 1_000_000)))

    def table(low: int, high: int) -> list[list[int]]:
        row = st.lists(st.integers(low, high), min_size=groups, max_size=groups)
        return draw(st.lists(row, min_size=items, max_size=items))

    def some(high: int) -> list[int]:
        return draw(st.lists(st.integers(0, high), min_size=groups, max_size=groups))

    capacity = some(9)
    floor = [draw(st.sampled_from((0, 0, min(most, 1), most))) for most in capacity]
    cost = np.array(table(0, 90)) + dear
    return made(cost, table(0, 5), capacity, floor, draw(st.sampled_from((some(0), some(30)))))


def best_of(sacks: Knapsacks) -> int | None:
    """The optimum by looking at every assignment."""
    items, groups = sacks.shape
    found = None
    for each in itertools.product(range(groups), repeat=items):
        at = np.arange(items), np.array(each)
        load = np.bincount(each, weights=sacks.weight[at], minlength=groups)
        if (sacks.cost[at] < FAR).all() and ((load >= sacks.floor) & (load <= sacks.capacity)).all():
            value = int(sacks.cost[at].sum() + sacks.opening[np.unique(each)].sum())
            found = value if found is None else min(found, value)
    return found


@settings(max_examples=150, deadline=None)
@given(edges())
def test_the_exact_model_ends_at_the_best_and_bounds_stay_below(sacks: Knapsacks) -> None:
    best = best_of(sacks)
    found, bound = place(sacks, NONE, Stop(), 100_000)
    if best is None:
        assert found is None
        assert bound in (NONE, None)  # None: HiGHS gave up, as it does on a few of these
        return
    begun = climb(sacks, np.zeros(sacks.shape[0]), best + 1, Stop(), rounds=20)
    assert found is not None
    at = np.arange(len(found)), found
    assert sacks.cost[at].sum() + sacks.opening[np.unique(found)].sum() == bound == best
    assert begun.bound <= best
    relaxed = relax(sacks, Stop(), {}, lambda _: None)
    assert relaxed.bound is not None
    assert relaxed.bound <= best
    assert relaxed.open[sacks.floor > 0].all()


@settings(max_examples=40, deadline=None)
@given(edges())
def test_a_search_over_groups_that_cost_nothing_to_open_ends_at_the_best(sacks: Knapsacks) -> None:
    sacks = replace(sacks, opening=sacks.opening * 0)
    best = best_of(sacks)
    if best is None:
        return
    search = Search(sacks, np.zeros(sacks.shape[0]), 1, Stop(), lambda *_: None, by_clock=False)
    search.begin()
    if search.value < NONE:
        settle(search, Stop())
        assert search.value >= best
        search.prove(sacks.cost < FAR, Stop())
        assert search.value == search.bound == best


def test_what_weighs_nothing_opens_its_group_too() -> None:
    cost = ((0, 0, 0, 0), (0, 1, 1, 0), (0, 0, 1, 0))
    instance = Facilities("made", (0, 0, 1, 1), (1, 0, 0, 3), (0, 0, 1), cost, 1)
    sacks = knapsacks(format_of("sscflp").compile(instance), 0)
    assert sacks is not None
    found, bound = place(sacks, NONE, Stop(), 1_000)
    assert bound == 2  # one pays 1 to go where nothing is to be opened, one pays 1 anyway
    assert found is not None
    assert sacks.cost[range(3), found].sum() + sacks.opening[np.unique(found)].sum() == 2
    assert relax(sacks, Stop(), {}, lambda _: None).bound == 2


def test_a_proof_leaves_no_ten_thousandth_open() -> None:
    """HiGHS ends at a relative gap of a ten-thousandth unless it is told otherwise: here 140 of 1.4 million."""
    dice = np.random.default_rng(3)
    cost, weight = dice.integers(100_000, 100_060, (14, 4)), dice.integers(5, 25, (14, 4))
    capacity = (weight.sum(axis=0) * 0.25).astype(np.int64)
    sacks = made(cost, weight, capacity, np.zeros(4), np.zeros(4))
    found, bound = place(sacks, NONE, Stop(60), 1_000_000)
    assert found is not None
    low = replace(
        sacks, cost=sacks.cost - 100_000
    )  # the same, of numbers in which a ten-thousandth is nothing
    again, least = place(
        replace(low, cost=np.where(sacks.cost < FAR, low.cost, FAR)), NONE, Stop(60), 1_000_000
    )
    assert again is not None
    assert least is not None
    assert bound == least + 1_400_000


def test_one_group_is_settled_though_the_model_has_no_time() -> None:
    sacks = made([[3], [4]], [[1], [1]], [2], [0], [0])
    search = Search(sacks, np.zeros(2), 1, Stop(), lambda *_: None, by_clock=False)
    search.begin()
    assert search.value == 7  # nothing can move: the first assignment is the only one
    with patch("tildeling_models.grouping.knapsacks.settling.place", lambda *_: (None, None)):
        assert settle(search, Stop()) == 1


def without_pairs(sizes: tuple[tuple[int, int], ...]) -> GroupingProblem:
    problem: GroupingProblem = format_of("mdgp").compile(Mdgp("made", 6, sizes, ((0, 1, 1),), 1))
    return replace(problem, affinity=problem.affinity[:0])


@pytest.mark.parametrize("deterministic", [False, True])
def test_groups_that_cannot_reach_their_least_size_are_infeasible(deterministic: bool) -> None:
    options = Options(deterministic=deterministic, find_ties=False)
    for sizes, outcome in (((7, 9), (0, 6)), Outcome.INFEASIBLE), (((3, 6), (3, 6)), Outcome.OPTIMAL):
        with patch.object(knapsack_engine, "EXACT", 0):
            found = engine("knapsacks")(without_pairs(sizes), options, Stop(20), Progress())
        assert found.outcome is outcome
    sacks = made([[0], [0]], [[1], [1]], [9], [3], [0])
    assert climb(sacks, np.zeros(2), NONE, Stop()).bound == NEVER


def test_without_a_deadline_it_ends_all_the_same() -> None:
    assert Stop().part(float("inf")).seconds is None
    with patch.object(knapsack_engine, "EXACT", 0):
        found = engine("knapsacks")(
            without_pairs(((0, 4), (0, 4))), Options(find_ties=False), Stop(), Progress()
        )
    assert found.outcome is Outcome.OPTIMAL
    assert found.termination is Termination.COMPLETED


def test_pairs_where_opening_costs_are_for_other_engines() -> None:
    instance = Facilities("made", (9, 9), (1, 2), (1, 1), ((0, 0), (0, 0)), 1)
    problem: GroupingProblem = format_of("sscflp").compile(instance)
    assert knapsacks(problem, 0) is not None
    paired = replace(problem, affinity=np.array([[0, 0, 1, 0, -1]], problem.affinity.dtype))
    assert knapsacks(paired, 0) is None
