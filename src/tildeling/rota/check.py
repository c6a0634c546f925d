"""The checker: recomputes every rule and every tier's value from the rows, without any solver.

It shares no code with compiling or the engines; every rota passes through it before anyone sees it, and a plan
made by hand as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tildeling.rota import given, goals, rules
from tildeling.rota.case import Case
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.rules import Breach
from tildeling.rota.solution import Rota
from tildeling.texts import Lang
from tildeling.values import GoalValue, TierValue, tier_value


@dataclass(frozen=True, slots=True)
class Report:
    """What the checker found: hard breaches, what is only pointed out, and each tier's value."""

    breaches: tuple[Breach, ...]
    remarks: tuple[Breach, ...]
    tiers: tuple[TierValue, ...]

    @property
    def ok(self) -> bool:
        """Whether the rota breaks nothing."""
        return not self.breaches

    def as_json(self, lang: Lang = "en") -> dict[str, Any]:
        """For other programs; ``tildeling check --json`` prints it, and the service answers it."""
        return {
            "ok": self.ok,
            "breaches": [breach.as_json(lang) for breach in self.breaches],
            "remarks": [breach.as_json(lang) for breach in self.remarks],
            "tiers": [{"name": tier.name, "value": tier.value} for tier in self.tiers],
        }


def check(data: RotaDataset, rota: Rota) -> Report:
    """Check a rota against every active rule and value it in every tier."""
    case = Case(data, rota)
    found = list(given.check(case))
    found += [breach for rule, params in rules.active(data.policy) for breach in rule.check(case, params)]
    return Report(
        tuple(breach for breach in found if breach.hard),
        tuple(breach for breach in found if not breach.hard),
        tier_values(case),
    )


def tier_values(case: Case) -> tuple[TierValue, ...]:
    """Every tier's value of a rota whose names are all known."""
    return tuple(
        tier_value(
            name, (GoalValue(goal.id, goal.value(case, params), weight) for goal, params, weight in parts)
        )
        for name, parts in goals.tiers(case.data.policy)
    )
