"""The checker's word on a hand-made proposal, as requirement ids."""

from __future__ import annotations

from collections.abc import Mapping

from tildeling.housing.check import check
from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution


def broken(
    data: Dataset, placements: Mapping[str, str] | None = None, bases: Mapping[str, str] | None = None
) -> list[str]:
    """Requirements a proposal breaks, in order."""
    report = check(data, Solution(placements or {}, bases or {}))
    return sorted(breach.requirement for breach in report.breaches)


def stands(
    data: Dataset, placements: Mapping[str, str] | None = None, bases: Mapping[str, str] | None = None
) -> list[str]:
    """Requirements not met that were not met before, and are no worse."""
    report = check(data, Solution(placements or {}, bases or {}))
    return sorted(breach.requirement for breach in report.standing)


def values(
    data: Dataset, placements: Mapping[str, str] | None = None, bases: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Value of each goal, summed over tiers that hold it."""
    found: dict[str, int] = {}
    for tier in check(data, Solution(placements or {}, bases or {})).tiers:
        for part in tier.goals:
            found[part.goal] = found.get(part.goal, 0) + part.value
    return found
