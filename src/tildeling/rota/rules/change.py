"""CHANGE: what is moved after publication is moved by consent, or at a rate; each such cell is logged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from tildeling.rota.case import Case
from tildeling.rota.rules.rule import Breach, Params, Rule

if TYPE_CHECKING:
    from tildeling.rota.dataset import RotaDataset

SOURCE = "Practice: changes after publication"


class ChangeParams(Params):
    """Kroner for each cell that is changed, by local agreement; the goal cost counts them."""

    rate: int = Field(default=0, ge=0)


def rate(data: RotaDataset) -> int:
    """Kroner for a changed cell under the rule set in force."""
    setting = data.policy.rules_in_force.rules.get("CHANGE")
    return ChangeParams.model_validate(setting.params).rate if setting is not None and setting.enabled else 0


def check(case: Case, params: ChangeParams) -> Iterator[Breach]:
    """A remark for each cell unlike the published plan; a cell it has no row for was off."""
    if not case.data.published:
        return
    before = {(row.staff_id, row.date): row.shift_code for row in case.data.published}
    for person in case.data.staff:
        for day in case.data.days:
            old, new = before.get((person.staff_id, day)), case.rota.shift(person.staff_id, day)
            if old != new:
                yield Breach(
                    "CHANGE", "CHANGE.moved", SOURCE, person.staff_id, day, day, 1, 0, "", None, False,
                    {"old": old or "–", "new": new or "–", "rate": params.rate},
                )  # fmt: skip


RULE = Rule(
    id="CHANGE",
    source=SOURCE,
    trust="L",
    nb="Endring etter publisering krever samtykke eller betales",
    en="A change after publication needs consent or is paid for",
    params=ChangeParams,
    texts={
        "CHANGE.moved": {
            "nb": "{staff} har {new} i stedet for {old} {day}: samtykke, eller {rate} kr",
            "en": "{staff} has {new} in place of {old} on {day}: consent, or NOK {rate}",
        },
    },
    check=check,
)
