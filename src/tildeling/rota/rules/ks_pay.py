"""KS-PAY: supplements for weekends, nights and holidays, in percent of an ordinary hour; the goal cost uses them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pydantic import Field

from tildeling.rota.rules.ks_terms import NightWindow
from tildeling.rota.rules.rule import Params, Rule

if TYPE_CHECKING:
    from tildeling.rota.dataset import RotaDataset


class KsPayParams(Params):
    """Percent of an ordinary hour on top of it; ``noted`` is the day the rates were looked up.

    A minute on a public holiday has the holiday's supplement in place of the weekend's; the night's comes on top.
    """

    night_window: NightWindow
    weekend: float = Field(ge=0)
    night: float = Field(ge=0)
    holiday: float = Field(ge=0)
    noted: dt.date | None = None


def rates(data: RotaDataset) -> KsPayParams:
    """The rates in force; none where the rule set has no supplements."""
    setting = data.policy.rules_in_force.rules.get("KS-PAY")
    if setting is None or not setting.enabled:
        return KsPayParams(night_window=NightWindow(begin=21, end=30), weekend=0, night=0, holiday=0)
    return KsPayParams.model_validate(setting.params)


RULE = Rule(
    id="KS-PAY",
    source="HTA § 5",
    trust="H",
    nb="Tillegg for helg, natt og helligdager",
    en="Supplements for weekends, nights and holidays",
    params=KsPayParams,
    texts={},
)
