"""Cells that differ from the published plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tildeling.rota.case import Case
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules.rule import Params

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


def value(case: Case, params: Params) -> int:
    """Days of persons with another shift than was published; where the plan has no row, they were off."""
    if not case.data.published:
        return 0
    before = {(row.staff_id, row.date): row.shift_code for row in case.data.published}
    return sum(
        case.rota.shift(person.staff_id, day) != before.get((person.staff_id, day))
        for person in case.data.staff
        for day in case.data.days
    )


def lower(frame: Frame, params: Params, builder: Builder, tier: int, weight: int) -> None:
    """A cost on every cell but the published one of each person and day."""
    if not frame.data.published:
        return
    cost = builder.cost[tier]
    cost[:, frame.past :, 1:] += weight
    number = {date: day for day, date in enumerate(frame.dates)}
    for row in frame.data.published:
        if row.shift_code is not None:
            person, day = frame.people[row.staff_id], number[row.date]
            cost[person, day, 0] += weight
            cost[person, day, frame.codes[row.shift_code]] -= weight


GOAL = Goal(
    id="changes",
    nb="Endringer fra publisert plan",
    en="Changes from the published plan",
    unit={"nb": "endrede vakter", "en": "changed cells"},
    params=Params,
    value=value,
    lower=lower,
)
