"""Goal ``residents_above``: residents above a threshold per community, counting those expected."""

from __future__ import annotations

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame
from tildeling.housing.goals.goal import Goal, GoalParams
from tildeling_models.grouping.problem import ints


class SmallParams(GoalParams):
    """``threshold``: residents a community may have at no cost (hearing statements: no more than 4-5)."""

    threshold: int = 5


def value(case: Case, params: SmallParams) -> int:
    """Residents above the threshold, summed over communities."""
    total = 0
    for community in case.data.communities:
        count = case.members_expected(case.after, community.community_id)
        total += max(0, count - params.threshold)
    return total


def lower(frame: Frame, params: SmallParams, build: Builder, tier: int, weight: int) -> None:
    """An excess per community."""
    zone = frame.zone_index("community")
    there = np.zeros(int(zone.max(initial=-1)) + 1, np.int64)
    np.add.at(there, zone, frame.residents + frame.reserved)
    none = ints()
    communities = {
        int(zone[frame.group_index[g.group_id]]) for g in frame.data.groups if g.community_id is not None
    }
    for z in sorted(communities):
        cells = build.cells_of_community.get(z, none)
        base = int(there[z]) - params.threshold
        build.excess(cells, build.cell_size[cells], base, tier, weight)


GOAL = Goal(
    id="residents_above",
    nb="Beboere over terskelen per bofellesskap",
    en="Residents above the threshold per community",
    unit_nb="beboere",
    unit_en="residents",
    params=SmallParams,
    value=value,
    lower=lower,
)
