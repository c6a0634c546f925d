"""Goal ``age_spread``: distance in age within shared groups."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame, is_shared
from tildeling.housing.goals.goal import Goal, GoalParams
from tildeling.housing.tables import GroupKind


class AgeParams(GoalParams):
    """``step_years``: ages count in whole steps; ``free_steps`` between two of a group cost nothing."""

    step_years: int = Field(10, ge=1, le=100)
    free_steps: int = Field(3, ge=0, le=100)


def value(case: Case, params: AgeParams) -> int:
    """Steps between youngest and oldest beyond those free, summed over shared groups."""
    total = 0
    for group_id, homes in case.after.in_group.items():
        if case.data.group[group_id].kind is GroupKind.SHARED:
            steps = [home.row.age // params.step_years for home in homes]
            total += max(0, max(steps) - min(steps) - params.free_steps)
    return total


def lower(frame: Frame, params: AgeParams, build: Builder, tier: int, weight: int) -> None:
    """The spread primitive; a policy may use one step only.

    Raises
    ------
    ValueError
        If two tiers ask for different steps.
    """
    values = np.array([a.age // params.step_years for a in frame.items], dtype=np.int64)
    low = np.full(frame.n_groups, 10**6, np.int64)
    high = np.full(frame.n_groups, -(10**6), np.int64)
    for person in frame.standing:
        group = frame.group_index[person.unit.group_id]
        low[group] = min(low[group], person.row.age // params.step_years)
        high[group] = max(high[group], person.row.age // params.step_years)
    where = np.array([is_shared(frame.data, g) for g in frame.group_ids], dtype=bool)
    if build.spread is not None and not np.array_equal(build.spread[0], values):
        raise ValueError("age_spread: one step_years for the whole policy")
    build.spread = (values, low, high, where)
    build.spread_cost.append((tier, weight, params.free_steps))


GOAL = Goal(
    id="age_spread",
    nb="Aldersspredning i bogruppene",
    en="Spread of age within groups",
    unit_nb="trinn",
    unit_en="steps",
    params=AgeParams,
    value=value,
    lower=lower,
)
