"""STANDBY: duty at home counts as part of the working hours (a calculation; see ``counting.py``)."""

from __future__ import annotations

from pydantic import Field

from tildeling.rota.rules.rule import Params, Rule

SOURCE = "AML § 10-4 (3)"


class StandbyParams(Params):
    """One hour in so many counts; agreements of undertakings bound by a tariff agreement may have another."""

    one_in: int = Field(ge=1)


RULE = Rule(
    id="STANDBY",
    source=SOURCE,
    trust="H",
    nb="Beredskapsvakt utenfor arbeidsstedet regnes med som arbeidstid",
    en="Duty at home counts in part as working hours",
    params=StandbyParams,
    texts={},
)
