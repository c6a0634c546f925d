"""The search tree and what it stands on: limits of nodes, totals, cells closed by reduced costs."""

from __future__ import annotations

import itertools
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roster.columns.brute import best_values, schedules
from tests.roster.columns.strategies import problems

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.roster import evaluate
from tildeling_models.roster.bounds import grain, raised
from tildeling_models.roster.columns import engine
from tildeling_models.roster.columns.coverage import coverage
from tildeling_models.roster.columns.dive import dive
from tildeling_models.roster.columns.generation import Generation, Node
from tildeling_models.roster.columns.kernels import FAR
from tildeling_models.roster.columns.plan import Plan
from tildeling_models.roster.columns.pricer import NoSchedule, Pricer
from tildeling_models.roster.columns.recreate import first_plan
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.columns.totals import totals
from tildeling_models.roster.columns.tree import Tree
from tildeling_models.roster.problem import Cover, Price, Roster, RosterProblem
from tildeling_models.stop import Stop

checked = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def covered(problem: RosterProblem, wanted: list[int]) -> RosterProblem:
    """The problem with a cover of one price on every day, so that there are totals."""
    codes = problem.n_activities + 1
    covers = tuple(
        Cover(
            days=np.array([day]), who=np.ones(problem.n_people, bool), of=(np.arange(codes) == 1)[None],
            low=want, high=want, under=Price(0, 9), over=Price(0, 2),
        )
        for day, want in enumerate(wanted)
    )  # fmt: skip
    return replace(problem, covers=covers)


def rooted(problem: RosterProblem) -> tuple[Stage, Generation] | None:
    """A stage with its root solved; None where no first plan is found."""
    try:
        pricer = Pricer(problem)
        stage = engine._stage(problem, coverage(problem), pricer, 0, [], Options(), Stop(30), Progress())
        plan = first_plan(stage)
        return None if plan is None else (stage, engine._root(stage, plan, 1.0, pricer))
    except NoSchedule:
        return None


def rosters(problem: RosterProblem) -> list[Roster]:
    each = [schedules(problem, person) for person in range(problem.n_people)]
    return [Roster(np.array(rows)) for rows in itertools.product(*each)]


tiny = problems(people=2, days=3, activities=2)
wants = st.lists(st.integers(0, 2), min_size=3, max_size=3)


@checked
@given(problem=tiny, wanted=wants, data=st.data())
def test_the_floor_of_a_node_is_below_all_its_rosters(
    problem: RosterProblem, wanted: list[int], data: st.DataObject
) -> None:
    problem = covered(problem, wanted)
    made = rooted(problem)
    if made is None:
        return
    stage, generation = made
    root = generation.root
    least, most, sums = root.least.copy(), root.most.copy(), root.sums.copy()
    row = data.draw(st.integers(0, 2))
    least[row] = data.draw(st.integers(0, int(root.most[row])))
    most[row] = data.draw(st.integers(int(least[row]), int(root.most[row])))
    number = data.draw(st.integers(0, len(sums) - 1))
    sums[number, data.draw(st.integers(0, 1))] = data.draw(st.integers(0, 4))
    shut = np.zeros(root.shut.shape, bool)
    shut[data.draw(st.integers(0, 1)), data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))] = True
    node = Node(least, most, sums, shut)
    held = [value for roster, value in _valued(problem) if _within(problem, stage, node, roster)]
    generation.enter(node)
    try:
        generation.run(stage.stop)
    except NoSchedule:
        assert not held
        return
    floor = generation.floor + problem.constant[0]
    assert floor <= min(held, default=np.inf)
    ceiling = generation.floor + data.draw(st.integers(1, 8))
    closed = generation.closed(float(ceiling))
    cells = np.ix_(range(2), range(3))
    for roster, value in _valued(problem):
        if value - problem.constant[0] < ceiling and _within(problem, stage, node, roster):
            assert not closed[cells[0], cells[1], roster.activity].any()


def _valued(problem: RosterProblem) -> list[tuple[Roster, int]]:
    return [(roster, int(evaluate.values(problem, roster)[0])) for roster in rosters(problem)]


def _within(problem: RosterProblem, stage: Stage, node: Node, roster: Roster) -> bool:
    counts = stage.cover.counts(roster.activity)
    if (counts < node.least).any() or (counts > node.most).any():
        return False
    for total, (low, high) in zip(totals(problem, np.arange(3), 0), node.sums, strict=True):
        units = int(np.maximum(0, total.side * (total.limit - counts[total.rows])).sum())
        if not low <= units <= high:
            return False
    days = np.arange(problem.n_days)
    return not any(node.shut[person, days, row].any() for person, row in enumerate(roster.activity))


@checked
@given(problem=tiny, wanted=wants)
def test_the_tree_ends_with_the_optimum_and_its_proof(problem: RosterProblem, wanted: list[int]) -> None:
    problem = covered(problem, wanted)
    made = rooted(problem)
    best = best_values(problem)
    if made is None or best is None:
        return
    stage, generation = made
    if not generation.converged:
        return
    empty = Plan(problem, stage.cover, stage.pricer, stage.weigh)
    tree = Tree(stage, generation, empty, int(problem.constant[0]), whole=True)
    left = tree.search(500)
    assert stage.bound is None or stage.bound <= best[0]
    assert stage.value is None or stage.value >= best[0]
    assert stage.bound != stage.value or stage.value == best[0]
    if not left and not any(stage.pricer._lazy):  # every node was solved to its end
        assert stage.value == stage.bound == best[0]


@checked
@given(problem=tiny, wanted=wants)
def test_a_dive_finds_rosters_that_are_what_they_say(problem: RosterProblem, wanted: list[int]) -> None:
    problem = covered(problem, wanted)
    made = rooted(problem)
    if made is None or not made[1].converged:
        return
    stage, generation = made
    empty = Plan(problem, stage.cover, stage.pricer, stage.weigh)
    if dive(stage, generation, empty, int(problem.constant[0]), 5):
        assert stage.best is not None
        roster = Roster(stage.best.rows)
        assert not evaluate.violations(problem, roster)
        assert int(evaluate.values(problem, roster)[0]) == stage.value


@checked
@given(problem=problems(people=1, days=4, activities=2), seed=st.integers(0, 99))
def test_no_schedule_costs_less_than_its_cells_say(problem: RosterProblem, seed: int) -> None:
    cost = np.random.default_rng(seed).integers(-9, 9, problem.allowed.shape[1:])
    weights = np.ones(1, np.int64)
    pricer = Pricer(problem)
    cell = np.where(pricer.allowed[0], cost, FAR)
    days = np.arange(problem.n_days)
    legal = schedules(problem, 0)
    try:
        bound, least = pricer.through(0, cell, weights)
    except NoSchedule:
        assert not legal
        return
    exact = not pricer._lazy[0] and not pricer._later[0]
    found = np.full(cell.shape, FAR)
    for row in legal:
        own = evaluate.person_values(problem, 0, row) - problem.cost[0, 0, days, row].sum()
        paid = int(cell[days, row].sum() + own[0])
        found[days, row] = np.minimum(found[days, row], paid)
    assert (least <= found).all()
    assert bound == least.min()
    if exact:
        assert (np.minimum(least, FAR) == found).all()


def test_totals_are_of_covers_of_one_price() -> None:
    codes = 2
    covers = tuple(
        Cover(
            days=np.array([day]), who=np.ones(3, bool), of=np.array([[False, True]]), low=2, high=2,
            under=Price(0, 100), over=Price(0, weight),
        )
        for day, weight in enumerate((1, 1, 7))
    )  # fmt: skip
    problem = RosterProblem(
        tiers=("cost",), start=np.array([0, 480]), end=np.array([0, 960]), covers=covers,
        allowed=np.ones((3, 3, codes), bool), cost=np.zeros((1, 3, 3, codes), np.int64),
    )  # fmt: skip
    found = {(total.side, tuple(total.rows.tolist())) for total in totals(problem, np.arange(3), 0)}
    assert found == {(1, (0, 1, 2)), (-1, (0, 1))}
    assert totals(problem, np.arange(3), 0)[-1].units(3)[0].tolist() == [2, 1, 0, 0]


@checked
@given(problem=tiny, wanted=wants)
def test_a_master_that_is_not_solved_proves_nothing(problem: RosterProblem, wanted: list[int]) -> None:
    """Whatever the reason: only a bound closes a node."""
    problem = covered(problem, wanted)
    made = rooted(problem)
    if made is None:
        return
    stage, generation = made
    values = {int(evaluate.values(problem, roster)[0]): roster for roster in rosters(problem)}
    best, worst = min(values), values[max(values)]
    stage.best = stage.totals = stage.bound = None
    stage.offer(engine._plan(stage, worst))
    empty = Plan(problem, stage.cover, stage.pricer, stage.weigh)
    tree = Tree(stage, generation, empty, int(problem.constant[0]), whole=True)
    generation.best = -float("inf")
    with patch.object(generation.master, "solve", return_value=None):
        tree.search(5)
    assert stage.bound is None or stage.bound <= best


@checked
@given(problem=tiny, wanted=wants, times=st.sampled_from([1, 5, 12]))
def test_every_value_is_the_constant_and_a_multiple_of_the_grain(
    problem: RosterProblem, wanted: list[int], times: int
) -> None:
    problem = covered(problem, wanted)
    step, constant = grain(problem, 0), int(problem.constant[0])
    for roster in rosters(problem)[:50]:
        value = int(evaluate.values(problem, roster)[0])
        assert (value - constant) % step == 0
        assert raised(value, constant, step) == value
        assert raised(value - step + 1, constant, step) == value
        assert raised(value + 1, constant, times) <= value + times
