"""The baselines: always feasible, never better than the exact engine, and what their practices promise."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tildeling import allocate, read_dataset
from tildeling.housing.proposal import Proposal
from tildeling_models.grouping import evaluate
from tildeling_models.grouping.baselines import Office, deferred_acceptance, fill
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.engines import engine
from tildeling_models.grouping.feasibility import State
from tildeling_models.grouping.problem import Assignment, GroupingProblem, ints
from tildeling_models.grouping.ranking import ranking
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result, Termination
from tildeling_models.stop import Stop

from .random_grouping import plain_problem, random_problem

BASELINES = ("vacancy", "queue", "deferred")
INSTANCES = Path(__file__).parents[2] / "instances"
SEEDS = range(40)


def solve(name: str, problem: GroupingProblem, seed: int = 0, stop: Stop | None = None) -> Result[Assignment]:
    return engine(name)(problem, Options(seed=seed, find_ties=False), stop or Stop(30), Progress(), None)


def slots(name: str, problem: GroupingProblem, seed: int = 0) -> list[int]:
    found = solve(name, problem, seed).solution
    assert found is not None
    return found.item_slot.tolist()


@cache
def exact(seed: int) -> tuple[int | None, ...]:
    return tuple(tier.value for tier in solve("mip", random_problem(seed)).tiers)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", BASELINES)
def test_random_problems_feasible_and_never_better_than_exact(name: str, seed: int) -> None:
    problem = random_problem(seed)
    result = solve(name, problem)
    assert result.outcome is Outcome.FEASIBLE
    assert result.termination is Termination.COMPLETED
    assert result.engine == name
    assert result.solution is not None
    assert evaluate.violations(problem, result.solution) == []
    values = tuple(tier.value for tier in result.tiers)
    assert values == tuple(evaluate.values(problem, result.solution).tolist())
    assert [t.bound for t in result.tiers] == [
        min(least_value(problem, t), value) for t, value in enumerate(values) if value is not None
    ]
    assert values >= exact(seed)


@pytest.mark.parametrize("name", BASELINES)
def test_the_same_every_time(name: str) -> None:
    for seed in (3, 14):
        assert slots(name, random_problem(seed), 7) == slots(name, random_problem(seed), 7)


@pytest.mark.parametrize("name", BASELINES)
def test_nobody_is_taken_in_order_of_rows(name: str) -> None:
    rng = np.random.default_rng(5)
    cost = [[int(c) for c in row] for row in rng.choice([-3, -2], (8, 3))]
    problem = plain_problem([2, 1, 2], cost, [0] * 8)
    order = rng.permutation(8)
    other = plain_problem([2, 1, 2], [cost[i] for i in order], [0] * 8, item_key=problem.item_key[order])
    assert slots(name, other) == [slots(name, problem)[i] for i in order]


@pytest.mark.parametrize("name", BASELINES)
def test_ties_fall_by_the_seed(name: str) -> None:
    problem = plain_problem([1], [[-1]] * 6)
    winners = {tuple(slots(name, problem, seed)) for seed in range(20)}
    assert len(winners) > 2


def test_queue_longest_waiting_gets_it() -> None:
    problem = plain_problem([1], [[-9], [-1], [-5]], [10, 30, 20])
    assert slots("queue", problem) == [-1, 0, -1]


@pytest.mark.parametrize("name", ["vacancy", "deferred"])
def test_largest_need_gets_it_and_waiting_breaks_ties(name: str) -> None:
    assert slots(name, plain_problem([1], [[-5], [-1], [-9]], [10, 30, 20])) == [-1, -1, 0]
    assert slots(name, plain_problem([1], [[-5], [-5], [-5]], [10, 30, 20])) == [-1, 0, -1]


@pytest.mark.parametrize("name", BASELINES)
def test_nothing_worse_than_waiting_is_taken(name: str) -> None:
    assert slots(name, plain_problem([1, 1], [[0, 2], [0, -1]])) == [-1, 1]


def test_queue_takes_the_best_by_own_wishes() -> None:
    assert slots("queue", plain_problem([1, 1], [[-1, -3], [-1, -3]], [1, 2])) == [0, 1]


@pytest.mark.parametrize("seed", range(15))
def test_deferred_is_stable_on_a_pure_matching_instance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_items, capacity = 9, [1, 2, 1, 3]
    cost = [[-int(c) if rng.random() < 0.8 else None for c in rng.integers(1, 30, 4)] for _ in range(n_items)]
    problem = plain_problem(capacity, cost, rng.integers(0, 5, n_items).tolist())
    got = slots("deferred", problem)
    orders = ranking(problem, 0)
    for item, wishes in enumerate(orders.wishes):
        for cell in wishes:
            slot = int(problem.cell_slot[cell])
            if slot == got[item]:
                break
            held = [
                c for c in range(problem.n_cells) if problem.cell_slot[c] == slot == got[problem.cell_item[c]]
            ]
            assert len(held) == capacity[slot]
            assert all(orders.priority[c] < orders.priority[cell] for c in held)


def test_deferred_acceptance_leaves_tenants_their_home() -> None:
    problem = plain_problem(
        [1, 1], [[0, -1], [-9, None], [None, -5]], cell_start=np.array([True, False, False, False]),
        item_required=np.array([True, False, False]),
    )  # fmt: skip
    orders = ranking(problem, 0)
    office = Office(problem, orders, orders.urgency, 0, Stop())
    assert office.state.start()
    assert {(int(problem.cell_item[c]), int(problem.cell_slot[c])) for c in deferred_acceptance(office)} == {
        (0, 0), (2, 1)
    }  # fmt: skip
    assert slots("deferred", problem) == [0, -1, 1]


@pytest.mark.parametrize("name", BASELINES)
def test_a_home_that_a_mover_leaves_is_filled(name: str) -> None:
    problem = plain_problem(
        [1, 1], [[0, -1], [-9, None]], [1, 5], cell_start=np.array([True, False, False]),
        item_required=np.array([True, False]),
    )  # fmt: skip
    assert slots(name, problem) == [1, 0]


@pytest.mark.parametrize("name", BASELINES)
def test_a_new_group_below_its_minimum_is_dissolved(name: str) -> None:
    cost = [[-5, -1], [-5, None]]
    assert slots(name, plain_problem([4, 1], cost, group_min=ints([3, 1]))) == [1, -1]
    assert slots(name, plain_problem([4, 1], cost, group_min=ints([2, 1]))) == [0, 0]


@pytest.mark.parametrize("name", BASELINES)
def test_both_or_neither(name: str) -> None:
    pair = ints([[0, 0, 1, 1]])
    assert slots(name, plain_problem([2], [[-5], [-5]], together=pair)) == [0, 0]
    assert slots(name, plain_problem([1, 1], [[-5, -4], [-5, -4]], together=pair)) == [-1, -1]
    assert slots(name, plain_problem([2, 2], [[-5, -4], [None, -4]], together=pair)) == [1, 1]


@pytest.mark.parametrize("name", BASELINES)
def test_conflicts_hold_even_for_the_best_ranked(name: str) -> None:
    problem = plain_problem([2, 1], [[-9, -2], [-8, -1]], [2, 1], conflict=ints([[0, 0, 1]]))
    assert sorted(slots(name, problem)) == [0, 1]


def test_a_temporary_place_leaves_one_in_line_for_a_lasting_one() -> None:
    """Slot 1 meets only the second tier, and is filled first or last: its holder still gets slot 0."""
    problem = plain_problem(
        [1, 1], [[-9, -9], [None, -9]], [9, 1], tiers=("need", "shelter"), tolerance=np.zeros(2),
        constant=ints([0, 0]), cell_cost=ints([[-5, 0, 0], [-1, -1, -1]]), arc_cost=ints(np.empty((2, 0))),
        arc_load_cost=ints(np.empty((2, 1, 0))), server_cost=ints(np.empty((2, 0))),
    )  # fmt: skip
    for seed in range(10):
        assert slots("vacancy", problem, seed) == [0, 1]


def test_no_start_is_unknown_and_keeps_bounds() -> None:
    problem = plain_problem([1], [[-1], [-1]], item_required=np.array([True, True]))
    result = solve("queue", problem)
    assert result.outcome is Outcome.UNKNOWN
    assert result.solution is None
    assert [tier.bound for tier in result.tiers] == [-2]


def test_filling_never_worsens_and_moves_nobody_who_is_placed() -> None:
    gained = 0
    for seed in range(80):
        problem = random_problem(seed)
        given = solve("queue", problem).solution
        assert given is not None
        emptied = replace(given, item_slot=np.where(problem.item_required, given.item_slot, -1))
        for start in (given, emptied):
            found = fill(problem, start, 0, Stop(10))
            if evaluate.violations(problem, start):
                assert found is start
                continue
            assert evaluate.violations(problem, found) == []
            assert evaluate.values(problem, found).tolist() <= evaluate.values(problem, start).tolist()
            gained += found is not start
    assert gained > 20
    problem = plain_problem([2, 1], [[-1, -9], [-5, None], [-4, None]])
    start = Assignment(np.array([0, -1, -1]), np.array([-1, -1]))
    assert fill(problem, start, 0, Stop(10)).item_slot.tolist() == [0, 0, -1]


@pytest.mark.parametrize("name", BASELINES)
def test_cancelled_keeps_something_feasible(name: str) -> None:
    stop = Stop(30)
    stop.cancel()
    problem = random_problem(2)
    result = solve(name, problem, stop=stop)
    assert result.termination is Termination.CANCELLED
    assert result.solution is not None
    assert evaluate.violations(problem, result.solution) == []


def test_state_is_left_as_it_was_by_a_question() -> None:
    for seed in SEEDS:
        problem = random_problem(seed)
        orders = ranking(problem, 0)
        state = State(problem, orders.wishes, orders.queue)
        assert state.start()
        before = (list(state.slot), list(state.servers.of), list(state.limit_sum), list(state.used))
        for item, slot in zip(problem.cell_item.tolist(), problem.cell_slot.tolist(), strict=True):
            able = state.can_place(item, slot)
            assert before == (state.slot, state.servers.of, state.limit_sum, state.used)
            if able and state.slot[item] < 0:
                assert state.move(item, slot)
                assert [
                    text for text in evaluate.violations(problem, state.assignment())
                    if not text.startswith("group minimum")
                ] == []  # fmt: skip
                before = (list(state.slot), list(state.servers.of), list(state.limit_sum), list(state.used))


@pytest.mark.parametrize("instance", ["small", "tromso-vacancies"])
def test_instances_checked_and_never_better_than_exact(instance: str) -> None:
    data = read_dataset(INSTANCES / instance)
    best = allocate(data, time_limit=60, options=Options(find_ties=False))
    assert isinstance(best, Proposal)
    values = [tier.value for tier in best.report.tiers]
    for name in BASELINES:
        proposal = allocate(data, engine=name)
        assert isinstance(proposal, Proposal)
        assert proposal.report.ok
        if best.document.outcome == "optimal":
            assert [tier.value for tier in proposal.report.tiers] >= values
