"""PASSIVE: half of passive duty on site does not count as ordinary hours, up to a cap (a calculation).

The caps of a duty and of seven days enter wherever ordinary hours are counted: see ``counting.py``.
"""

from __future__ import annotations

from pydantic import Field

from tildeling.rota.rules.rule import Params, Rule

SOURCE = "AML § 10-4 (2)"


class PassiveParams(Params):
    """Hours that passive duty takes off at most, of a duty and of seven days."""

    hours_of_day: float = Field(ge=0)
    hours_of_week: float = Field(ge=0)


RULE = Rule(
    id="PASSIVE",
    source=SOURCE,
    trust="H",
    nb="Passive perioder på arbeidsstedet kan forlenge arbeidstiden med halvparten",
    en="Passive duty on site may extend the hours by half of it",
    params=PassiveParams,
    texts={},
)
