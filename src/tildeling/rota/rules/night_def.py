"""NIGHT-DEF: what is night: 21 to 06 (a calculation; see ``counting.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from tildeling.rota.rules.rule import Params, Rule

if TYPE_CHECKING:
    from tildeling.rota.dataset import RotaDataset

SOURCE = "AML § 10-11 (1)"


class NightDefParams(Params):
    """Hours of the clock that the night begins and ends at.

    An undertaking bound by a tariff agreement may agree on others, at least eight hours with 00 to 06 in them.
    """

    begin: float = Field(ge=12, le=24)
    end: float = Field(ge=6, le=12)

    @model_validator(mode="after")
    def _long_enough(self) -> Self:
        if 24 - self.begin + self.end < 8:
            raise ValueError("a night has at least eight hours")
        return self


def night(data: RotaDataset) -> tuple[int, int]:
    """Minutes from the midnight before the night that it begins and ends at, by the rule set in force."""
    setting = data.policy.rules_in_force.rules.get("NIGHT-DEF")
    if setting is None or not setting.enabled:
        return 21 * 60, 30 * 60
    params = NightDefParams.model_validate(setting.params)
    return round(60 * params.begin), round(60 * (24 + params.end))


RULE = Rule(
    id="NIGHT-DEF",
    source=SOURCE,
    trust="H",
    nb="Natt er mellom kl. 21 og 06",
    en="Night is between 21:00 and 06:00",
    params=NightDefParams,
    texts={},
)
