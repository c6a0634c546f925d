"""Goal ``bases_opened``: bases not in operation today that must be opened."""

from __future__ import annotations

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.goals.goal import Goal, GoalParams


class OpenedParams(GoalParams):
    """None."""


def value(case: Case, params: OpenedParams) -> int:
    """Bases that serve somebody and are not open today."""
    return sum(not base.open_today and bool(case.groups_of_base(base.base_id)) for base in case.data.bases)


def lower(frame: Frame, params: OpenedParams, build: Builder, tier: int, weight: int) -> None:
    """A cost on each base not open today."""
    for index, base_id in enumerate(frame.base_ids):
        build.server_cost[tier, index] += weight * (not frame.data.base[base_id].open_today)


GOAL = Goal(
    id="bases_opened",
    nb="Baser som må åpnes",
    en="Bases to open",
    unit_nb="baser",
    unit_en="bases",
    params=OpenedParams,
    value=value,
    lower=lower,
)
