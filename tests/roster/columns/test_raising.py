"""The Lagrangian of covers and long sums, and the compact programs that its prices begin with."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.roster.columns.brute import best_values
from tests.roster.columns.strategies import problems

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.roster import evaluate
from tildeling_models.roster.columns import engine
from tildeling_models.roster.columns import raising as module
from tildeling_models.roster.columns.beside import BoundBeside
from tildeling_models.roster.columns.compact import Compact
from tildeling_models.roster.columns.coverage import coverage
from tildeling_models.roster.columns.raising import Lagrangian, Raiser, Raising, first_prices
from tildeling_models.roster.problem import Cover, Price, Roster, RosterProblem, Run, Sum
from tildeling_models.stop import Stop

checked = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
FAMILIES: list[str | None] = ["sum", "blocks", "run", None]


def drawn(data: st.DataObject, family: str | None, people: int) -> tuple[RosterProblem, int]:
    """A problem with a roster, and the value of the best there is."""
    problem = data.draw(problems(people=people, days=4, tiers=1, family=family))
    best = best_values(problem)
    assume(best is not None and not problem.cyclic)
    assert best is not None
    return problem, int(best[0])


def raising(problem: RosterProblem) -> Raising:
    """A Lagrangian at its first prices."""
    lagrangian = Lagrangian(problem, coverage(problem), 0, Stop())
    return Raising(lagrangian, first_prices(lagrangian, 0, Stop()))


@pytest.mark.parametrize("family", FAMILIES)
@checked
@given(data=st.data())
def test_any_prices_give_a_bound(family: str | None, data: st.DataObject) -> None:
    problem, best = drawn(data, family, people=2)
    lagrangian = Lagrangian(problem, coverage(problem), 0, Stop())
    size = lagrangian.cover.n_rows + len(lagrangian.sums)
    prices = np.array(data.draw(st.lists(st.floats(-20, 20), min_size=size, max_size=size)))
    total, gradient = lagrangian(prices)
    assert lagrangian.bound(total) <= best
    assert gradient.shape == (size,)


@pytest.mark.parametrize(
    "family", [*(pytest.param(name, marks=pytest.mark.slow) for name in FAMILIES[:-1]), None]
)
@checked
@given(data=st.data())
def test_what_is_climbed_stays_a_bound(family: str | None, data: st.DataObject) -> None:
    problem, best = drawn(data, family, people=3)
    told: list[int] = []
    turns = iter(range(20))
    raising(problem).climb(best + 3, lambda: next(turns, None) is None, told.append)
    assert told == sorted(told)
    assert told[-1] <= best


def year(people: int = 4, weeks: int = 6) -> RosterProblem:
    """Everyone works three days a week on average, of which nobody says which; two are wanted every day."""
    days = 7 * weeks
    all_people, work = np.arange(people), np.array([False, True])
    weight = np.tile([0, 480], (days, 1))
    covers = tuple(
        Cover(days=np.array([day]), who=np.ones(people, bool), of=work[None], low=2, high=2, under=Price(0, 100),
              over=Price(0, 1))
        for day in range(days)
    )  # fmt: skip
    most = 480 * 3 * weeks
    return RosterProblem(
        tiers=("cost",), start=np.array([0, 480]), end=np.array([0, 960]),
        allowed=np.ones((people, days, 2), bool), cost=np.zeros((1, people, days, 2), np.int64),
        rules=(
            Sum(people=all_people, days=np.arange(days), weight=weight, least=most - 480, most=most),
            Run(people=all_people, of=work, most=5),
        ),
        covers=covers,
    )  # fmt: skip


def test_hours_of_a_year_are_priced() -> None:
    """12 days a week for 14 that are wanted: the bound needs the price of hours, for tables leave them out."""
    problem = year()
    told: list[int] = []
    short = 100 * 2 * 6
    lagrangian = Lagrangian(problem, coverage(problem), 0, Stop())
    assert len(lagrangian.sums) == 4
    raising(problem).climb(short, lambda: True, told.append)
    assert told == [short]
    lagrangian = Lagrangian(problem, coverage(problem), 0, Stop())
    assert lagrangian.bound(lagrangian(np.zeros(len(lagrangian.most)))[0]) == 0


@pytest.mark.parametrize(
    ("covers", "worth"), [(1, 6_000_000), (6, 1_000_000), (9, 2_880), (2, 2_880), (1, 100_000_000)]
)
def test_large_prices_stay_within_the_pricer_s_numbers(covers: int, worth: int) -> None:
    """One person alone can do all of it, at no cost: no bound is above that."""
    days, work = 364, np.array([False, True])
    anyone = np.ones(1, bool)
    problem = RosterProblem(
        tiers=("cost",), start=np.array([0, 480]), end=np.array([0, 960]), allowed=np.ones((1, days, 2), bool),
        cost=np.zeros((1, 1, days, 2), np.int64),
        rules=(
            Sum(people=np.arange(1), days=np.arange(days), weight=np.tile([0, 1], (days, 1)), low=1, under=Price(0, 1)),
        ),
        covers=tuple(
            Cover(days=np.array([day]), who=anyone, of=work[None], low=1, under=Price(0, worth))
            for day in range(days) for _ in range(covers)
        ),
    )  # fmt: skip
    lagrangian = Lagrangian(problem, coverage(problem), 0, Stop())
    for prices in (np.full(len(lagrangian.most), worth), -np.full(len(lagrangian.most), worth)):
        assert lagrangian.bound(lagrangian(prices)[0]) <= 0


def test_stretches_of_days_agree_on_what_they_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE", 10)
    monkeypatch.setattr(module, "CELLS", 56)
    problem = year()
    told: list[int] = []
    raising(problem).climb(1200, lambda: True, told.append)
    assert told == [1200]


@pytest.mark.parametrize(("days", "least"), [(1, 3), (2, 5), (3, 5), (4, 6), (3, 3)])
def test_a_run_may_be_longer_than_the_stretch(days: int, least: int) -> None:
    problem = year(weeks=2)
    rules = (*problem.rules, Run(people=np.arange(4), of=np.array([False, True]), least=least))
    program = Compact(replace(problem, rules=rules), 0, 0, days)
    assert program.duals(Stop()) is not None


def test_a_stretch_in_which_nothing_is_open_has_no_prices() -> None:
    problem = year(weeks=2)
    allowed = problem.allowed.copy()
    allowed[:, :7, 1] = False
    closed = replace(problem, allowed=allowed, covers=problem.covers[7:], rules=problem.rules[1:])
    program = Compact(closed, 0, 0, 7)
    found = program.duals(Stop())
    assert found is not None
    assert len(found) == 0


def test_days_off_count_too() -> None:
    """At least ten days off in four weeks: that asks for nothing that two people for one a day would not have."""
    problem = year(people=2, weeks=4)
    covers = tuple(replace(each, low=1, high=1) for each in problem.covers)
    weight = np.tile([1, 0], (28, 1))
    rest = Sum(people=np.arange(2), days=np.arange(28), weight=weight, least=10)
    program = Compact(replace(problem, rules=(rest,), covers=covers), 0, 0, 28)
    duals = program.duals(Stop())
    assert duals is not None
    assert np.abs(duals).max() < 2


def test_bounds_come_from_a_process_beside() -> None:
    problem = year()
    beside = BoundBeside(problem, Raiser)
    told: list[int] = []
    idle = Roster(np.zeros((problem.n_people, problem.n_days), np.int64))
    try:
        stop = Stop(120)
        beside.bound(0, np.zeros(0, np.int64), idle, stop, told.append, 120)
        assert not beside.failed
        assert told[-1] == 1200
    finally:
        beside.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_long_horizon_has_a_plan_and_a_bound(workers: int) -> None:
    problem = year(people=3, weeks=12)
    before = set(multiprocessing.active_children())  # other tests leave the service's crew
    result = engine.solve(problem, Options(workers=workers), Stop(20), Progress())
    assert result.solution is not None
    assert not evaluate.violations(problem, result.solution)
    tier = result.tiers[0]
    assert tier.value is not None
    assert tier.bound is not None
    assert tier.value == int(evaluate.values(problem, result.solution)[0])
    assert 0 < tier.bound <= tier.value
    assert not set(multiprocessing.active_children()) - before


def test_a_long_horizon_comes_out_the_same_on_work() -> None:
    problem = year(people=3, weeks=12)
    options = Options(workers=2, deterministic=True, work_limit=60)
    one, two = (engine.solve(problem, options, Stop(), Progress()) for _ in range(2))
    assert one.solution is not None
    assert two.solution is not None
    assert (one.solution.activity == two.solution.activity).all()
    assert one.tiers[0].bound == two.tiers[0].bound
    assert one.reproducible
