"""The goals, one file each.  A new file with a ``GOAL`` in this folder is a new goal; the policy's tiers name it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tildeling.rota.goals.goal import Goal
from tildeling.rota.policy import RotaPolicy, RotaTier


@cache
def registry() -> dict[str, Goal]:
    """Every goal by id."""
    found = {}
    for module in iter_modules(__path__):
        goal = getattr(import_module(f"{__name__}.{module.name}"), "GOAL", None)
        if isinstance(goal, Goal):
            found[goal.id] = goal
    return dict(sorted(found.items()))


def of_tier(tier: RotaTier) -> list[tuple[Goal, Any, int]]:
    """The goals of a tier that weigh something, each with its parameters and weight."""
    return [
        (
            registry()[setting.goal],
            registry()[setting.goal].params.model_validate(setting.params),
            setting.weight,
        )
        for setting in tier.goals
        if setting.weight
    ]


def tiers(policy: RotaPolicy) -> list[tuple[str, list[tuple[Goal, Any, int]]]]:
    """The tiers that are solved, first to last."""
    return [(tier.name, goals) for tier in policy.tiers if (goals := of_tier(tier))]
