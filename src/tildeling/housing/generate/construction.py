"""From plans to rows: sites, communities, groups, units and bases, and the minutes that can matter."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from tildeling.housing.generate.areas import Areas
from tildeling.housing.generate.blueprints import BLUEPRINTS, BUILT_FOR_TEN, homes_for, largest
from tildeling.housing.generate.homes import Estate, Homes, group_limits
from tildeling.housing.generate.kinds import COMPETENCES, WELFARE
from tildeling.housing.generate.places import Spot, minutes_between
from tildeling.housing.generate.projects import AreaPlan, Home, Place, Ward
from tildeling.housing.generate.sampling import Floats, Ints, chance, spread
from tildeling.housing.generate.staffing import TEAM_MINUTES, Team
from tildeling.housing.tables import BaseKind, ServiceAccess, SiteStatus, TravelTime

NEIGHBOURS_KM = 0.5
"""Sites so near each other would gather needs (``near_sites``)."""
IN_BUDGET = 0.48
"""Share of planned sites in the adopted budget: 250 of 521 units in Tromsø."""
NEAR_SHARES = {"nurse": 0.27, "health_worker": 0.46, "social_educator": 0.30}
"""Competences of a base near groups, which serves older people and others."""
A = ServiceAccess


@dataclass(eq=False)
class Built:
    """The rows, and the ids under which plans became rows."""

    estate: Estate
    group: dict[int, str] = field(default_factory=dict)
    base: list[str] = field(default_factory=list)
    name: dict[str, str] = field(default_factory=dict)
    site: dict[int, str] = field(default_factory=dict)

    def unit(self, ward: Ward, number: int) -> str:
        """Id of a home, by its group and its number from 0."""
        return f"{self.group[id(ward)]}-{number + 1:02d}"


def construct(
    rng: np.random.Generator, areas: Areas, plans: Sequence[AreaPlan], teams: Sequence[Team], need: Ints,
    today: dt.date,
) -> Built:  # fmt: skip
    """Every row of sites, communities, groups, units and bases, area by area."""
    built = Built(Estate())
    places = [place for plan in plans for place in plan.places]
    budget = chance(rng, len(places), IN_BUDGET).tolist()
    empty = sum(max(0, w.size - len(w.lived)) for place in places for w in place.wards if w.lived)
    vacated = iter(np.round(10 + 120 * spread(rng, empty)).astype(np.int64).tolist())
    by_area: list[list[Team]] = [[] for _ in plans]
    for team in teams:
        by_area[team.area].append(team)
    number = 0
    for area, plan in enumerate(plans):
        sites = _sites(areas, area, plan, by_area[area], built, budget[number:], today)
        number += len(plan.places)
        _bases(plan, by_area[area], sites, built)
        accepts = accepted(plan, need[area])
        for place, site in zip(plan.places, sites, strict=False):
            built.site[id(place)] = site
            for i, home in enumerate(place.homes, 1):
                several = str(i) if len(place.homes) > 1 else ""
                _home(place, site, several, home, accepts, built, vacated, today)
    return built


def accepted(plan: AreaPlan, need: Ints) -> dict[int, list[int]]:
    """Kinds that groups of a kind accept besides their own: those of its family with no group in the area."""
    present = {home.kind for place in plan.places for home in place.homes}
    found: dict[int, list[int]] = {kind: [] for kind in present}
    for kind in np.flatnonzero(need).tolist():
        if kind not in present:
            family = BLUEPRINTS[kind].family
            for lead in sorted(present):
                if BLUEPRINTS[lead].family == family:
                    found[lead].append(kind)
    return found


def _prefix(areas: Areas, area: int) -> str:
    return f"{areas.municipality[area]}-" if areas.municipality[area] else ""


def _sites(
    areas: Areas, area: int, plan: AreaPlan, teams: Sequence[Team], built: Built, budget: Sequence[bool],
    today: dt.date,
) -> list[str]:  # fmt: skip
    """The sites of an area, those of bases of their own last; gives their ids."""
    apart = [team for team in teams if team.place < 0]
    spots = np.array([(s.x, s.y) for s in plan.places]).reshape(-1, 2)
    wide = max(3, len(str(len(plan.places) + len(apart))))
    ids = [f"{_prefix(areas, area)}P{i + 1:0{wide}d}" for i in range(len(plan.places))]
    ids += [f"{_prefix(areas, area)}E{i + 1:0{wide}d}" for i in range(len(apart))]
    near: list[list[str]] = [[] for _ in ids]
    close = cKDTree(spots).query_pairs(NEIGHBOURS_KM) if plan.places else set()
    for i, j in sorted(close):
        near[i].append(ids[j])
        near[j].append(ids[i])
    municipality = areas.municipality[area] or None
    for i, place in enumerate(plan.places):
        ready = place.ready or today
        soon = ready < today + dt.timedelta(days=365)
        status = SiteStatus.BUILDING if soon else SiteStatus.PLANNED
        built.name[ids[i]] = f"{place.homes[0].blueprint.name} {i + 1}"
        built.estate.site(
            ids[i], built.name[ids[i]], areas.codes[place.district],
            Spot(place.x, place.y, ""), municipality=municipality, near_sites=tuple(near[i]),
            status=SiteStatus.FINISHED if place.finished else status,
            in_budget=place.finished or soon or bool(budget[i]),
        )  # fmt: skip
    for i, team in enumerate(apart):
        word = "Oppfølging" if team.kind is BaseKind.NEAR else "Ambulerende team"
        site = ids[len(plan.places) + i]
        built.name[site] = f"{word} {i + 1}"
        built.estate.site(
            site, built.name[site], areas.codes[team.district],
            Spot(team.x, team.y, ""), municipality=municipality, in_budget=True,
        )  # fmt: skip
    return ids


def _bases(plan: AreaPlan, teams: Sequence[Team], sites: Sequence[str], built: Built) -> None:
    """The bases of an area; those of one house are numbered."""
    apart = len(plan.places)
    seen: Counter[str] = Counter()
    for team in teams:
        place = plan.places[team.place] if team.place >= 0 else None
        site = sites[team.place] if place else sites[apart]
        apart += place is None
        seen[site] += 1
        number = str(seen[site]) if place and place.bases > 1 else ""
        extra: dict[str, Any] = {"max_groups": team.most_groups}
        if team.own_community:
            extra["community_id"] = f"{site}-B"
        if team.kind is BaseKind.NEAR:
            extra["staffed_hours"] = round(team.hours * 0.9)
        built.base.append(
            built.estate.base(
                f"{site}-T{number}", f"{built.name[site]}, base {number}".strip(), site, team.kind, team.serves,
                team.hours, _shares(team, place), open_today=place is None or place.finished, **extra,
            )
        )  # fmt: skip


def _shares(team: Team, place: Place | None) -> dict[str, float]:
    """Share of the hours that each competence must cover, the most any field it serves asks for."""
    parts = [COMPETENCES[home.blueprint.cohort.field] for home in place.homes] if place else []
    if A.NEAR_BASE in team.serves:
        parts.append(NEAR_SHARES)
    if A.AMBULATORY in team.serves:
        parts.append(COMPETENCES[WELFARE])
    return {
        code: max(part.get(code, 0.0) for part in parts)
        for code in dict.fromkeys(code for part in parts for code in part)
    }


def _home(
    place: Place, site: str, several: str, home: Home, accepts: dict[int, list[int]], built: Built,
    vacated: Iterator[int], today: dt.date,
) -> None:  # fmt: skip
    """A community, or what stands instead of one, with its groups and units."""
    blueprint, sizes = home.blueprint, home.sizes
    name = f"{built.name[site]}.{several}" if several else built.name[site]
    community = f"{site}-B{several}" if blueprint.community else None
    if community:
        most = largest(sizes)
        built.estate.community(
            community, site, name, max_residents=most, max_reason=BUILT_FOR_TEN if most else ""
        )
    also = [BLUEPRINTS[kind] for kind in accepts[home.kind]]
    layout = "+".join(map(str, sizes))
    for i, (ward, (low, high)) in enumerate(zip(home.wards, group_limits(layout), strict=True)):
        letter = "abcd"[i] if len(sizes) > 1 else ""
        homes = _homes(place, home, i, ward, bool(also), vacated, today)
        if blueprint.crisis:
            low = 1 if homes.fields.get("temporary") else low
        bounds = {"min_residents": low, "max_residents": high} if blueprint.limits else {}
        lived = ward.lived or ward.promised
        built.group[id(ward)] = built.estate.group(
            f"{site}-G{several}{letter}", ward.size, homes, site_id=site, community_id=community,
            name=f"{name}, bogruppe {letter.upper()}" if letter else name,
            target_groups=dict.fromkeys(b.cohort.target_group for b in (blueprint, *also)),
            service_access=blueprint.access, kind=blueprint.together, layout=layout,
            base_id=built.base[ward.base] if lived else None, **bounds,
        )  # fmt: skip


def _homes(
    place: Place, home: Home, group: int, ward: Ward, shared: bool, vacated: Iterator[int], today: dt.date
) -> Homes:
    """A group's homes with their dates; homes for several kinds are sturdy and have no age limits."""
    ready = place.ready or today
    homes = replace(homes_for(home.blueprint, home.number, group), available_from=ready)
    if shared:
        fields = {name: value for name, value in homes.fields.items() if not name.startswith("age_")}
        homes = replace(homes, robustness=max(4, homes.robustness), fields=fields)
    if not ward.lived:
        return homes
    free = [unit for unit in range(ward.size) if unit not in ward.lived]
    dates = {unit: max(ready, today - dt.timedelta(days=next(vacated))) for unit in free}
    return replace(homes, vacated=dates)


def travel_times(plans: Sequence[AreaPlan], teams: Sequence[Team], built: Built) -> list[TravelTime]:
    """Minutes from bases that serve other sites to the sites they may serve, where that is within reach."""
    row = {site.site_id: spot for site, spot in zip(built.estate.sites, built.estate.spots, strict=True)}
    site_of = {id(team): base.site_id for team, base in zip(teams, built.estate.bases, strict=True)}
    by_area: list[list[Team]] = [[] for _ in plans]
    for team in teams:
        by_area[team.area].append(team)
    found: list[TravelTime] = []
    for plan, here in zip(plans, by_area, strict=True):
        seen: set[tuple[str, str]] = set()
        for step in (A.NEAR_BASE, A.AMBULATORY):
            ends = [
                built.site[id(place)] for place in plan.places
                if any(home.blueprint.access is step for home in place.homes)
            ]  # fmt: skip
            starts = list(dict.fromkeys(site_of[id(team)] for team in here if step in team.serves))
            if not ends or not starts:
                continue
            table = minutes_between(_points(row, starts), _points(row, ends))
            for i, j in np.argwhere(table <= TEAM_MINUTES).tolist():
                if starts[i] != ends[j] and (starts[i], ends[j]) not in seen:
                    seen.add((starts[i], ends[j]))
                    found.append(
                        TravelTime(from_site_id=starts[i], to_site_id=ends[j], minutes=int(table[i, j]))
                    )
    return found


def _points(row: dict[str, Spot], sites: Sequence[str]) -> Floats:
    return np.array([(row[site].x, row[site].y) for site in sites])
