"""Grouping as a kind of problem."""

from __future__ import annotations

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.bounds import least_value
from tildeling_models.grouping.engines import ENGINES, engine
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.kinds import Kind


def _tiers(problem: GroupingProblem) -> list[tuple[str, float]]:
    return [(name, float(share)) for name, share in zip(problem.tiers, problem.tolerance, strict=True)]


def _values(problem: GroupingProblem, solution: Assignment) -> list[int]:
    return [int(value) for value in evaluate.values(problem, solution)]


def _least(problem: GroupingProblem) -> list[int]:
    return [least_value(problem, tier) for tier in range(len(problem.tiers))]


KIND = Kind(
    engines=ENGINES, engine=engine, tiers=_tiers, values=_values, least=_least, violations=evaluate.violations
)
