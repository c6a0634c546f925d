"""Every schedule and every roster of tiny problems, judged by the definitions."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np

from tildeling_models.roster import evaluate
from tildeling_models.roster.columns.stage import Stage
from tildeling_models.roster.problem import Ints, Roster, RosterProblem


def schedules(problem: RosterProblem, person: int) -> list[Ints]:
    """All legal schedules of a person."""
    options = [np.flatnonzero(problem.allowed[person, day]).tolist() for day in range(problem.n_days)]
    rows = (np.array(row, np.int64) for row in itertools.product(*options))
    return [row for row in rows if evaluate.is_legal(problem, person, row)]


def best_values(problem: RosterProblem) -> tuple[int, ...] | None:
    """Lexicographically least values of all rosters without a breach; None where there is none."""
    each = [schedules(problem, person) for person in range(problem.n_people)]
    own = [[evaluate.person_values(problem, p, row) for row in rows] for p, rows in enumerate(each)]
    base = problem.constant
    best: tuple[int, ...] | None = None

    @cache
    def cover(rows: tuple[int, ...]) -> tuple[tuple[int, ...], bool]:
        roster = Roster(np.array([each[p][n] for p, n in enumerate(rows)]))
        found = [finding for rule in problem.covers for finding in evaluate._cover(rule, roster)]
        total = np.zeros(len(problem.tiers), np.int64)
        for finding in found:
            if not finding.hard:
                total[finding.tier] += finding.cost
        return tuple(total.tolist()), any(finding.hard for finding in found)

    for rows in itertools.product(*(range(len(each[p])) for p in range(problem.n_people))):
        total, broken = cover(rows)
        if not broken:
            values = base + np.array(total) + sum(own[p][n] for p, n in enumerate(rows))
            found = tuple(int(value) for value in values)
            best = found if best is None or found < best else best
    return best


def sound(stage: Stage) -> None:
    """The stage's plan is legal, worth what the stage says, and not better than the best there is."""
    assert stage.best is not None
    assert stage.value is not None
    problem, roster = stage.problem, Roster(stage.best.rows)
    assert not evaluate.violations(problem, roster)
    assert int(evaluate.values(problem, roster)[0]) == stage.value
    best = best_values(problem)
    assert best is not None
    assert stage.value >= best[0]
