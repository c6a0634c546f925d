"""Goal ``travel_minutes``: minutes from bases to the groups they serve."""

from __future__ import annotations

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.goals.goal import Goal, GoalParams


class TravelParams(GoalParams):
    """None.  A pair the travel table does not name (a base set by hand) counts nothing."""


def value(case: Case, params: TravelParams) -> int:
    """Minutes from each serving base to each of its open groups."""
    data = case.data
    total = 0
    for group_id, base_id in case.solution.bases.items():
        if case.after.is_open(group_id) and base_id in data.base:
            here, there = data.base[base_id].site_id, data.group[group_id].site_id
            total += 0 if here == there else case.minutes.get((here, there), 0)
    return total


def lower(frame: Frame, params: TravelParams, build: Builder, tier: int, weight: int) -> None:
    """Minutes on each arc."""
    data = frame.data
    table = {(t.from_site_id, t.to_site_id): t.minutes for t in data.travel_times}
    cost = []
    for group, base in zip(build.arcs.group, build.arcs.server, strict=True):
        pair = data.base[frame.base_ids[base]].site_id, data.group[frame.group_ids[group]].site_id
        cost.append(0 if pair[0] == pair[1] else table.get(pair, 0))
    build.arc_cost[tier] += weight * np.array(cost, dtype=np.int64)


GOAL = Goal(
    id="travel_minutes",
    nb="Minutter fra base til bogruppe",
    en="Minutes from base to group",
    unit_nb="minutter",
    unit_en="minutes",
    params=TravelParams,
    value=value,
    lower=lower,
)
