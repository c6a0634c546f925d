"""Single days of work, and single days off, between days of the other kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import DAY, Case
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules.rule import Params
from tildeling_models.roster.problem import Run

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


class LoneDaysParams(Params):
    """Which single days are counted."""

    work: bool = True
    off: bool = True


def value(case: Case, params: LoneDaysParams) -> int:
    """Planned days unlike both their neighbours; what lies outside the plan and its past is not known."""
    total = 0
    for person in case.data.staff:
        works = {duty.day for duty in case.duties[person.staff_id]}
        for day in case.data.days:
            before, after = day - DAY, day + DAY
            known = case.data.cyclic or (
                (day != case.data.days[0] or bool(case.data.history)) and day != case.data.last_day
            )
            at_work = day in works
            if known and at_work != (before in works) and at_work != (after in works):
                total += params.work if at_work else params.off
    return total


def lower(frame: Frame, params: LoneDaysParams, builder: Builder, tier: int, weight: int) -> None:
    """Runs of work and of days off with a price below two days."""
    off = np.arange(frame.shape[2]) == 0
    everyone = np.arange(frame.shape[0])
    for of, counted in ((~off, params.work), (off, params.off)):
        if counted:
            builder.add(
                Run(
                    people=everyone,
                    of=of,
                    least=2,
                    short=builder.price(tier, weight),
                    tag=builder.demand("lone_days", "lone_days"),
                )
            )


GOAL = Goal(
    id="lone_days",
    nb="Enkeltdager",
    en="Lone days",
    unit={"nb": "enkeltvakter og enkeltfridager", "en": "single days of work or off"},
    params=LoneDaysParams,
    value=value,
    lower=lower,
)
