"""Smallest conflicts and cheapest mends against all subsets of demands, on random tiny problems."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tildeling_models.options import Options
from tildeling_models.result import Outcome
from tildeling_models.roster import evaluate
from tildeling_models.roster.problem import Cover, Range, RosterProblem, Rule, Run, Succession, Sum
from tildeling_models.roster.why import Mend, cheapest_cover, cheapest_mend, smallest_conflict
from tildeling_models.stop import Stop

from .brute_force import broken_tags, legal_rows
from .random_roster import roster_problems
from .test_evaluate import problem_of, work

QUIET = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), print_blob=True
)


@st.composite
def strict_problems(draw: st.DrawFn) -> RosterProblem:
    """Random problems whose rules are hard where they can be, so that demands are often in conflict."""
    problem = draw(roster_problems())
    hard: list[Rule] = []
    for rule in problem.rules:
        if isinstance(rule, Succession):
            hard.append(replace(rule, price=None))
        elif isinstance(rule, Run):
            hard.append(replace(rule, short=None, long=None))
        elif isinstance(rule, Range):
            hard.append(replace(rule, least=rule.least if rule.least is not None else rule.low))
        else:
            hard.append(rule)
    return replace(problem, rules=tuple(hard))


def conflicts(masks: set[frozenset[int]], tags: frozenset[int]) -> bool:
    return all(mask & tags for mask in masks)


def subsets(tags: list[int]) -> list[frozenset[int]]:
    every = chain.from_iterable(combinations(tags, size) for size in range(len(tags) + 1))
    return [frozenset(each) for each in every]


def test_conflict_is_smallest() -> None:
    seen: Counter[Outcome] = Counter()

    @QUIET
    @given(strict_problems(), st.lists(st.integers(1, 3), min_size=8, max_size=8))
    def run(problem: RosterProblem, weight: list[int]) -> None:
        demands = {tag: weight[tag - 1] for tag in range(1, 8)}  # tag 8 is no demand: it always holds
        masks = {mask for mask in broken_tags(problem) if 8 not in mask}
        found = smallest_conflict(problem, demands, Options(), Stop())
        seen[found.outcome] += 1
        if not conflicts(masks, frozenset(demands)):
            assert found.outcome is Outcome.FEASIBLE
            assert found.roster is not None
            assert evaluate.violations(problem, found.roster) == []
            return
        assert found.outcome is Outcome.INFEASIBLE
        assert conflicts(masks, frozenset(found.tags))
        least = min(sum(demands[t] for t in s) for s in subsets(list(demands)) if conflicts(masks, s))
        assert found.weight == found.bound == least
        assert found.smallest
        assert found.irreducible
        for person in range(problem.n_people):
            own = tuple(r for r in problem.rules if r.tag in found.tags or r.tag == 8)
            alone = replace(problem, rules=own, covers=())
            assert (person in found.people) == (not legal_rows(alone, person))

    run()
    assert min(seen[Outcome.FEASIBLE], seen[Outcome.INFEASIBLE]) >= 10


def test_mend_is_cheapest() -> None:
    seen: Counter[Outcome] = Counter()

    @QUIET
    @given(strict_problems(), st.lists(st.integers(0, 4), min_size=4, max_size=4), st.data())
    def run(problem: RosterProblem, cost: list[int], data: st.DataObject) -> None:
        """Give up demands 1, 2 and 6; or put a looser limit in place of demand 6."""
        looser = tuple(
            replace(c, tag=0, least=(c.least or 1) - 1, most=None) for c in problem.covers if c.tag == 6
        )
        mends = [Mend(1, cost[0]), Mend(2, cost[1]), Mend(6, cost[2], looser), Mend(6, cost[2] + cost[3])]
        masks: dict[tuple[int, ...], bool] = {}
        best = None
        for chosen in ((), *product((0, None), (1, None), (2, 3, None))):
            taken = [k for k in chosen if k is not None]
            gone = {mends[k].tag for k in taken}
            mended = replace(
                problem,
                rules=tuple(rule for rule in problem.rules if rule.tag not in gone),
                covers=(*(c for c in problem.covers if c.tag not in gone), *(looser if 2 in taken else ())),
            )
            masks[tuple(taken)] = any(not mask for mask in broken_tags(mended))
            price = sum(mends[k].cost for k in taken)
            if masks[tuple(taken)] and (best is None or price < best):
                best = price
        found = cheapest_mend(problem, mends, Options(), Stop())
        seen[found.outcome] += 1
        if best is None:
            assert found.outcome is Outcome.INFEASIBLE
            return
        assert found.outcome is Outcome.OPTIMAL
        assert found.cost == found.bound == best == sum(mends[k].cost for k in found.mends)
        assert masks[found.mends]
        assert found.roster is not None
        gone = {mends[k].tag for k in found.mends}
        left = [
            f for f in evaluate.violations(problem, found.roster) if f.family == "cell" or f.tag not in gone
        ]
        assert left == []

    run()
    assert min(seen[Outcome.OPTIMAL], seen[Outcome.INFEASIBLE]) >= 5


def ward(nights: int) -> RosterProblem:
    """Two people, a week, a night (activity 1) each day; runs of two nights; three nights each at most."""
    people = np.arange(2)
    return problem_of(
        people=2, days=7, codes=2,
        rules=(
            Run(people=people, of=work(2), most=2, tag=1),
            Sum(people=people, days=np.arange(7), weight=np.tile([0, 1], (7, 1)), most=nights, tag=2),
            Succession(people=people, first=~work(2), then=~work(2), lag=1, tag=3),
        ),
        covers=tuple(
            Cover(days=np.array([d]), who=np.ones(2, bool), of=work(2)[None], least=1, tag=4) for d in range(7)
        ),
    )  # fmt: skip


def test_nights_and_cover_are_in_conflict() -> None:
    found = smallest_conflict(ward(3), {1: 1, 2: 1, 3: 1, 4: 1}, Options(), Stop())
    assert (found.tags, found.people) == ((2, 4), ())


def test_one_person_alone_is_found() -> None:
    """Two nights a week cannot be when no two days in a row are off."""
    found = smallest_conflict(ward(2), {1: 1, 2: 1, 3: 1, 4: 1}, Options(), Stop())
    assert found.outcome is Outcome.INFEASIBLE
    assert found.tags == (2, 3)
    assert found.people == (0, 1)


def test_the_cheaper_mend_is_taken() -> None:
    problem = ward(3)
    looser = (Sum(people=np.arange(2), days=np.arange(7), weight=np.tile([0, 1], (7, 1)), most=4),)
    mends = [Mend(4, 5), Mend(2, 3), Mend(2, 2, looser)]
    found = cheapest_mend(problem, mends, Options(), Stop())
    assert (found.outcome, found.mends, found.cost) == (Outcome.OPTIMAL, (2,), 2)


def test_without_time_nothing_is_claimed() -> None:
    stop = Stop()
    stop.cancel()
    assert smallest_conflict(ward(3), {2: 1, 4: 1}, Options(), stop).outcome is Outcome.UNKNOWN
    mended = cheapest_mend(ward(3), [Mend(4, 5)], Options(), stop)
    assert (mended.outcome, mended.bound) == (Outcome.UNKNOWN, 0)


def test_weights_and_costs_are_checked() -> None:
    with pytest.raises(ValueError, match="below 1"):
        smallest_conflict(ward(3), {2: 0}, Options(), Stop())
    with pytest.raises(ValueError, match="negative"):
        cheapest_mend(ward(3), [Mend(2, -1)], Options(), Stop())


def test_cheapest_cover() -> None:
    assert cheapest_cover({1: 2, 2: 3, 3: 2}, [{1, 2}, {2, 3}]) == {2}
    assert cheapest_cover({1: 1, 2: 3, 3: 1}, [{1, 2}, {2, 3}]) == {1, 3}
    assert cheapest_cover({1: 1}, []) == frozenset()
    with pytest.raises(RuntimeError, match="nothing"):
        cheapest_cover({1: 1}, [set()])
