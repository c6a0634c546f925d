"""H3: a newly opened group holds between its minimum and maximum of expected residents; a community its maximum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import Frame, is_shared
from tildeling.housing.rules.rule import Breach, Params, Rule
from tildeling.housing.tables import GroupKind
from tildeling_models.grouping.problem import Ints


class H3Params(Params):
    """Sizes where the rows are silent: a shared group's minimum and maximum, a community's maximum.

    A community above ``warn_above`` residents is flagged, not refused.
    """

    min_residents: int = 4
    max_residents: int = 8
    community_max: int = 8
    warn_above: int = 5


def check(case: Case, params: H3Params) -> Iterator[Breach]:
    """Groups opened below their minimum, groups and communities above their maximum."""
    data, today, after = case.data, case.today, case.after
    for group in data.groups:
        shared = group.kind is GroupKind.SHARED
        count, before = after.expected(group.group_id), today.expected(group.group_id)
        who = {"group": group.group_id}
        least = group.min_residents or (params.min_residents if shared else 1)
        if 0 < count < least:
            # an occupied group has no minimum; one that a decision has opened is occupied
            yield Breach("H3.group_min", who, {"count": count, "least": least}, standing=before > 0)
        most = group.max_residents or (params.max_residents if shared else None)
        if most is not None and count > most:
            yield Breach("H3.group_max", who, {"count": count, "most": most}, standing=count <= before)
    for community in data.communities:
        count = case.members_expected(after, community.community_id)
        most = community.max_residents or params.community_max
        if count > most:
            yield Breach(
                "H3.community_max", {"community": community.community_id}, {"count": count, "most": most},
                standing=count <= case.members_expected(today, community.community_id),
            )  # fmt: skip


def lower(frame: Frame, params: H3Params, build: Builder) -> None:
    """Group minimum and maximum beside what stands; a limit per community."""
    data = frame.data
    fixed = frame.residents + frame.reserved
    movers = np.zeros(frame.n_groups, np.int64)
    at_home = np.flatnonzero(frame.item_home >= 0)
    np.add.at(movers, frame.slot_group[frame.item_home[at_home]], frame.size[at_home])
    for index, group_id in enumerate(frame.group_ids):
        group = data.group[group_id]
        shared = is_shared(data, group_id)
        most = group.max_residents or (params.max_residents if shared else None)
        if most is not None:
            build.group_max[index] = max(most, fixed[index] + movers[index]) - fixed[index]
        if not frame.occupied[index]:
            build.group_min[index] = group.min_residents or (params.min_residents if shared else 1)
    zone = frame.zone_index("community")
    there = _by_zone(zone, fixed)
    today = there + _by_zone(zone, movers)
    zone_of = {data.group[group_id].community_id: int(zone[g]) for g, group_id in enumerate(frame.group_ids)}
    for community in data.communities:
        z = zone_of.get(community.community_id, -1)
        cells = build.cells_of_community.get(z)
        if cells is not None:
            most = community.max_residents or params.community_max
            build.limit(cells, build.cell_size[cells], max(most, int(today[z])) - int(there[z]))


def _by_zone(zone: Ints, persons: Ints) -> Ints:
    sums = np.zeros(int(zone.max(initial=-1)) + 1, np.int64)
    np.add.at(sums, zone, persons)
    return sums


RULE = Rule(
    id="H3",
    source="allocation model H3; the municipality holds a community to 8, research and users ask for 4-5",
    nb="Bogrupper åpnes med minst og høyst så mange beboere; et bofellesskap har sitt maksimum",
    en="Groups open with between so many residents; a community has its maximum",
    params=H3Params,
    texts={
        "H3.group_min": {
            "nb": "bogruppe {group} har {count} forventede beboere, minst {least}",
            "en": "group {group} has {count} expected residents, at least {least}",
        },
        "H3.group_max": {
            "nb": "bogruppe {group} har {count} beboere, høyst {most}",
            "en": "group {group} has {count} residents, at most {most}",
        },
        "H3.community_max": {
            "nb": "bofellesskap {community} har {count} beboere, høyst {most}",
            "en": "community {community} has {count} residents, at most {most}",
        },
    },
    check=check,
    lower=lower,
)
