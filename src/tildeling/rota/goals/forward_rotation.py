"""Shifts that rotate backward from one day to the next: evening to day, night to evening or day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import DAY, Case
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rotation import backward
from tildeling.rota.rules.rule import Params
from tildeling.rota.tables import ShiftKind
from tildeling_models.roster.problem import Succession

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


def value(case: Case, params: Params) -> int:
    """Planned shifts that come earlier in the order day, evening, night than that of the day before."""
    total = 0
    for duties in case.duties.values():
        on = {duty.day: duty.shift for duty in duties}
        total += sum(
            duty.planned and duty.day - DAY in on and backward(on[duty.day - DAY], duty.shift)
            for duty in duties
        )
    return total


def lower(frame: Frame, params: Params, builder: Builder, tier: int, weight: int) -> None:
    """Priced successions: from evening to day, and from night to evening or day."""
    day = frame.of_kind(ShiftKind.DAY, ShiftKind.LONG)
    evening = frame.of_kind(ShiftKind.EVENING)
    night = frame.of_kind(ShiftKind.NIGHT, ShiftKind.SLEEPING_NIGHT)
    for first, then in ((evening, day), (night, day | evening)):
        if first.any() and then.any():
            builder.add(
                Succession(
                    people=np.arange(frame.shape[0]),
                    first=first,
                    then=then,
                    price=builder.price(tier, weight),
                    tag=builder.demand("forward_rotation", "forward_rotation"),
                )
            )


GOAL = Goal(
    id="forward_rotation",
    nb="Rotasjon med klokka",
    en="Forward rotation",
    unit={"nb": "bakoverskift", "en": "backward successions"},
    params=Params,
    value=value,
    lower=lower,
)
