"""Substitutes, against the evaluator and by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tildeling_models.roster import evaluate
from tildeling_models.roster.problem import Cover, Price, Roster, RosterProblem, Rule, Sum
from tildeling_models.roster.substitutes import Substitute, substitutes

from .brute_force import legal_rows
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


def test_a_day_or_activity_that_is_not_there_is_refused() -> None:
    problem, roster = night_ward()
    with pytest.raises(ValueError, match="day"):
        substitutes(problem, roster, 7, 1)
    with pytest.raises(ValueError, match="activity"):
        substitutes(problem, roster, 0, 4)


def test_of_a_large_ward_only_what_the_day_touches_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 12 weeks of sums and rests few can be broken on one day: the others are not evaluated."""
    problem = middling(people=60, weeks=12, rolling=True)
    roster = Roster(np.random.default_rng(1).integers(0, 4, (60, 84)) * problem.allowed.any(axis=2))
    looked: list[object] = []
    check = evaluate.check

    def counted(rule: Rule, *rest: Any) -> Any:
        looked.append(rule)
        return check(rule, *rest)

    monkeypatch.setattr(evaluate, "check", counted)
    found = substitutes(problem, roster, 40, 3)
    assert len(found) > 30
    rules = sum(len(problem.of_person(each.person)) for each in found)
    assert 0 < len(looked) < rules  # before and after: twice what is looked at
