"""Weekends worked by half: Saturday or Sunday, but not both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import DAY, Case
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules.rule import Params
from tildeling_models.roster.problem import Succession

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


def value(case: Case, params: Params) -> int:
    """Half weekends; one in which someone is away on a day of it does not count."""
    total = 0
    for person in case.data.staff:
        name = person.staff_id
        for monday in case.weeks:
            days = (monday + 5 * DAY, monday + 6 * DAY)
            if not any(case.away(name, day) for day in days):
                total += sum(case.rota.shift(name, day) is not None for day in days) == 1
    return total


def lower(frame: Frame, params: Params, builder: Builder, tier: int, weight: int) -> None:
    """Work followed by off, and off followed by work, from Saturday to Sunday."""
    off = np.arange(frame.shape[2]) == 0
    price = builder.price(tier, weight)
    for staff_id, person in frame.people.items():
        saturdays = frame.planned[5::7]
        saturdays = saturdays[~frame.absent[person, saturdays] & ~frame.absent[person, saturdays + 1]]
        if saturdays.size:
            tag = builder.demand("whole_weekends", "whole_weekends", staff_id=staff_id)
            for first in (off, ~off):
                builder.add(Succession(people=np.array([person]), first=first, then=~first, days=saturdays,
                                       price=price, tag=tag))  # fmt: skip


GOAL = Goal(
    id="whole_weekends",
    nb="Hele helger",
    en="Whole weekends",
    unit={"nb": "halve helger", "en": "half weekends"},
    params=Params,
    value=value,
    lower=lower,
)
