"""Goal ``staffing_shortfall``: care hours above what bases are staffed for today."""

from __future__ import annotations

from decimal import ROUND_CEILING

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame, hundredths
from tildeling.housing.goals.goal import Goal, GoalParams


class ShortfallParams(GoalParams):
    """None."""


def value(case: Case, params: ShortfallParams) -> int:
    """Hours a week above the staffed hours, begun hours counting whole, over serving bases."""
    total = 0
    for base in case.data.bases:
        staffed = base.capacity_hours if base.staffed_hours is None else base.staffed_hours
        homes = [h for g in case.groups_of_base(base.base_id) for h in case.after.in_group.get(g, ())]
        over = sum((home.row.care_hours for home in homes), start=-staffed)
        total += max(0, int(over.to_integral_value(ROUND_CEILING))) if homes else 0
    return total


def lower(frame: Frame, params: ShortfallParams, build: Builder, tier: int, weight: int) -> None:
    """An overload per base, in hundredths of hours, in steps of an hour."""
    for index, base_id in enumerate(frame.base_ids):
        base = frame.data.base[base_id]
        staffed = base.capacity_hours if base.staffed_hours is None else base.staffed_hours
        build.overloads.append((index, 0, hundredths(staffed), 100, tier, weight))


GOAL = Goal(
    id="staffing_shortfall",
    nb="Timer per uke over dagens bemanning",
    en="Hours a week above today's staffing",
    unit_nb="timer/uke",
    unit_en="hours/week",
    params=ShortfallParams,
    value=value,
    lower=lower,
)
