"""Bounds by whole schedules never pass the best roster there is, and reach it where the program is tight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.roster.columns.brute import best_values
from tests.roster.columns.strategies import problems, short_of_four
from tests.roster.test_evaluate import only, problem_of

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.coverage import limits
from tildeling_models.roster.columns.master import Master
from tildeling_models.roster.columns.relaxed import Relaxed
from tildeling_models.roster.columns.root import Root
from tildeling_models.roster.cpsat import solve
from tildeling_models.roster.problem import Cover, Ints, Price, Roster, RosterProblem, Run
from tildeling_models.stop import Stop

checked = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def bounds(problem: RosterProblem, roster: Roster, caps: tuple[int, ...], entries: int | None) -> list[int]:
    """All bounds that are told of the tier after the caps."""
    root = Root(problem)
    if entries is not None:
        root.pricer = Relaxed(problem, entries)
    told: list[int] = []
    for tier in range(len(caps) + 1):
        told.clear()
        root.bound(tier, np.array(caps[:tier], np.int64), roster, Stop(20), told.append)
    return told


@checked
@given(st.booleans(), st.sampled_from([None, 30]), st.data())
def test_no_bound_passes_the_best(cyclic: bool, entries: int | None, data: st.DataObject) -> None:
    problem = data.draw(problems(people=2, days=4, activities=2, tiers=2, cyclic=cyclic))
    best = best_values(problem)
    if best is None:
        return
    roster = solve(problem, Options(), Stop(20), Progress()).solution
    assert roster is not None
    # the program has no row for a count that should be at least 1 and at most 0
    ranges = [limits(cover) for cover in problem.covers]
    crossed = any(low is not None and high is not None and low > high for low, high in ranges)
    for tier in range(2):
        told = bounds(problem, roster, best[:tier], entries)
        assert told == sorted(set(told))
        assert told or crossed
        assert all(bound <= best[tier] for bound in told)


def test_schedules_of_an_earlier_tier_are_valued_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A price of the second tier is not read in the first: a schedule found there must not come as free of it."""
    wanted = tuple(
        Cover(days=np.array([day]), who=np.ones(2, bool), of=only(1)[None], low=1, under=Price(0, 1))
        for day in range(7)
    )
    lone = Run(people=np.arange(2), of=only(1), most=1, long=Price(1, 5))
    problem = replace(
        problem_of(people=2, covers=wanted),
        rules=(lone,), tiers=("cover", "quality"),
        cost=np.zeros((2, 2, 7, 4), np.int64), constant=np.zeros(2, np.int64),
    )  # fmt: skip
    roster = solve(problem, Options(), Stop(20), Progress()).solution
    assert roster is not None
    added: list[tuple[int, Ints, Ints]] = []

    class Noting(Master):
        def add(self, person: int, row: Ints, values: Ints) -> bool:
            added.append((person, row, values))
            return super().add(person, row, values)

    root = Root(problem)
    root.bound(0, np.array([], np.int64), Roster(np.zeros((2, 7), np.int64)), Stop(20), lambda _: None)
    kept = {(person, name) for person, own in enumerate(root.pool) for name in own}
    assert any(
        evaluate.person_values(problem, p, row)[1] for p, own in enumerate(root.pool) for row in own.values()
    )
    monkeypatch.setattr("tildeling_models.roster.columns.root.Master", Noting)
    root.bound(1, np.array([0]), roster, Stop(20), lambda _: None)
    seen = {(person, row.tobytes()) for person, row, _ in added}
    assert kept <= seen
    for person, row, values in added:
        assert (values == evaluate.person_values(problem, person, row)).all()


def test_people_who_compete_for_shifts_are_bounded_tightly() -> None:
    """Taken one by one nobody lacks anything, together four shifts are short."""
    problem, start = short_of_four()
    assert bounds(problem, start, (), None)[-1] == 4


def test_nothing_is_told_once_it_is_stopped() -> None:
    problem = problem_of(people=2)
    stop, told = Stop(20), []
    stop.cancel()
    done = Root(problem).bound(
        0, np.zeros(0, np.int64), Roster(np.zeros((2, 7), np.int64)), stop, told.append
    )
    assert not done
    assert told == []
