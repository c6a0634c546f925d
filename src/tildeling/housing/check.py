"""The checker: recomputes every rule and every tier's value from the rows, without any solver.

It shares no code with compiling or the engines; every solution passes through it before anyone sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tildeling.housing import goals, rules
from tildeling.housing.case import Case
from tildeling.housing.dataset import Dataset
from tildeling.housing.rules import Breach
from tildeling.housing.solution import Solution
from tildeling.texts import Lang
from tildeling.values import GoalValue, TierValue, tier_value


@dataclass(frozen=True, slots=True)
class Report:
    """What the checker found.

    ``breaches`` are faults of the proposal; ``standing`` were there before it and are no worse.
    """

    breaches: tuple[Breach, ...]
    standing: tuple[Breach, ...]
    tiers: tuple[TierValue, ...]

    @property
    def ok(self) -> bool:
        """Whether the proposal breaks nothing."""
        return not self.breaches

    def as_json(self, lang: Lang = "en") -> dict[str, Any]:
        """For other programs; ``tildeling check --json`` prints it, and the service answers it."""
        return {
            "ok": self.ok,
            "breaches": [breach.as_json(lang) for breach in self.breaches],
            "standing": [breach.as_json(lang) for breach in self.standing],
            "tiers": [{"name": tier.name, "value": tier.value} for tier in self.tiers],
        }


def check(data: Dataset, solution: Solution) -> Report:
    """Check a proposal against every active rule and value it in every tier."""
    case = Case(data, solution)
    found = [b for rule in rules.registry().values() if rule.always is not None for b in rule.always(case)]
    found += [breach for rule, params in rules.active(data.policy) for breach in rule.check(case, params)]
    return Report(
        tuple(breach for breach in found if not breach.standing),
        tuple(breach for breach in found if breach.standing),
        tier_values(case),
    )


def tier_values(case: Case) -> tuple[TierValue, ...]:
    """Every tier's value of a proposal whose ids are all known."""
    return tuple(
        tier_value(
            name, (GoalValue(goal.id, goal.value(case, params), weight) for goal, params, weight in parts)
        )
        for name, _, parts in goals.tiers_solved(case.data.policy)
    )
