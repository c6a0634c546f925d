"""Groups that are knapsacks: told by their form, bounded below every solution, searched without losing count."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.published.allocation import MADE, least

from tildeling.published import format_of
from tildeling.published.gap import Instance as Gap
from tildeling_models.grouping import evaluate
from tildeling_models.grouping.engines import engine
from tildeling_models.grouping.knapsacks import settling
from tildeling_models.grouping.knapsacks.annealing import chains, worth
from tildeling_models.grouping.knapsacks.lagrange import climb, fill
from tildeling_models.grouping.knapsacks.master import Master
from tildeling_models.grouping.knapsacks.search import NONE, Search
from tildeling_models.grouping.knapsacks.structure import FAR, Knapsacks, knapsacks
from tildeling_models.grouping.problem import GroupingProblem, Sparse, ints
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.stop import Stop

SMALL = Path(__file__).parents[2] / "instances" / "allocation-published"


def problem_of(name: str, instance: Any) -> GroupingProblem:
    found: GroupingProblem = format_of(name).compile(instance)
    return found


def sacks_of(name: str, instance: Any) -> Knapsacks | None:
    return knapsacks(problem_of(name, instance), 0)


@pytest.mark.parametrize("name", MADE)
def test_values_and_limits_are_those_of_the_problem(name: str) -> None:
    @settings(max_examples=100, deadline=None)
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        problem = problem_of(name, data.draw(MADE[name]))
        sacks = knapsacks(problem, 0)
        if sacks is None:  # an item that fits nowhere
            return
        may = [np.flatnonzero(row < 2**50).tolist() for row in sacks.cost]
        group = ints([data.draw(st.sampled_from(each)) for each in may])
        found = sacks.assignment(group)
        load = np.bincount(
            group, weights=sacks.weight[np.arange(len(group)), group], minlength=len(sacks.floor)
        )
        within = bool(((load <= sacks.capacity) & (load >= sacks.floor)).all())
        assert within == (evaluate.violations(problem, found) == [])
        search = Search(sacks, np.zeros(len(group)), 0, Stop(), lambda *_: None)
        assert worth(search.table, group) + sacks.constant == evaluate.values(problem, found)[0]
        assert sacks.groups_of(found).tolist() == group.tolist()

    agree()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_knapsack_is_filled_best(data: st.DataObject) -> None:
    items = data.draw(st.integers(1, 6))
    numbers = st.lists(st.integers(-9, 20), min_size=items, max_size=items)
    gain, weight = data.draw(numbers), [abs(w) for w in data.draw(numbers)]
    capacity = data.draw(st.integers(0, 40))
    floor = data.draw(st.integers(0, capacity))
    taken, room = np.zeros(items, np.int64), np.zeros((items, capacity + 1), np.int8)
    found = fill(ints(gain), ints(weight), capacity, floor, taken, np.zeros(capacity + 1, np.int64), room)
    every = itertools.product((0, 1), repeat=items)
    sums = [(np.dot(gain, x), np.dot(weight, x)) for x in every]
    best = max((worth for worth, load in sums if floor <= load <= capacity), default=None)
    if best is None:
        assert found < -(2**60)
    else:
        assert found == best == np.dot(gain, taken)
        assert floor <= np.dot(weight, taken) <= capacity


@pytest.mark.parametrize("name", ["gap"])
def test_bounds_are_below_the_optimum(name: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(MADE[name])
    def below(instance: Any) -> None:
        sacks, best = sacks_of(name, instance), least(format_of(name), instance)
        if sacks is None or best is None:
            return
        found = climb(sacks, np.zeros(sacks.shape[0]), best + 10, Stop(), rounds=60)
        assert found.bound + sacks.constant <= best
        bound, _ = Master(sacks, Stop()).generate(found.u, NONE, Stop(), 50)
        assert bound + sacks.constant <= best

    below()


@pytest.mark.parametrize("name", MADE)
def test_a_search_keeps_count(name: str) -> None:
    @settings(max_examples=25, deadline=None)
    @given(MADE[name])
    def counts(instance: Any) -> None:
        sacks, best = sacks_of(name, instance), least(format_of(name), instance)
        if sacks is None or best is None:
            return
        search = Search(sacks, np.zeros(sacks.shape[0]), 1, Stop(), lambda *_: None)
        search.begin()
        if search.value < NONE:
            assert worth(search.table, search.best) == search.value
            assert search.within(search.best)
            assert search.value + sacks.constant >= best

    counts()


@settings(max_examples=25, deadline=None)
@given(MADE["gap"])
def test_a_model_of_some_cells_is_no_bound_and_of_all_is_the_best(instance: Any) -> None:
    sacks, best = sacks_of("gap", instance), least(format_of("gap"), instance)
    if sacks is None or best is None:
        return
    search = Search(sacks, np.zeros(sacks.shape[0]), 1, Stop(), lambda *_: None)
    search.begin()
    if search.value >= NONE:
        return
    cells = search.cheap(1)
    assert cells[np.arange(len(cells)), search.best].all()
    before = search.value
    search.place(cells, Stop(20))
    assert best <= search.value + sacks.constant <= before + sacks.constant
    assert search.bound < best
    bound = search.place(sacks.cost < FAR, Stop(20))
    assert search.within(search.best)
    assert bound + sacks.constant == search.value + sacks.constant == best


@pytest.mark.parametrize("name", ["gap", "sscflp"])
def test_some_groups_settled_anew_end_at_the_best(name: str) -> None:
    @settings(max_examples=25, deadline=None)
    @given(MADE[name])
    def ends(instance: Any) -> None:
        sacks = sacks_of(name, instance)
        best = least(format_of(name), instance)
        if sacks is None or best is None:
            return
        told: list[int] = []
        search = Search(
            sacks, np.zeros(sacks.shape[0]), 1, Stop(), lambda _, value: told.append(value), by_clock=False
        )
        search.begin()
        if search.value == NONE:
            return
        begun = search.value
        with patch.object(settling, "CELLS", 99):  # all cells, so that all groups at once are the whole
            settling.settle(search, Stop())
        assert search.within(search.best)
        assert worth(search.table, search.best) == search.value <= begun
        assert told == sorted(told, reverse=True)
        assert search.value + sacks.constant == best

    ends()


@pytest.mark.parametrize(
    "path", ["gap/agents", "sscflp/tiny", "sscflp/decimals", "mdgp/tiny", "mdgp/minimum"]
)
def test_a_search_finds_the_best_of_the_small_instances(path: str) -> None:
    form = format_of(path.split("/")[0])
    instance = form.read(SMALL / f"{path}.txt")
    sacks = sacks_of(form.name, instance)
    assert sacks is not None
    search = Search(sacks, np.zeros(sacks.shape[0]), 1, Stop(), lambda *_: None)
    search.begin()
    for turn in range(12):
        search.anneal(search.best if turn % 2 else search.scattered())
    assert search.value + sacks.constant == least(form, instance)


def test_chains_leave_the_best_alone_if_they_find_none() -> None:
    sacks = Knapsacks(
        ints([[1, 2], [1, 2]]), ints([[1, 1], [1, 1]]), ints([1, 1]), ints([0, 0]), ints([0, 0]),
        ints(np.zeros((0, 0))), ints([0, 1]), ints([-1, -1]), np.ones(2, np.bool_), 0,
    )  # fmt: skip
    search = Search(sacks, np.zeros(2), 0, Stop(), lambda *_: None)
    best = ints([7, 7])
    found = chains(search.table, ints([0, 1]), best, 3, search.price, search.toll, 1.0, 0.1, 500, 4, 0)
    assert (found, best.tolist()) == (3, [7, 7])


def test_what_ties_groups_or_items_together_is_of_another_form() -> None:
    problem = problem_of("gap", Gap("made", ((1, 2), (3, 4)), ((1, 1), (1, 1)), (2, 2)))
    assert knapsacks(problem, 0) is not None
    loose = problem.item_required & False
    assert knapsacks(replace(problem, item_required=loose), 0) is None
    assert knapsacks(replace(problem, conflict=ints([[0, 0, 0]])), 0) is None
    assert knapsacks(replace(problem, together=ints([[0, 0, 0, 1]])), 0) is None
    everything = Sparse.of([(np.arange(problem.n_cells), np.ones(problem.n_cells, np.int64))])
    assert knapsacks(replace(problem, limits=everything, limit_rhs=ints([0])), 0) is None


def test_work_alone_ends_a_deterministic_run() -> None:
    """Twenty jobs on four agents, tight: the same twice, and said to be so."""
    dice = np.random.default_rng(7)
    use = dice.integers(5, 25, (4, 90))
    cost = 40 - use + dice.integers(0, 9, (4, 90))
    capacity = (use.sum(axis=1) * 0.9 / 4).astype(int)
    problem = problem_of("gap", Gap("made", _rows(cost), _rows(use), tuple(capacity.tolist())))
    steady = Options(deterministic=True, find_ties=False, work_limit=50)
    found = [
        engine("auto")(problem, steady, Stop(120), Progress(), None)
        for _ in range(2)
    ]  # fmt: skip
    assert found[0].solution is not None
    assert found[1].solution is not None
    assert found[0].solution.item_slot.tolist() == found[1].solution.item_slot.tolist()
    assert [each.value for each in found] == [found[0].value] * 2
    assert evaluate.violations(problem, found[0].solution) == []
    assert all(
        each.bound is not None and each.value is not None and each.bound <= each.value for each in found
    )


def _rows(table: Any) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in table.tolist())
