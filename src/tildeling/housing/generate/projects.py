"""Which homes an area builds: groups by kind, communities by layout, sites, and houses that share a base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from tildeling.housing.generate.areas import Areas
from tildeling.housing.generate.blueprints import BLUEPRINTS, Blueprint, usable
from tildeling.housing.generate.kinds import OLDER, WELFARE
from tildeling.housing.generate.sampling import Floats, Ints, apportion, interleaved, picked, rounded, spread
from tildeling.housing.tables import ServiceAccess

HALF_DISTRICT_KM = 1.3
WARDS_PER_HOUSE, HOUSES_PER_CAMPUS = 4, 4
FEW = 0.1
"""An area that would have less than so much of a group of a kind builds for its family instead."""


@dataclass(eq=False)
class Ward:
    """A group: its kind, its homes, the homes lived in (numbers from 0), and its base (number, -1 none)."""

    kind: int
    size: int
    lived: list[int] = field(default_factory=list)
    promised: list[int] = field(default_factory=list)
    base: int = -1


@dataclass(eq=False)
class Home:
    """A community, or what stands instead of one: its groups, and which of its kind it is."""

    kind: int
    number: int
    wards: list[Ward]

    @property
    def blueprint(self) -> Blueprint:
        """How it is built."""
        return BLUEPRINTS[self.kind]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sizes of its groups."""
        return tuple(ward.size for ward in self.wards)

    @property
    def places(self) -> list[tuple[Ward, int]]:
        """Homes that may be lived in at once, as (group, number)."""
        return [(w, n) for w in self.wards for n in range(w.size)][: usable(self.sizes)]


@dataclass(eq=False)
class Place:
    """A site: what stands on it, where it lies, since or from when, and how many bases of its own it has."""

    area: int
    homes: list[Home]
    bases: int = 0
    district: int = -1
    x: float = 0.0
    y: float = 0.0
    ready: dt.date | None = None
    finished: bool = False

    @property
    def wards(self) -> list[Ward]:
        """All groups on it."""
        return [ward for home in self.homes for ward in home.wards]

    @property
    def tags(self) -> set[str]:
        """Fields of need it serves, women's homes apart."""
        return {_tag(home.blueprint) for home in self.homes}


@dataclass(eq=False)
class AreaPlan:
    """What an area builds: its sites, and how many bases near groups and ambulatory teams it has besides."""

    places: list[Place]
    near: int
    teams: int


def _tag(blueprint: Blueprint) -> str:
    return "women" if blueprint.family == "women" else blueprint.cohort.field


def group_counts(rng: np.random.Generator, areas: Areas, need: Ints) -> Ints:
    """Groups of each kind in each area, shape (A, K); ``need`` are the people who wait, of that shape.

    Kinds in the shares of the Tromsø scenario for those who wait here; an area with few groups builds for a
    family of kinds together.
    """
    weight = np.array([b.groups / b.applicants for b in BLUEPRINTS])
    families = [b.family for b in BLUEPRINTS]
    start = spread(rng, len(areas))
    counts = np.zeros(need.shape, dtype=np.int64)
    for area in range(len(areas)):
        part = need[area] * weight
        if not part.sum():
            part = np.array([float(b.groups) for b in BLUEPRINTS])
        quota = int(areas.groups[area]) * part / part.sum()
        for kind in np.flatnonzero((quota > 0) & (quota < FEW)).tolist():
            lead = max(
                (k for k in range(len(quota)) if families[k] == families[kind]), key=lambda k: quota[k]
            )
            if lead != kind:
                quota[lead] += quota[kind]
                quota[kind] = 0
        counts[area] = rounded(quota, float(start[area]))
    return counts


def plan_areas(rng: np.random.Generator, areas: Areas, counts: Ints) -> list[AreaPlan]:
    """Every area's sites with their communities, and the split of its bases."""
    draws = iter(rng.random(int(counts.sum()) * 2 + len(areas)).tolist())
    built = np.zeros(len(BLUEPRINTS), dtype=np.int64)
    return [_plan(draws, area, counts[area], int(areas.bases[area]), built) for area in range(len(areas))]


def _plan(draws: Iterator[float], area: int, counts: Ints, bases: int, built: Ints) -> AreaPlan:
    houses: list[Place] = []
    others: list[Place] = []
    near = ambulatory = 0
    for kind, blueprint in enumerate(BLUEPRINTS):
        homes = []
        for sizes in _layouts(draws, blueprint, int(counts[kind])):
            homes.append(Home(kind, int(built[kind]), [Ward(kind, size) for size in sizes]))
            built[kind] += 1
        if blueprint.staffed:
            houses += [Place(area, part, 1) for part in _parts(draws, homes, blueprint.per_site)]
        else:
            others += [Place(area, part) for part in _parts(draws, homes, blueprint.per_site)]
        near += int(counts[kind]) if blueprint.access is ServiceAccess.NEAR_BASE else 0
        ambulatory += int(counts[kind]) if blueprint.access is ServiceAccess.AMBULATORY else 0
    n_near, n_teams = _share_bases(houses, near, ambulatory, bases)
    return AreaPlan(houses + others, n_near, n_teams)


def _layouts(draws: Iterator[float], blueprint: Blueprint, groups: int) -> Iterator[tuple[int, ...]]:
    """Communities with so many groups in all."""
    while groups:
        fits = {sizes: weight for sizes, weight in blueprint.layouts.items() if len(sizes) <= groups}
        sizes = picked(next(draws), fits)
        groups -= len(sizes)
        yield sizes


def _parts(draws: Iterator[float], homes: list[Home], most: int) -> Iterator[list[Home]]:
    """Communities by site: as many as a site takes, or (where that is five) two to five."""
    start = 0
    while start < len(homes):
        count = 2 + int(next(draws) * 4) if most == 5 else most
        yield homes[start : start + count]
        start += count


NEAR_PER_GROUP, TEAMS_PER_GROUP = 8 / 20, 4 / 7
"""Bases near groups, and ambulatory teams, for each group they may serve in Tromsø."""
GROUPS_PER_BASE = 3
"""Most groups of a base (rule H5)."""


def _share_bases(houses: list[Place], near: int, ambulatory: int, bases: int) -> tuple[int, int]:
    """Bases near groups and teams, so that with the houses' own there are ``bases``; houses merge or split."""
    n_near = max(1, round(near * NEAR_PER_GROUP)) if near else 0
    n_teams = max(1, round(ambulatory * TEAMS_PER_GROUP)) if ambulatory else 0
    while len(houses) + n_near + n_teams > bases:
        if n_near > -(-near // GROUPS_PER_BASE):
            n_near -= 1
        elif n_teams > 1:
            n_teams -= 1
        elif _merge(houses, same_field=True):
            continue
        elif n_teams and (n_near or houses):
            n_teams = 0
        elif n_near and houses:
            n_near = 0
        elif not _merge(houses, same_field=False):
            break
    spare = bases - len(houses) - n_near - n_teams
    large = [house for house in houses if len(house.wards) > 2 and len(house.homes) > 1]
    split = min(len(large), spare // 2 if near or ambulatory else spare)
    for house in large[:split]:
        house.bases = 2
    spare -= split
    if ambulatory and not n_teams:
        ambulatory = 0
    if near and not n_near:
        near = 0
    extra = round(spare * 2 / 3) if near and ambulatory else (0 if ambulatory else spare)
    return n_near + extra, n_teams + spare - extra


APART = ({"women", WELFARE}, {OLDER, WELFARE})
"""Fields with kinds that must not be gathered on one site (rule H4)."""


def _merge(houses: list[Place], *, same_field: bool) -> bool:
    """Put the two smallest houses that may share a site and a base on one; False if there are none."""
    order = sorted(range(len(houses)), key=lambda i: (len(houses[i].wards), i))
    for position, i in enumerate(order):
        for j in order[position + 1 :]:
            tags = houses[i].tags | houses[j].tags
            if len(tags) == 1 if same_field else not any(apart <= tags for apart in APART):
                houses[i].homes += houses[j].homes
                del houses[j]
                return True
    if same_field or len(houses) < 2:
        return False
    houses[order[0]].homes += houses[order[1]].homes
    del houses[order[1]]
    return True


def locate(rng: np.random.Generator, areas: Areas, plans: Sequence[AreaPlan]) -> None:
    """Give every site its district and its spot; houses for older people stand in fours on one campus."""
    for number, plan in enumerate(plans):
        own = areas.districts(number)
        label = own[_spread_over(rng, areas.share[own], len(plan.places))]
        shift = (2 * rng.random((len(plan.places), 2)) - 1) * HALF_DISTRICT_KM
        campus: list[Place] = []
        for i, place in enumerate(plan.places):
            of_wards = bool(place.bases) and place.homes[0].blueprint.per_site == WARDS_PER_HOUSE
            if of_wards and len(campus) % HOUSES_PER_CAMPUS:
                last = campus[-1]
                place.district, place.x, place.y = last.district, last.x + 0.06, last.y - 0.05
            else:
                place.district = int(label[i])
                place.x = float(areas.x[place.district] + shift[i, 0])
                place.y = float(areas.y[place.district] + shift[i, 1])
            if of_wards:
                campus.append(place)


def _spread_over(rng: np.random.Generator, share: Floats, n: int) -> Ints:
    return interleaved(rng, apportion(n, share)) if n else np.zeros(0, dtype=np.int64)
