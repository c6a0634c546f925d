"""Goal ``vacancy_days``: days that finished homes stand empty."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pydantic import Field

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.goals.goal import Goal, GoalParams
from tildeling.housing.tables import Applicant, Resident
from tildeling_models.grouping.problem import Ints


class VacancyParams(GoalParams):
    """``days``: an empty home counts as empty this long."""

    days: int = Field(365, ge=1)


def value(case: Case, params: VacancyParams) -> int:
    """Days empty of homes finished by the planning date; until the move-in day where somebody comes."""
    start = case.data.info.planning_date
    lives = {home.unit.unit_id: home for home in case.after.households}
    total = 0
    for unit in case.data.units:
        if unit.reserved or unit.available_from > start:
            continue
        home = lives.get(unit.unit_id)
        if home is None:
            total += params.days
        elif (home.new or home.locked) and isinstance(home.row, Applicant) and home.row.earliest_move_in:
            total += min(params.days, max(0, (home.row.earliest_move_in - start).days))
    return total


def lower(frame: Frame, params: VacancyParams, build: Builder, tier: int, weight: int) -> None:
    """Every offered finished home as empty, less what each cell fills."""
    start = frame.data.info.planning_date
    finished = frame.columns.ready <= start.toordinal()
    build.constant[tier] += weight * params.days * int(frame.slot_capacity[finished].sum())
    wait = _waits(frame.items, start.toordinal(), params.days)
    days = np.where(build.cell_stays, 0, wait[build.cell_item])
    build.cell_cost[tier] -= weight * (params.days - days) * finished[build.cell_slot]
    locked = [p for p in frame.standing if p.locked and p.unit.available_from <= start]
    build.constant[tier] += weight * int(
        _waits([p.row for p in locked], start.toordinal(), params.days).sum()
    )


def _waits(rows: Iterable[Applicant | Resident], start: int, most: int) -> Ints:
    """Days until each can move in, at most ``most``."""
    days = [
        min(most, max(0, row.earliest_move_in.toordinal() - start))
        if isinstance(row, Applicant) and row.earliest_move_in
        else 0
        for row in rows
    ]
    return np.array(days, dtype=np.int64)


GOAL = Goal(
    id="vacancy_days",
    nb="Dager ferdige boliger står tomme",
    en="Days that finished homes stand empty",
    unit_nb="dager",
    unit_en="days",
    params=VacancyParams,
    value=value,
    lower=lower,
)
