"""The engines through PuLP agree with HiGHS itself, read what solvers say honestly, stop when told to."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tildeling import allocate, read_dataset
from tildeling.housing.proposal import Proposal
from tildeling_models.grouping import evaluate
from tildeling_models.grouping.engines import UnknownEngine, engine
from tildeling_models.grouping.problem import Assignment, GroupingProblem, ints
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result, Termination
from tildeling_models.solvers import cbc
from tildeling_models.solvers.search import Run
from tildeling_models.stop import Stop

from .random_grouping import plain_problem, random_problem

INSTANCES = Path(__file__).parents[2] / "instances"
CBC = pytest.mark.skipif(cbc.executable() is None, reason="no CBC for this machine")
BOTH = pytest.mark.parametrize("name", [pytest.param("mip-cbc", marks=CBC), "mip-highs"])


def solve(
    problem: GroupingProblem,
    stop: Stop | None = None,
    start: Assignment | None = None,
    name: str = "mip",
    **options: float,
) -> Result[Assignment]:
    given = Options(find_ties=False, **options)  # type: ignore[arg-type]
    return engine(name)(problem, given, stop or Stop(30), Progress(), start)


@BOTH
@pytest.mark.parametrize("seed", range(25))
def test_agrees_with_highs_itself(seed: int, name: str) -> None:
    problem = random_problem(seed)
    result = solve(problem, name=name)
    assert result.outcome is Outcome.OPTIMAL
    assert result.solution is not None
    assert evaluate.violations(problem, result.solution) == []
    assert [t.value for t in result.tiers] == [t.value for t in solve(problem).tiers]
    assert all(tier.proven for tier in result.tiers)


@BOTH
def test_agrees_on_the_small_instance(name: str) -> None:
    data = read_dataset(INSTANCES / "small")
    found = [allocate(data, engine=each) for each in (name, "mip")]
    one, other = found
    assert isinstance(one, Proposal)
    assert isinstance(other, Proposal)
    assert one.document.outcome == "optimal"
    assert [t.value for t in one.report.tiers] == [t.value for t in other.report.tiers]


@BOTH
def test_infeasible_is_said_so(name: str) -> None:
    problem = plain_problem([1], [[-1], [-1]], item_required=np.array([True, True]))
    assert solve(problem, name=name).outcome is Outcome.INFEASIBLE


def knapsacks(n_items: int, n_slots: int) -> GroupingProblem:
    """Many items into few rooms by weight: quickly feasible, slowly proven."""
    rng = random.Random(3)
    cost: list[list[int | None]] = [[-rng.randint(100, 999) for _ in range(n_slots)] for _ in range(n_items)]
    size = ints([rng.randint(20, 90) for _ in range(n_items)])
    problem = plain_problem([n_items] * n_slots, cost, item_size=size)
    return replace(problem, group_max=np.full(n_slots, 25 * n_items // n_slots))


@BOTH
def test_a_time_limit_is_never_called_optimal(name: str) -> None:
    problem = knapsacks(120, 12)
    began = time.monotonic()
    result = solve(problem, Stop(1.5), name=name)
    assert time.monotonic() - began < 15
    assert result.solution is None or result.outcome in (Outcome.FEASIBLE, Outcome.OPTIMAL)
    for tier in result.tiers:
        if tier.value is not None and tier.bound is not None:
            assert tier.bound <= tier.value
    if result.outcome is not Outcome.OPTIMAL:
        assert result.termination is Termination.TIME_LIMIT


@BOTH
def test_a_cancelled_run_ends_its_child_and_keeps_the_start(name: str) -> None:
    problem = knapsacks(400, 25)
    start = Assignment(np.full(problem.n_items, -1), np.full(problem.n_groups, -1))
    stop = Stop(60)
    timer = threading.Timer(1.0, stop.cancel)
    timer.start()
    began = time.monotonic()
    result = solve(problem, stop, start, name)
    timer.cancel()
    assert time.monotonic() - began < 20
    assert result.solution is not None
    assert result.termination in (Termination.CANCELLED, Termination.COMPLETED)


@BOTH
def test_a_start_is_used_and_never_lost(name: str) -> None:
    problem = random_problem(4)
    best = solve(problem, name=name)
    again = solve(problem, start=best.solution, name=name)
    assert [t.value for t in again.tiers] == [t.value for t in best.tiers]


@BOTH
def test_a_gap_stops_early_with_an_honest_bound(name: str) -> None:
    result = solve(knapsacks(60, 6), name=name, gap=0.1)
    tier = result.tiers[0]
    assert tier.gap is not None
    assert tier.gap <= 0.1


OPTIMAL = "Result - Optimal solution found\n\nObjective value:                -4216.00000000\n"
STOPPED = (
    "Result - Stopped on time limit\n\nObjective value:  -4000.0\nLower bound:      -4293.770\nGap: 0.03\n"
)
NOTHING = "Result - Stopped on time limit\n\nNo feasible solution found\nLower bound: -4293.770\n"
ENDLESS = "Result - Stopped on time limit\n\nNo feasible solution found\nLower bound: -1.79769e+308\n"
WITHIN = (
    "Result - Optimal solution found (within gap tolerance)\n\n"
    "Objective value: -4186.0\nLower bound: -4293.770\n"
)
NODES = "Result - Stopped on node limit\n\nObjective value: -4216.0\nLower bound: -4233.359\n"
NONE = "Result - Problem proven infeasible\n\nNo feasible solution found\n"


@pytest.mark.parametrize(
    ("said", "head", "expected"),
    [
        (OPTIMAL, "Optimal - objective value -4216.0", Run(True, -4216.0, False, False, False)),
        (STOPPED, "Stopped on time - objective value -4000.0", Run(True, -4293.771, False, True, False)),
        (
            NOTHING,
            "Stopped on time (no integer solution - continuous used) - objective value -4293.77",
            Run(False, -4293.771, False, True, False),
        ),
        (ENDLESS, "", Run(False, None, False, True, False)),
        (
            WITHIN,
            "Optimal (within gap tolerance) - objective value -4186.0",
            Run(True, -4293.771, False, False, False),
        ),
        (
            NODES,
            "Stopped on iterations - objective value -4216.0",
            Run(True, -4233.36, False, False, True),
        ),
        (NONE, "Integer infeasible - objective value 0.0", Run(False, None, True, False, False)),
        ("", "Optimal - objective value 12.0", Run(True, 12.0, False, False, False)),
        ("", "", Run(False, None, False, False, False)),
    ],
)
def test_the_log_is_read_as_it_is(said: str, head: str, expected: Run) -> None:
    run = cbc.read_log(said, head)
    assert (run.solved, run.infeasible, run.clock, run.work) == (
        expected.solved, expected.infeasible, expected.clock, expected.work
    )  # fmt: skip
    assert (
        run.bound == pytest.approx(expected.bound, abs=1e-6)
        if expected.bound is not None
        else run.bound is None
    )


@pytest.mark.parametrize(("name", "package"), [("mip-gurobi", "gurobipy"), ("mip-cplex", "cplex")])
def test_a_commercial_solver_that_is_not_there_is_named(name: str, package: str) -> None:
    if find_spec(package) is not None:
        pytest.skip(f"{package} is installed")
    with pytest.raises(UnknownEngine, match=package):
        solve(random_problem(1), name=name)
