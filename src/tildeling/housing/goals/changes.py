"""Goal ``changes``: what differs from the previous proposal."""

from __future__ import annotations

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.goals.goal import Goal, GoalParams


class ChangesParams(GoalParams):
    """None.  Without a previous proposal the value is 0."""


def value(case: Case, params: ChangesParams) -> int:
    """Applicants in another group than proposed (or waiting, or not), and groups with another base."""
    data, before = case.data, case.data.previous
    if before is None:
        return 0
    changed = 0
    for applicant in data.applicants:
        person = applicant.applicant_id
        if person in case.locks:
            continue
        was = data.unit.get(before.placements.get(person, ""))
        home = case.after.of.get(person)
        now = home.group.group_id if home and home.new else None
        changed += now != (was.group_id if was else None)
    for group, base in case.solution.bases.items():
        changed += case.after.is_open(group) and before.bases.get(group, base) != base
    return changed


def lower(frame: Frame, params: ChangesParams, build: Builder, tier: int, weight: int) -> None:
    """One for each who was placed, less one in the same group; one for each new placement of the others."""
    before = frame.data.previous
    if before is None:
        return
    units = [before.placements.get(a.applicant_id, "") for a in frame.items]
    was = np.array(
        [frame.group_index[frame.data.unit[u].group_id] if u in frame.data.unit else -1 for u in units],
        dtype=np.int64,
    )
    build.constant[tier] += weight * int((was >= 0).sum())
    proposed = was[build.cell_item]
    moves = ~build.cell_stays
    build.cell_cost[tier] += weight * (moves & (proposed < 0)).astype(np.int64)
    build.cell_cost[tier] -= weight * (moves & (proposed == build.cell_group)).astype(np.int64)
    for arc, (group, base) in enumerate(zip(build.arcs.group, build.arcs.server, strict=True)):
        known = before.bases.get(frame.group_ids[group])
        build.arc_cost[tier, arc] += weight * (known is not None and known != frame.base_ids[base])


GOAL = Goal(
    id="changes",
    nb="Endringer fra forrige forslag",
    en="Changes from the previous proposal",
    unit_nb="endringer",
    unit_en="changes",
    params=ChangesParams,
    value=value,
    lower=lower,
)
