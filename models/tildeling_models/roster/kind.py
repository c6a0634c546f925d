"""Rosters as a kind of problem."""

from __future__ import annotations

from tildeling_models.kinds import Kind
from tildeling_models.roster import evaluate
from tildeling_models.roster.bounds import least_value
from tildeling_models.roster.engines import ENGINES, engine
from tildeling_models.roster.problem import Roster, RosterProblem


def _tiers(problem: RosterProblem) -> list[tuple[str, float]]:
    return [(name, 0.0) for name in problem.tiers]


def _values(problem: RosterProblem, roster: Roster) -> list[int]:
    return [int(value) for value in evaluate.values(problem, roster)]


def _least(problem: RosterProblem) -> list[int]:
    return [least_value(problem, tier) for tier in range(len(problem.tiers))]


KIND = Kind(
    engines=ENGINES, engine=engine, tiers=_tiers, values=_values, least=_least, violations=evaluate.violations
)
