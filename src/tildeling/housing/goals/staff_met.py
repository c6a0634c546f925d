"""Goal ``staff_met``: how many different staff residents meet, above a threshold: small, known teams."""

from __future__ import annotations

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.goals.goal import Goal, GoalParams


class StaffMetParams(GoalParams):
    """``threshold``: team size at no cost.  A resident meets the whole team of the base."""

    threshold: int = 12


def value(case: Case, params: StaffMetParams) -> int:
    """Sum over residents of their base's team above the threshold."""
    total = 0
    for base in case.data.bases:
        people = sum(map(case.after.residents, case.groups_of_base(base.base_id)))
        total += people * max(0, base.staff_size - params.threshold)
    return total


def lower(frame: Frame, params: StaffMetParams, build: Builder, tier: int, weight: int) -> None:
    """A cost per person on each arc, for those placed and those who stay."""
    teams = np.array([frame.data.base[b].staff_size for b in frame.base_ids], dtype=np.int64)
    cost = weight * np.maximum(0, teams - params.threshold)[build.arcs.server]
    build.arc_load_cost[tier, -1] += cost
    build.arc_cost[tier] += cost * frame.residents[build.arcs.group]


GOAL = Goal(
    id="staff_met",
    nb="Ulike ansatte beboerne møter, over terskelen",
    en="Different staff that residents meet, above the threshold",
    unit_nb="møter",
    unit_en="meetings",
    params=StaffMetParams,
    value=value,
    lower=lower,
)
