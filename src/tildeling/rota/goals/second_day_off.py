"""Weekly rest days on a Sunday (F1) with no other day off (F2) beside them.

F1 goes to the Sunday where it is off, so whether F2 can lie beside it is seen on three days: Saturday, Sunday and
the Monday after.  A rest day within the week that stands alone is a lone day off, which ``lone_days`` prices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import DAY, Case
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules.rule import Params
from tildeling_models.roster.problem import Sum

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


def value(case: Case, params: Params) -> int:
    """Sundays off between a Saturday and a Monday of work.

    A Sunday on which someone is away does not count, nor one after which the plan ends.
    """
    total = 0
    for person in case.data.staff:
        works = {duty.day for duty in case.duties[person.staff_id]}
        for monday in case.weeks:
            sunday = monday + 6 * DAY
            if not case.away(person.staff_id, sunday) and sunday not in works:
                total += sunday - DAY in works and sunday + DAY in works
    return total


def lower(frame: Frame, params: Params, builder: Builder, tier: int, weight: int) -> None:
    """Work on Saturday, off on Sunday and work on Monday each count one; three is one too many."""
    work = (np.arange(frame.shape[2]) > 0).astype(np.int64)
    for sunday in frame.planned[6::7].tolist():
        if sunday + 1 == len(frame.dates) and not frame.data.cyclic:
            continue
        people = np.flatnonzero(~frame.absent[:, sunday])
        if people.size:
            builder.add(
                Sum(
                    people=people,
                    days=np.array([sunday - 1, sunday, (sunday + 1) % len(frame.dates)]),
                    weight=np.array([work, 1 - work, work]),
                    high=2,
                    over=builder.price(tier, weight),
                    tag=builder.demand("second_day_off", "second_day_off", day=frame.dates[sunday]),
                )
            )


GOAL = Goal(
    id="second_day_off",
    nb="F2 ved siden av F1",
    en="F2 beside F1",
    unit={"nb": "F1 uten F2 ved siden av", "en": "F1 without F2 beside it"},
    params=Params,
    value=value,
    lower=lower,
)
