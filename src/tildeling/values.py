"""Values of tiers as a checker finds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GoalValue:
    """A goal's part of a tier: its own value and its weight."""

    goal: str
    value: int
    weight: int


@dataclass(frozen=True, slots=True)
class TierValue:
    """A tier's value, and the goals it is the weighted sum of."""

    name: str
    value: int
    goals: tuple[GoalValue, ...]


def tier_value(name: str, goals: Iterable[GoalValue]) -> TierValue:
    """A tier of goals."""
    parts = tuple(goals)
    return TierValue(name, sum(part.value * part.weight for part in parts), parts)
