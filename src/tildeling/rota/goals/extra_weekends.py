"""Weekends worked sooner after one another than the custom, or an agreement, has it (hinkehelg)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import Case
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules.rule import Params
from tildeling.rota.rules.weekend import weekends_apart
from tildeling_models.roster.problem import Blocks

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


def value(case: Case, params: Params) -> int:
    """Pairs of worked weekends, the later one planned, fewer weeks apart than one works a weekend in.

    In a cycle each weekend comes back; one that does so too soon makes a pair with itself.
    """
    start, weeks = case.data.info.start, case.data.info.weeks
    total = 0
    for person in case.data.staff:
        every = int(weekends_apart(case.data, person, start).value)
        days = list(case.rota.work.get(person.staff_id, {}))
        days += [
            row.date
            for row in case.data.history
            if row.staff_id == person.staff_id and row.shift_code is not None
        ]
        worked = {(day - start).days // 7 for day in days if day.weekday() >= 5}
        for week in worked:
            if 0 <= week < weeks:
                before = (week - apart for apart in range(1, every))
                total += sum((other % weeks if case.data.cyclic else other) in worked for other in before)
    return total


def lower(frame: Frame, params: Params, builder: Builder, tier: int, weight: int) -> None:
    """Two weekends are two blocks, of which one is free; none is free where the earlier one is worked already."""
    work, weeks = np.arange(frame.shape[2]) > 0, frame.data.info.weeks
    for row in frame.data.staff:
        every = int(weekends_apart(frame.data, row, frame.data.info.start).value)
        tag = builder.demand("extra_weekends", "extra_weekends", staff_id=row.staff_id)
        past = {
            (old.date - frame.data.info.start).days // 7
            for old in frame.data.history
            if old.staff_id == row.staff_id and old.shift_code is not None and old.date.weekday() > 4
        }
        for week in range(weeks):
            for earlier in range(week - every + 1, week):
                other = earlier % weeks if frame.data.cyclic else earlier
                block = np.full(frame.shape[1], -1)
                if other >= 0:
                    block[frame.planned[7 * other + 5 : 7 * other + 7]] = other
                elif other not in past:
                    continue
                block[frame.planned[7 * week + 5 : 7 * week + 7]] = week
                builder.add(
                    Blocks(
                        people=np.array([frame.people[row.staff_id]]),
                        block=block,
                        of=work,
                        high=1 if other >= 0 and other != week else 0,
                        over=builder.price(tier, weight),
                        tag=tag,
                    )
                )


GOAL = Goal(
    id="extra_weekends",
    nb="Ekstra helger",
    en="Extra weekends",
    unit={"nb": "helger for tett på hverandre", "en": "weekends too close together"},
    params=Params,
    value=value,
    lower=lower,
)
