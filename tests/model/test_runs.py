"""Any runs of any engines on one problem: no bound of one is crossed by a solution of another."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling_models.grouping import auto, evaluate, priced
from tildeling_models.grouping.engines import engine
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.options import Options
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result
from tildeling_models.stop import Stop

from .random_grouping import random_problem
from .tiny import tiny_problem

ENGINES = ("mip", "cpsat", "priced", "auto", "vacancy", "queue", "deferred")


class Watcher(Progress):
    """Keeps every solution and bound an engine tells of, and cancels after so many events."""

    def __init__(self, stop: Stop, events: int | None) -> None:
        self.stop, self.events = stop, events
        self.found: list[Assignment] = []
        self.bounds: dict[str, int] = {}

    def event(self, event: Event) -> None:
        if event.bound is not None:
            self.bounds[event.tier] = max(event.bound, self.bounds.get(event.tier, event.bound))
        if self.events is not None:
            self.events -= 1
            if self.events <= 0:
                self.stop.cancel()

    def incumbent(self, solution: object) -> None:
        assert isinstance(solution, Assignment)
        self.found.append(solution)


@st.composite
def runs(draw: st.DrawFn) -> tuple[GroupingProblem, list[tuple[Result[Assignment], Watcher]]]:
    """A problem, and what two or three runs on it found: whole, cut short by the clock, or cancelled."""
    make = draw(st.sampled_from((random_problem, tiny_problem)))
    problem = make(draw(st.integers(0, 10**6)))
    done = []
    for name in draw(st.lists(st.sampled_from(ENGINES), min_size=2, max_size=3)):
        stop = Stop(draw(st.sampled_from((None, None, 0.0, 0.05))))
        watcher = Watcher(stop, draw(st.sampled_from((None, 1, 3))))
        options = Options(seed=draw(st.integers(0, 3)), find_ties=draw(st.booleans()))
        done.append((engine(name)(problem, options, stop, watcher, None), watcher))
    return problem, done


@settings(max_examples=120, deadline=None)
@given(runs())
def test_no_solution_of_any_run_crosses_a_bound(
    case: tuple[GroupingProblem, list[tuple[Result[Assignment], Watcher]]],
) -> None:
    problem, done = case
    solutions = [
        found for result, watcher in done for found in (*watcher.found, result.solution) if found is not None
    ]
    for found in solutions:
        assert evaluate.violations(problem, found) == []
    for (result, watcher), found in product(done, solutions):
        values = evaluate.values(problem, found).tolist()
        assert watcher.bounds.get(problem.tiers[0], values[0]) <= values[0]
        if result.solution is None:
            assert all(tier.bound is None or values[0] >= tier.bound for tier in result.tiers[:1])
            continue
        reported = [tier.value for tier in result.tiers]
        assert reported == evaluate.values(problem, result.solution).tolist()
        for t, tier in enumerate(result.tiers):
            if (
                all(a <= (b or 0) for a, b in zip(values[:t], reported, strict=False))
                and tier.bound is not None
            ):
                assert values[t] >= tier.bound


def chunky(seed: int, copies: int = 4) -> GroupingProblem:
    """Several random problems side by side, as independent parts of one."""
    from .side_by_side import beside

    return beside([random_problem(seed * 100 + k) for k in range(copies)])


@pytest.mark.parametrize("name", ["mip", "mip-highs", "cpsat", "auto"])
@pytest.mark.parametrize("seed", range(3))
def test_no_bound_that_is_told_from_a_start_is_above_the_optimum(seed: int, name: str) -> None:
    """HiGHS completes a start as a problem of its own, and its events tell of the bound of that one too."""
    problem = chunky(seed, 6)
    options, watcher = Options(find_ties=False), Watcher(Stop(), None)
    start = engine("vacancy")(problem, options, Stop(), Progress(), None).solution
    result = engine(name)(problem, options, Stop(), watcher, start)
    assert result.outcome is Outcome.OPTIMAL
    values = {tier.name: tier.value or 0 for tier in result.tiers}
    assert {tier: bound for tier, bound in watcher.bounds.items() if bound > values[tier]} == {}
    assert values.keys() & watcher.bounds.keys()


@pytest.mark.parametrize("seed", range(3))
def test_parallel_equals_serial_in_deterministic_mode(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "MANY", 0)
    problem = chunky(seed)
    found = [
        auto.solve(problem, Options(workers=workers, deterministic=True), Stop(), Progress())
        for workers in (1, 2)
    ]
    one, other = (result.solution for result in found)
    assert one is not None
    assert other is not None
    assert np.array_equal(one.item_slot, other.item_slot)
    assert np.array_equal(one.group_server, other.group_server)
    assert [t.value for t in found[0].tiers] == [t.value for t in found[1].tiers]
    assert [t.bound for t in found[0].tiers] == [t.bound for t in found[1].tiers]
    assert found[0].ties == found[1].ties


@pytest.mark.parametrize("seed", range(6))
def test_parts_apart_equal_the_whole(seed: int) -> None:
    problem = chunky(seed, 3)
    apart = auto.solve(problem, Options(find_ties=False), Stop(), Progress())
    whole = engine("mip")(problem, Options(find_ties=False), Stop(), Progress(), None)
    assert [t.value for t in apart.tiers] == [t.value for t in whole.tiers] == [t.bound for t in apart.tiers]


@pytest.mark.parametrize("seed", range(4))
def test_neighbourhoods_alone_never_lose_what_was_found(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the exact model: feasible, no worse than the first solution, and no bound above it."""
    monkeypatch.setattr(priced, "EXACT", -1)
    problem = chunky(seed, 6)
    options = Options(find_ties=False)
    first = priced.Priced(problem, options).first(Stop())
    result = priced.solve(problem, options, Stop(20.0), Progress())
    assert first is not None
    assert result.solution is not None
    assert evaluate.violations(problem, result.solution) == []
    assert evaluate.values(problem, result.solution).tolist() <= evaluate.values(problem, first).tolist()
    assert result.tiers[0].bound is not None
    assert all(t.bound is None or t.value is None or t.bound <= t.value for t in result.tiers)
