"""Goal ``steps_above_need``: steps on the care ladder above the least intensive sufficient level (LEON)."""

from __future__ import annotations

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.goals.goal import Goal, GoalParams
from tildeling.housing.tables import Applicant


class LeonParams(GoalParams):
    """None."""


def value(case: Case, params: LeonParams) -> int:
    """Steps above the need of everyone placed, and of movers who stay where they are."""
    return sum(
        max(0, home.group.service_access.step - home.row.service_need.step)
        for home in case.after.households
        if isinstance(home.row, Applicant)
    )


def lower(frame: Frame, params: LeonParams, build: Builder, tier: int, weight: int) -> None:
    """Steps of each cell; those of locked placements are a constant."""
    data = frame.data
    offered = np.array([data.group[g].service_access.step for g in frame.group_ids], dtype=np.int64)
    need = np.array([a.service_need.step for a in frame.items], dtype=np.int64)
    build.cell_cost[tier] += weight * np.maximum(0, offered[build.cell_group] - need[build.cell_item])
    for person in frame.standing:
        if person.locked:
            here = data.group[person.unit.group_id].service_access.step
            build.constant[tier] += weight * max(0, here - person.row.service_need.step)


GOAL = Goal(
    id="steps_above_need",
    nb="Trinn over behovet på omsorgstrappa",
    en="Steps above the need on the care ladder",
    unit_nb="trinn",
    unit_en="steps",
    params=LeonParams,
    value=value,
    lower=lower,
)
