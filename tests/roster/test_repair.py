"""Repairs with fewest changes, and substitutes, against brute force and by hand."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome
from tildeling_models.roster import evaluate
from tildeling_models.roster.cpsat import solve
from tildeling_models.roster.problem import Cover, Price, Rest, Roster, RosterProblem, Sum
from tildeling_models.roster.repair import Substitute, fewest_changes, substitutes
from tildeling_models.stop import Stop

from .brute_force import best, legal_rows
from .middling import middling
from .random_roster import roster_problems
from .test_evaluate import AT_MOST, NIGHT_DAY, only, problem_of, row

QUIET = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def some_roster(problem: RosterProblem, seed: int) -> Roster:
    """A roster of legal rows where a person has any, else of allowed cells; covers may be broken."""
    numbers = np.random.default_rng(seed)
    rows = []
    for person in range(problem.n_people):
        legal = legal_rows(problem, person)
        cells = [np.flatnonzero(problem.allowed[person, day]) for day in range(problem.n_days)]
        any_row = np.array([numbers.choice(codes) for codes in cells])
        rows.append(legal[numbers.integers(len(legal))] if legal else any_row)
    return Roster(np.stack(rows))


@QUIET
@given(roster_problems(), st.integers(0, 99), st.integers(0, 3))
def test_fewest_changes_is_the_least(problem: RosterProblem, seed: int, since: int) -> None:
    published = some_roster(problem, seed)
    since = 0 if problem.cyclic else min(since, problem.n_days)
    weights = np.random.default_rng(seed).integers(1, 4, published.activity.shape)
    repair = fewest_changes(problem, published, weights, since)
    found, result = best(repair), solve(repair, Options(), Stop(), Progress(), published)
    if found.values is None:
        assert result.outcome is Outcome.INFEASIBLE
        return
    assert result.solution is not None
    changed = result.solution.activity != published.activity
    assert not changed[:, :since].any()
    assert result.value == found.values[0] == weights[changed].sum()
    assert tuple(evaluate.values(problem, result.solution).tolist()) == found.values[1:]
    assert tuple(tier.bound for tier in result.tiers) == found.values


@QUIET
@given(roster_problems(), st.integers(0, 99), st.data())
def test_substitutes_are_as_evaluate_has_them(problem: RosterProblem, seed: int, data: st.DataObject) -> None:
    roster = some_roster(problem, seed)
    day = data.draw(st.integers(problem.first, problem.n_days - 1))
    activity = data.draw(st.integers(0, problem.n_activities))
    found = substitutes(problem, roster, day, activity)
    assert [s.person for s in found if s.legal] == [s.person for s in found][: sum(s.legal for s in found)]
    assert {s.person for s in found} == set(np.flatnonzero(roster.activity[:, day] != activity).tolist())
    for each in found:
        new = Roster(roster.activity.copy())
        new.activity[each.person, day] = activity
        gained = evaluate.values(problem, new) - evaluate.values(problem, roster)
        assert each.change == tuple(gained.tolist())
        if evaluate.is_legal(problem, each.person, roster.activity[each.person]):
            own = [f for f in each.forbids if f.family != "cover"]
            assert (own == []) == evaluate.is_legal(problem, each.person, new.activity[each.person])
        if not evaluate.violations(problem, roster):
            assert each.legal == (evaluate.violations(problem, new) == [])
            assert sorted(map(repr, each.forbids)) == sorted(map(repr, evaluate.violations(problem, new)))


def night_ward() -> tuple[RosterProblem, Roster]:
    """Four people, a night each; nobody on Wednesday night."""
    cover = Cover(
        days=np.array([2]), who=np.ones(4, bool), of=only(3)[None], low=1, under=Price(0, 100), tag=7
    )
    day_cover = Cover(days=np.array([2]), who=np.ones(4, bool), of=only(1)[None], least=1, tag=7)
    rules = (
        replace(NIGHT_DAY, people=np.arange(4), tag=1),
        replace(AT_MOST, people=np.arange(4), tag=2),
        Sum(people=np.array([0]), days=np.arange(7), weight=np.tile([0, 8, 8, 10], (7, 1)),
            high=30, over=Price(0, 1), tag=3),
    )  # fmt: skip
    rows = ("DD---AA", "---D---", "DD--DD-", "--D----")
    roster = Roster(np.concatenate([row(text).activity for text in rows]))
    return problem_of(people=4, rules=rules, covers=(cover, day_cover)), roster


def test_substitutes_are_ranked_and_refusals_named() -> None:
    problem, roster = night_ward()
    found = substitutes(problem, roster, 2, 3)
    assert [(s.person, s.legal, s.change) for s in found] == [
        (2, True, (-100,)),
        (0, True, (-90,)),
        (1, False, (-100,)),
        (3, False, (-100,)),
    ]
    assert [(f.family, f.tag, f.day) for f in found[2].forbids] == [("succession", 1, 2)]
    assert [(f.family, f.tag, f.amount) for f in found[3].forbids] == [("cover", 7, -1)]
    assert found[3] == Substitute(3, 1, False, (-100,), found[3].forbids)


def test_a_breach_that_is_there_forbids_nobody_unless_it_grows() -> None:
    problem = problem_of(rules=(AT_MOST,))
    assert substitutes(problem, row("DDDD---"), 6, 1)[0].legal
    assert not substitutes(problem, row("DDDD---"), 4, 1)[0].legal
    assert not substitutes(problem, row("-DDDD--"), 0, 1)[0].legal


def test_the_past_stays_and_what_is_wholly_past_is_not_asked_for() -> None:
    """Monday's cover and the first days' rest are broken for good; Sunday's cover can be mended."""
    covers = tuple(Cover(days=np.array([d]), who=np.ones(1, bool), of=only(1)[None], least=1) for d in (0, 6))
    rest = Rest(people=np.array([0]), begin=0, end=2 * 1440, length=40 * 60)
    problem = problem_of(rules=(rest,), covers=covers)
    repair = fewest_changes(problem, row("AA-----"), since=3)
    result = solve(repair, Options(), Stop(), Progress(), None)
    assert result.solution is not None
    assert result.solution.activity.tolist() == row("AA----D").activity.tolist()
    assert result.value == 1
    early = fewest_changes(problem, row("AA-----"), since=1)
    result = solve(early, Options(), Stop(), Progress(), None)
    assert result.value is None
    assert result.outcome is Outcome.INFEASIBLE


def test_repair_refuses_what_makes_no_sense() -> None:
    problem, roster = night_ward()
    with pytest.raises(ValueError, match="since"):
        fewest_changes(replace(problem, cyclic=True), roster, since=1)
    with pytest.raises(ValueError, match="weights"):
        fewest_changes(problem, roster, weights=-1)
    with pytest.raises(ValueError, match="day"):
        substitutes(problem, roster, 7, 1)
    with pytest.raises(ValueError, match="activity"):
        substitutes(problem, roster, 0, 4)


def test_substitutes_of_a_large_ward_come_at_once() -> None:
    problem = middling(people=60, weeks=12, rolling=True)
    roster = Roster(np.random.default_rng(1).integers(0, 4, (60, 84)) * problem.allowed.any(axis=2))
    before = time.process_time()
    found = substitutes(problem, roster, 40, 3)
    assert len(found) > 30
    assert time.process_time() - before < 1.0
