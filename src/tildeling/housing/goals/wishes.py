"""Goal ``wishes_unmet``: wishes for place, size and people that are not met."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tildeling.housing.case import Case, Household, zone
from tildeling.housing.compiling.builder import Builder
from tildeling.housing.compiling.frame import LEVELS, NOWHERE, Frame, Standing
from tildeling.housing.goals.goal import Goal, GoalParams
from tildeling.housing.rules.h2_eligibility import home_size
from tildeling.housing.tables import Applicant, Relation, RelationKind
from tildeling_models.grouping.problem import Ints, ints


class WishParams(GoalParams):
    """Points of the first place wish, falling by one per rank to 1; points of the wish for a size.

    A wish about a person has its own weight.  Whoever waits has every wish for something unmet, so that
    wishing never counts against anybody.
    """

    place_points: int = 5
    size_points: int = 3


# --- checking ------------------------------------------------------------------------------------------


def unmet_places(case: Case, row: Applicant, home: Household | None, params: WishParams) -> int:
    """Points lost on an applicant's wishes for place and size."""
    lost = 0
    if row.place_wishes:
        points = [0]
        if home:
            here = {
                "district": case.data.site[home.group.site_id].district, "site": home.group.site_id,
                "community": home.group.community_id, "group": home.group.group_id, "unit": home.unit.unit_id,
            }  # fmt: skip
            for rank, wish in enumerate(row.place_wishes):
                kind, _, name = wish.partition(":")
                if here[kind] == name:
                    points.append(max(1, params.place_points - rank))
        lost += params.place_points - max(points)
    if row.community_size_wish and not (home and home_size(case.data, home.group) <= row.community_size_wish):
        lost += params.size_points
    return lost


def unmet_person(case: Case, wish: Relation) -> int:
    """Points lost on a wish for or against a person."""
    one, other = case.after.of.get(wish.person_a), case.after.of.get(wish.person_b)
    share = bool(one and other and zone(one.group, wish.level) == zone(other.group, wish.level))
    return wish.weight * int(share == (wish.kind is RelationKind.WISH_AGAINST))


def value(case: Case, params: WishParams) -> int:
    """Points lost by all."""
    places = sum(
        unmet_places(case, row, case.after.of.get(row.applicant_id), params) for row in case.data.applicants
    )
    wishes = (RelationKind.WISH_FOR, RelationKind.WISH_AGAINST)
    return places + sum(unmet_person(case, row) for row in case.data.relations if row.kind in wishes)


# --- lowering ------------------------------------------------------------------------------------------


def lower(frame: Frame, params: WishParams, build: Builder, tier: int, weight: int) -> None:
    """Points lost when waiting as a constant; what a cell wins back; affinities between two decided on."""
    wishes = [row.place_wishes for row in frame.items]
    asked = sum(map(bool, wishes))
    build.constant[tier] += weight * params.place_points * asked
    if asked:
        build.cell_cost[tier] -= weight * _points_won(frame, build, wishes, params)
    most = ints([row.community_size_wish or 0 for row in frame.items])
    build.constant[tier] += weight * params.size_points * int((most > 0).sum())
    if most.any():
        small = frame.community_size[build.cell_group] <= most[build.cell_item]
        build.cell_cost[tier] -= weight * params.size_points * (small & (most > 0)[build.cell_item])
    for person in frame.standing:
        if person.locked and isinstance(person.row, Applicant):
            build.constant[tier] += weight * _lost_by_locked(frame, person, person.row, params)
    _people(frame, build, tier, weight)


def _points_won(frame: Frame, build: Builder, wishes: Sequence[tuple[str, ...]], params: WishParams) -> Ints:
    """(P,) points of the best place wish that each cell meets."""
    won = np.zeros(len(build.cell_item), np.int64)
    for rank in reversed(range(max(map(len, wishes)))):
        places = [frame.place(row[rank]) if rank < len(row) else NOWHERE for row in wishes]
        kind, value = ints(places).T
        met = frame.slot_place[kind[build.cell_item], build.cell_slot] == value[build.cell_item]
        won[met] = max(1, params.place_points - rank)
    return won


def _lost_by_locked(frame: Frame, person: Standing, row: Applicant, params: WishParams) -> int:
    group = frame.data.group[person.unit.group_id]
    here = {
        f"district:{frame.data.site[group.site_id].district}", f"site:{group.site_id}",
        f"community:{group.community_id}", f"group:{group.group_id}", f"unit:{person.unit.unit_id}",
    }  # fmt: skip
    lost = 0
    if row.place_wishes:
        met = [
            max(1, params.place_points - rank) for rank, wish in enumerate(row.place_wishes) if wish in here
        ]
        lost += params.place_points - max(met, default=0)
    if (
        row.community_size_wish
        and frame.community_size[frame.group_index[group.group_id]] > row.community_size_wish
    ):
        lost += params.size_points
    return lost


def _people(frame: Frame, build: Builder, tier: int, weight: int) -> None:
    where = {p.person: frame.group_index[p.unit.group_id] for p in frame.standing}
    for row in frame.data.relations:
        if row.kind not in (RelationKind.WISH_FOR, RelationKind.WISH_AGAINST):
            continue
        wanted = row.kind is RelationKind.WISH_FOR
        gain = weight * row.weight * (-1 if wanted else 1)
        build.constant[tier] += weight * row.weight * int(wanted)
        zones = frame.zone_index(row.level.value)
        movable = [p for p in (row.person_a, row.person_b) if p in frame.item_index]
        fixed = [p for p in (row.person_a, row.person_b) if p in where]
        if len(movable) == 2:
            a, b = (frame.item_index[p] for p in movable)
            build.affinities.append((LEVELS.index(row.level.value), a, b, tier, gain))
        elif len(movable) == 1 and fixed:
            item, zone_there = frame.item_index[movable[0]], int(zones[where[fixed[0]]])
            build.cell_cost[tier, build.cells_of(item, zone_there, row.level.value)] += gain
        elif len(fixed) == 2 and zones[where[fixed[0]]] == zones[where[fixed[1]]]:
            build.constant[tier] += gain


GOAL = Goal(
    id="wishes_unmet",
    nb="Ønsker om sted, størrelse og personer som ikke er oppfylt",
    en="Wishes for place, size and people not met",
    unit_nb="poeng",
    unit_en="points",
    params=WishParams,
    value=value,
    lower=lower,
)
