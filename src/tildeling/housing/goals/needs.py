"""Goal ``need_unmet``: needs of one severity band not met, weighed by benefit and waiting time."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.goals.goal import Goal, GoalParams
from tildeling.housing.tables import Applicant, Application


class NeedParams(GoalParams):
    """Worth of a need: ``base + per_benefit (benefit - 1) + per_month min(months waited, most_months)``.

    A missing benefit counts as 1 and is flagged; resource use counts for nothing.
    """

    band: int = Field(ge=1, le=5)
    base: int = 100
    per_benefit: int = 10
    per_month: int = 1
    most_months: int = 60


def worth(case: Case, applicant: Applicant, params: NeedParams) -> int:
    """What a need weighs."""
    months = min(case.data.waiting_days(applicant) // 30, params.most_months)
    return params.base + params.per_benefit * ((applicant.benefit or 1) - 1) + params.per_month * months


def value(case: Case, params: NeedParams) -> int:
    """Worth of the needs of the band that nobody met; a temporary place meets none."""
    total = 0
    for applicant in case.data.applicants:
        if applicant.severity != params.band or applicant.application is Application.REASSESSMENT:
            continue
        home = case.after.of.get(applicant.applicant_id)
        moved = home is not None and (home.new or home.locked)
        if not moved or home is None or home.unit.temporary:
            total += worth(case, applicant, params)
    return total


def lower(frame: Frame, params: NeedParams, build: Builder, tier: int, weight: int) -> None:
    """The worth of all as a constant, less that of each cell that meets the need."""
    asks = np.array(
        [a.severity == params.band and a.application is not Application.REASSESSMENT for a in frame.items],
        dtype=bool,
    )
    months = np.minimum(frame.waiting_days // 30, params.most_months)
    benefit = np.array([(a.benefit or 1) - 1 for a in frame.items], dtype=np.int64)
    worths = weight * (params.base + params.per_benefit * benefit + params.per_month * months) * asks
    meets = ~frame.columns.temporary[build.cell_slot] & ~build.cell_stays
    build.constant[tier] += int(worths.sum())
    build.cell_cost[tier] -= worths[build.cell_item] * meets
    for person in frame.standing:
        row = person.row
        if (
            person.locked
            and isinstance(row, Applicant)
            and person.unit.temporary
            and row.severity == params.band
        ):
            if row.application is Application.REASSESSMENT:
                continue
            waited = min(frame.data.waiting_days(row) // 30, params.most_months)
            build.constant[tier] += weight * (
                params.base + params.per_benefit * ((row.benefit or 1) - 1) + params.per_month * waited
            )


GOAL = Goal(
    id="need_unmet",
    nb="Udekkede behov i alvorlighetsgruppen",
    en="Needs of the severity band not met",
    unit_nb="poeng",
    unit_en="points",
    params=NeedParams,
    value=value,
    lower=lower,
)
