"""Goal ``statutory_unmet``: statutory rights and minimum standards not met by their deadline."""

from __future__ import annotations

import datetime as dt

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.dataset import Dataset
from tildeling.housing.goals.goal import Goal, GoalParams
from tildeling.housing.tables import Applicant, StatutoryRight


class StatutoryParams(GoalParams):
    """None."""


def due(data: Dataset, applicant: Applicant) -> dt.date | None:
    """Day by which a home must be ready: the deadline, but not before one can be had; None without a right.

    A deadline that has passed is due today: being late already does not cost an applicant the right.
    """
    if applicant.statutory_right is StatutoryRight.NONE or applicant.statutory_deadline is None:
        return None
    if applicant.statutory_deadline > data.info.horizon_end:
        return None
    earliest = applicant.earliest_move_in or data.info.planning_date
    return max(applicant.statutory_deadline, data.info.planning_date, earliest)


def value(case: Case, params: StatutoryParams) -> int:
    """Rights due within the horizon without a permanent home in time."""
    unmet = 0
    for applicant in case.data.applicants:
        day = due(case.data, applicant)
        if day is None:
            continue
        home = case.after.of.get(applicant.applicant_id)
        moved = home is not None and (home.new or home.locked)
        if not moved or home is None or home.unit.temporary or home.unit.available_from > day:
            unmet += 1
    return unmet


def lower(frame: Frame, params: StatutoryParams, build: Builder, tier: int, weight: int) -> None:
    """One for each right, less one for each cell that meets it."""
    info = frame.data.info
    last = np.full(frame.n_items, -1, np.int64)
    for index, item in enumerate(frame.items):
        deadline = item.statutory_deadline if item.statutory_right is not StatutoryRight.NONE else None
        if deadline is not None and deadline <= info.horizon_end:
            floor = max(info.planning_date, item.earliest_move_in or info.planning_date)
            last[index] = max(deadline, floor).toordinal()
    build.constant[tier] += weight * int((last >= 0).sum())
    columns = frame.columns
    met = columns.ready[build.cell_slot] <= last[build.cell_item]
    met &= ~columns.temporary[build.cell_slot] & ~build.cell_stays
    build.cell_cost[tier] -= weight * met
    for person in frame.standing:
        unit = person.unit
        if person.locked and isinstance(row := person.row, Applicant) and row.statutory_deadline is not None:
            if row.statutory_right is StatutoryRight.NONE or row.statutory_deadline > info.horizon_end:
                continue
            end = max(row.statutory_deadline, info.planning_date, row.earliest_move_in or info.planning_date)
            build.constant[tier] += weight * int(unit.temporary or unit.available_from > end)


GOAL = Goal(
    id="statutory_unmet",
    nb="Rettskrav og minstestandarder ikke oppfylt innen fristen",
    en="Statutory rights and minimum standards not met by their deadline",
    unit_nb="søkere",
    unit_en="applicants",
    params=StatutoryParams,
    value=value,
    lower=lower,
)
