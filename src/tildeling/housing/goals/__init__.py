"""The goals, one file each.  A new file with a ``GOAL`` in this folder is a new goal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tildeling.housing.goals.goal import Goal, GoalParams
from tildeling.housing.policy import Policy
from tildeling.settings import TierSetting


@cache
def registry() -> dict[str, Goal]:
    """Every goal by id, in order of id."""
    found = {}
    for module in iter_modules(__path__):
        goal = getattr(import_module(f"{__name__}.{module.name}"), "GOAL", None)
        if isinstance(goal, Goal):
            found[goal.id] = goal
    return dict(sorted(found.items()))


def of_tier(tier: TierSetting) -> Iterator[tuple[Goal, Any, int]]:
    """Each goal of a tier with its parameters and weight."""
    for setting in tier.goals:
        goal = registry()[setting.goal]
        yield goal, goal.params.model_validate(setting.params), setting.weight


def tiers_solved(policy: Policy) -> tuple[tuple[str, float, tuple[tuple[Goal, Any, int], ...]], ...]:
    """(name, tolerance, goals) of every tier as it is solved: one, if the policy asks for a weighted sum."""
    if policy.objective == "weighted":
        goals = tuple(
            (goal, params, weight * tier.weight)
            for tier in policy.tiers
            for goal, params, weight in of_tier(tier)
        )
        return (("weighted", 0.0, goals),)
    return tuple((tier.name, tier.tolerance, tuple(of_tier(tier))) for tier in policy.tiers)


__all__ = ["Goal", "GoalParams", "of_tier", "registry", "tiers_solved"]
