"""The full-time weeks of the KS agreement as the rule set has them: read once, handed to both ways of counting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from tildeling.rota.policy import rule_set
from tildeling.rota.rules.rule import Limit, Params
from tildeling.rota.tables import WeekCategory

if TYPE_CHECKING:
    from tildeling.rota.dataset import RotaDataset

ORDINARY = "no-aml-ks"
"""The rule set that says what a full-time week is where the one in force does not: positions are shares of it."""


class NightWindow(BaseModel):
    """Hours, counted from the midnight before the night, between which an hour is one at night.

    The clock is changed between two and three: that hour is always in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    begin: float = Field(ge=12, le=24)
    end: float = Field(ge=27, le=36)

    @property
    def minutes(self) -> tuple[int, int]:
        """The same in minutes."""
        return round(60 * self.begin), round(60 * self.end)


class KsWeekParams(Params):
    """Hours of a full-time week by category, and hours of the plan above it that are let pass.

    ``after_publication``: whether it is a breach in a plan that was published too, where hours above the week are
    extra hours or overtime.
    """

    week: Mapping[WeekCategory, float]
    tolerance: Limit
    after_publication: bool = False


class Ks3dParams(Params):
    """How night and holiday hours lower the week of three-part rotas.

    ``week`` less ``night`` and ``holiday`` minutes for each such hour, between ``floor`` and ``ceiling`` (hours).
    ``sunday_every``: work at least every such Sunday is a condition; ``hard``: whether a rota that does not meet
    the conditions is no rota, or is pointed out.
    """

    night_window: NightWindow
    week: float
    floor: float
    ceiling: float
    night: int = Field(ge=0)
    holiday: int = Field(ge=0)
    sunday_every: int = Field(ge=1)
    hard: bool = False


def full_weeks(data: RotaDataset) -> KsWeekParams:
    """The full-time weeks: those of the rule set in force, else of the agreement that the categories are from."""
    setting = data.policy.rules_in_force.rules.get("KS-WEEK") or rule_set(ORDINARY).rules["KS-WEEK"]
    return KsWeekParams.model_validate(setting.params)


def three_part(data: RotaDataset) -> Ks3dParams | None:
    """How the week of three-part rotas is lowered; None where the rule set does not do so."""
    setting = data.policy.rules_in_force.rules.get("KS-3D")
    return Ks3dParams.model_validate(setting.params) if setting is not None and setting.enabled else None
