"""Goal ``shelter_unmet``: people without a home of their own who get neither a home nor a temporary place."""

from __future__ import annotations

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.goals.goal import Goal, GoalParams
from tildeling.housing.tables import PresentHousing


class ShelterParams(GoalParams):
    """``housing``: present housing that is no home."""

    housing: tuple[PresentHousing, ...] = (PresentHousing.HOMELESS,)


def value(case: Case, params: ShelterParams) -> int:
    """Severity of those left without shelter."""
    return sum(
        applicant.severity
        for applicant in case.data.applicants
        if applicant.present_housing in params.housing and applicant.applicant_id not in case.after.of
    )


def lower(frame: Frame, params: ShelterParams, build: Builder, tier: int, weight: int) -> None:
    """Severity of each as a constant, less that of any cell."""
    worth = np.array(
        [a.severity * (a.present_housing in params.housing) for a in frame.items], dtype=np.int64
    )
    worth[frame.item_home >= 0] = 0
    build.constant[tier] += weight * int(worth.sum())
    build.cell_cost[tier] -= weight * worth[build.cell_item]


GOAL = Goal(
    id="shelter_unmet",
    nb="Uten tak over hodet",
    en="Left without shelter",
    unit_nb="alvorlighet",
    unit_en="severity",
    params=ShelterParams,
    value=value,
    lower=lower,
)
