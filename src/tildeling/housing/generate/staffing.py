"""Bases: where those near groups and the ambulatory teams stand, whom each is expected to serve, its hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tildeling.housing.generate.areas import Areas, with_least
from tildeling.housing.generate.places import minutes_between
from tildeling.housing.generate.projects import GROUPS_PER_BASE, AreaPlan, Place, Ward
from tildeling.housing.generate.sampling import Floats, Ints
from tildeling.housing.tables import BaseKind, ServiceAccess

NEAR_MINUTES, TEAM_MINUTES = 10, 30
"""Reach of bases near groups, and of ambulatory teams (rule H5)."""
CLOSE_KM = 2.5
A = ServiceAccess


@dataclass(eq=False)
class Team:
    """A base: where it stands, what it serves, and the groups it serves or is expected to.

    ``place`` is the number of the site in its area, or -1 where it has one of its own.
    """

    area: int
    kind: BaseKind
    serves: list[ServiceAccess]
    district: int
    x: float
    y: float
    place: int = -1
    own_community: bool = False
    most_groups: int | None = None
    wards: list[Ward] = field(default_factory=list)
    hours: float = 0.0


def draw_bases(
    rng: np.random.Generator, areas: Areas, plans: Sequence[AreaPlan], expected: Floats
) -> list[Team]:
    """All bases, area by area; a group near none is built near one instead.

    ``expected[kind]`` are the weekly hours of one more resident of a kind; a group's lived-in homes are
    weighed alike here, since only the division between bases depends on it.
    """
    teams: list[Team] = []
    for number, plan in enumerate(plans):
        here: list[Team] = []
        for i, place in enumerate(plan.places):
            here += _own_bases(number, i, place)
        for step, count in ((A.NEAR_BASE, plan.near), (A.AMBULATORY, plan.teams)):
            there = [p for p in plan.places if any(h.blueprint.access is step for h in p.homes)]
            found = _stand(rng, areas, number, there, step, count)
            if not found and there:
                found = _also(here, step)
            _divide(rng, there, found, step, expected)
            here += [team for team in found if team not in here]
        teams += here
    numbers = {id(team): i for i, team in enumerate(teams)}
    for team in teams:
        for ward in team.wards:
            ward.base = numbers[id(team)]
    return teams


def _own_bases(area: int, number: int, place: Place) -> list[Team]:
    """The bases of a house, each with its share of the groups."""
    found = []
    for part in range(place.bases):
        wards = place.wards[part :: place.bases]
        serves = sorted({h.blueprint.access for h in place.homes}, key=lambda step: step.step)
        found.append(
            Team(
                area, BaseKind.ON_SITE, serves, place.district, place.x, place.y, number,
                own_community=len(place.homes) == 1 and place.homes[0].blueprint.community,
                most_groups=len(place.wards) if len(place.wards) > GROUPS_PER_BASE else None,
                wards=wards,
            )
        )  # fmt: skip
    return found


def _also(here: list[Team], step: ServiceAccess) -> list[Team]:
    """Where an area has no base for groups at a step, the one that serves most serves these too."""
    largest = max(here, key=lambda team: len(team.wards))
    largest.serves.append(step)
    largest.own_community = False
    largest.most_groups = 500
    return [largest]


def _stand(
    rng: np.random.Generator, areas: Areas, area: int, there: list[Place], step: ServiceAccess, count: int
) -> list[Team]:
    """So many bases among the sites to be served, town by town; where there are none, in the districts."""
    if not count:
        return []
    near = step is A.NEAR_BASE
    own = areas.districts(area)
    if there:
        spots = np.array([(p.x, p.y) for p in there])
        district = np.array([p.district for p in there])
        load = np.array([float(sum(w.size for w in p.wards)) for p in there])
    else:
        spots, district, load = np.stack([areas.x[own], areas.y[own]], 1), own, np.ones(len(own))
    town = areas.town[district]
    towns, index = np.unique(town, return_inverse=True)
    weight = np.asarray(np.bincount(index, weights=load), dtype=np.float64)
    if count >= len(towns):
        shares = with_least(count, weight, 1)
    else:
        shares = np.zeros(len(towns), dtype=np.int64)
        shares[np.argsort(-weight, kind="stable")[:count]] = 1
    found = []
    for t, k in enumerate(shares.tolist()):
        mine = np.flatnonzero(index == t)
        for site in mine[_cover(spots[mine], load[mine], k, NEAR_MINUTES if near else TEAM_MINUTES)].tolist():
            shift = 0.8 * rng.random(2) - 0.4
            found.append(
                Team(
                    area, BaseKind.NEAR if near else BaseKind.AMBULATORY, [step, A.OWN_HOME],
                    int(district[site]), float(spots[site, 0] + shift[0]), float(spots[site, 1] + shift[1]),
                )
            )  # fmt: skip
    return found


def _cover(spots: Floats, load: Floats, k: int, limit: int) -> Ints:
    """Numbers of k spots that reach the others: farthest first, then where most is to be served by fewest."""
    chosen: list[int] = []
    if not k:
        return np.zeros(0, dtype=np.int64)
    close = minutes_between(spots, spots) < limit
    demand = close @ load
    bases = np.zeros(len(spots))
    best = int(np.argmax(demand))
    for _ in range(k):
        chosen.append(best)
        bases += close[:, best]
        best = int(np.argmax(np.where(bases == 0, 1e9 + demand, demand / np.maximum(bases, 1))))
    return np.array(chosen, dtype=np.int64)


def _divide(
    rng: np.random.Generator, there: list[Place], teams: list[Team], step: ServiceAccess, expected: Floats
) -> None:
    """Give groups to the bases expected to serve them, homes lived in first, the least burdened base first."""
    if not there or not teams:
        return
    limit = NEAR_MINUTES if step is A.NEAR_BASE else TEAM_MINUTES
    spots = np.array([(team.x, team.y) for team in teams])
    table = minutes_between(spots, np.array([(p.x, p.y) for p in there]))
    for column in np.flatnonzero(table.min(axis=0) > limit).tolist():
        nearest = teams[int(np.argmin(table[:, column]))]
        shift = (2 * rng.random(2) - 1) * CLOSE_KM
        there[column].x, there[column].y = nearest.x + float(shift[0]), nearest.y + float(shift[1])
        there[column].district = nearest.district
        moved = np.array([(there[column].x, there[column].y)])
        table[:, column] = minutes_between(spots, moved)[:, 0]
    wards = [
        (not ward.lived, -expected[ward.kind] * ward.size, column, i, ward)
        for column, place in enumerate(there)
        for i, ward in enumerate(w for h in place.homes if h.blueprint.access is step for w in h.wards)
    ]
    load = np.zeros(len(teams))
    groups = np.array([len(team.wards) for team in teams])
    most = np.array([_most(team) for team in teams])
    for empty, hours, column, _, ward in sorted(wards, key=lambda row: row[:4]):
        reach = table[:, column] <= limit
        open_to = reach & (groups < most)
        if not open_to.any():
            if empty:
                continue
            open_to = reach
        one = int(np.argmin(np.where(open_to, load, np.inf)))
        load[one] -= hours
        groups[one] += 1
        teams[one].wards.append(ward)
        if groups[one] > most[one]:
            teams[one].most_groups = int(groups[one])


def _most(team: Team) -> int:
    if team.most_groups:
        return team.most_groups
    return 500 if team.kind is BaseKind.AMBULATORY else GROUPS_PER_BASE


SLACK = {"near": (1.05, 1.10), "team": (0.95, 1.05), "older": (1.06, 1.15), "other": (1.0, 1.08)}
"""Hours a base has for each hour it is expected to give, from lowest to highest."""
LEAST_HOURS = 60.0


def set_hours(
    rng: np.random.Generator, teams: Sequence[Team], standing: Sequence[float], coming: Sequence[float],
    older: Sequence[bool],
) -> None:  # fmt: skip
    """Hours of each base: what stands, and what the homes it is expected to fill bring, with some to spare."""
    u = rng.random(len(teams))
    for i, team in enumerate(teams):
        key = {BaseKind.NEAR: "near", BaseKind.AMBULATORY: "team"}.get(team.kind, "other")
        low, high = SLACK["older" if key == "other" and older[i] else key]
        slack = low + (high - low) * float(u[i])
        wanted = max(standing[i] * 1.02 + coming[i] * slack, LEAST_HOURS)
        team.hours = float(np.ceil(wanted))
