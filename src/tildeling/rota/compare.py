"""Two plans side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tildeling.rota.check import check
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.repairing import Change, changes
from tildeling.rota.solution import Rota


@dataclass(frozen=True)
class Difference:
    """What differs: tier values and breaches of one and the other, and the cells from one to the other."""

    tiers: tuple[tuple[str, int, int], ...]
    breaches: tuple[int, int]
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "tiers": [{"name": name, "one": one, "other": other} for name, one, other in self.tiers],
            "breaches": {"one": self.breaches[0], "other": self.breaches[1]},
            "changes": [
                {
                    "staff_id": each.staff_id,
                    "day": each.day.isoformat(),
                    "before": each.before,
                    "after": each.after,
                }
                for each in self.changes
            ],
        }


def compare(data: RotaDataset, one: Rota, other: Rota) -> Difference:
    """Compare two plans of a data set; both are checked."""
    reports = check(data, one), check(data, other)
    return Difference(
        tuple((a.name, a.value, b.value) for a, b in zip(reports[0].tiers, reports[1].tiers, strict=True)),
        (len(reports[0].breaches), len(reports[1].breaches)),
        tuple(changes(data, one, other)),
    )
