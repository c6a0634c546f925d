"""How hours count, as the rule set has it: read once, handed to both ways of counting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tildeling.rota.dataset import RotaDataset


@dataclass(frozen=True, slots=True)
class Terms:
    """What of a duty counts as working hours.

    Attributes
    ----------
    standby_one_in
        Duty at home counts one hour in so many; 0: none of it counts.
    passive_day, passive_week
        Minutes that passive duty on site takes off at most, of a duty and of seven days.
    """

    standby_one_in: int = 7
    passive_day: int = 120
    passive_week: int = 600


LAW = Terms()
"""As the Working Environment Act has it (§ 10-4 (2) and (3)) where nothing else is agreed."""


def terms(data: RotaDataset) -> Terms:
    """The terms of the rule set in force: those of STANDBY and PASSIVE, nothing of a rule that is off."""
    rules = data.policy.rules_in_force.rules
    standby, passive = rules.get("STANDBY"), rules.get("PASSIVE")
    params = passive.params if passive is not None and passive.enabled else {}
    return Terms(
        int(standby.params["one_in"]) if standby is not None and standby.enabled else 0,
        round(60 * float(params.get("hours_of_day", 0))),
        round(60 * float(params.get("hours_of_week", 0))),
    )
