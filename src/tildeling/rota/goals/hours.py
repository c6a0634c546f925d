"""Hours away from the target of the position, the KS target where the rota itself lowers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tildeling.rota import targets
from tildeling.rota.case import Case
from tildeling.rota.compiling.targets import Hours, Reach
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules.rule import Params

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


def value(case: Case, params: Params) -> int:
    """Started hours below the target or above it; who wants more hours may have up to a full-time week.

    Those without a position have no target.
    """
    total = 0
    for person in case.data.staff:
        if person.position_percent:
            beyond = targets.worked_seconds(case, person.staff_id) - targets.aim_seconds(case, person)
            above = beyond - targets.room_seconds(case, person)
            total += max(0, -(beyond // 3600), -(-above // 3600))
    return total


def lower(frame: Frame, params: Params, builder: Builder, tier: int, weight: int) -> None:
    """A priced sum, or target, for everyone with a position."""
    hours = Hours(frame)
    for row in frame.data.staff:
        if row.position_percent > 0:
            tag = builder.demand("hours", "hours", staff_id=row.staff_id)
            reach = Reach(low=0, high=hours.room(row), price=builder.price(tier, weight))
            builder.add(hours.about(row, reach, tag))


GOAL = Goal(
    id="hours",
    nb="Timer mot stillingen",
    en="Hours against the position",
    unit={"nb": "påbegynte timer over eller under", "en": "started hours above or below"},
    params=Params,
    value=value,
    lower=lower,
)
