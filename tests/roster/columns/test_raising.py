"""The Lagrangian of covers and long sums, and the compact programs that its prices begin with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roster.columns.brute import best_values
from tests.roster.columns.strategies import problems

from tildeling_models.roster.columns.coverage import coverage
from tildeling_models.roster.columns.raising import Lagrangian, Raising, first_prices
from tildeling_models.roster.problem import Cover, Price, RosterProblem, Run, Sum
from tildeling_models.stop import Stop

checked = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
FAMILIES = ["sum", "blocks", "run", None]


def raising(problem: RosterProblem) -> Raising:
    """A Lagrangian at its first prices."""
    lagrangian = Lagrangian(problem, coverage(problem), 0, Stop())
    return Raising(lagrangian, first_prices(lagrangian, 0, Stop()))


@pytest.mark.parametrize("family", FAMILIES)
@checked
@given(data=st.data())
def test_any_prices_give_a_bound(family: str | None, data: st.DataObject) -> None:
    problem = data.draw(problems(people=2, days=4, tiers=1, family=family))
    best = best_values(problem)
    if best is None or problem.cyclic:
        return
    lagrangian = Lagrangian(problem, coverage(problem), 0, Stop())
    size = lagrangian.cover.n_rows + len(lagrangian.sums)
    prices = np.array(data.draw(st.lists(st.floats(-20, 20), min_size=size, max_size=size)))
    total, gradient = lagrangian(prices)
    assert lagrangian.bound(total) <= best[0]
    assert gradient.shape == (size,)


@pytest.mark.parametrize("family", FAMILIES)
@checked
@given(data=st.data())
def test_what_is_climbed_stays_a_bound(family: str | None, data: st.DataObject) -> None:
    problem = data.draw(problems(people=3, days=4, tiers=1, family=family))
    best = best_values(problem)
    if best is None or problem.cyclic:
        return
    told: list[int] = []
    turns = iter(range(20))
    raising(problem).climb(int(best[0]) + 3, lambda: next(turns, None) is None, told.append)
    assert told == sorted(told)
    assert told[-1] <= best[0]


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
    problem, told = year(), []
    short = 100 * 2 * 6
    lagrangian = Lagrangian(problem, coverage(problem), 0, Stop())
    assert len(lagrangian.sums) == 4
    raising(problem).climb(short, lambda: True, told.append)
    assert told == [short]
    lagrangian = Lagrangian(problem, coverage(problem), 0, Stop())
    assert lagrangian.bound(lagrangian(np.zeros(len(lagrangian.most)))[0]) == 0
