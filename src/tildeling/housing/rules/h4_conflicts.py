"""H4: verified conflicts, and kinds of need that must not be gathered in one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from tildeling.housing.case import Case, Household, zone
from tildeling.housing.compiling.builder import Builder, by_value
from tildeling.housing.compiling.frame import LEVELS, Frame
from tildeling.housing.rules.rule import Breach, Params, Rule
from tildeling.housing.tables import Level, RelationKind
from tildeling_models.grouping.problem import Bools, Ints, ints


class Apart(BaseModel):
    """Two target groups that must not share a place; ``near``: nor be on neighbouring sites."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    a: str
    b: str
    level: Literal["group", "community", "site", "near"]


class H4Params(Params):
    """``apart``: pairs of target groups that must not share a place."""

    apart: tuple[Apart, ...] = ()


# --- checking ------------------------------------------------------------------------------------------


def check(case: Case, params: H4Params) -> Iterator[Breach]:
    """Pairs in one place that must not be; standing where both already lived there."""
    homes = case.after.of
    for row in case.data.relations:
        if row.kind is RelationKind.CONFLICT:
            one, other = homes.get(row.person_a), homes.get(row.person_b)
            if one and other and zone(one.group, row.level) == zone(other.group, row.level):
                who = {"applicant": one.person, "other": other.person, "place": zone(one.group, row.level)[1]}
                yield Breach("H4.conflict", who, standing=not (one.new or other.new))
    for pair in params.apart:
        yield from _apart(case, pair)


def _apart(case: Case, pair: Apart) -> Iterator[Breach]:
    level = Level.SITE if pair.level == "near" else Level(pair.level)
    there: dict[str, dict[tuple[str, str], list[Household]]] = {
        kind: defaultdict(list) for kind in (pair.a, pair.b)
    }
    for home in case.after.households:
        if home.row.target_group in there:
            there[home.row.target_group][zone(home.group, level)].append(home)
    for place, ones in there[pair.a].items():
        places = {place}
        if pair.level == "near":
            places |= {("site", site) for site in case.near_sites.get(place[1], ())}
        others = [home for other in sorted(places) for home in there[pair.b].get(other, ())]
        if others:
            new = any(h.new for h in ones) or any(h.new for h in others)
            who = {"place": place[1], "kind": pair.a, "other_kind": pair.b}
            yield Breach("H4.apart", who, {"count": len(ones), "other_count": len(others)}, standing=not new)


# --- lowering ------------------------------------------------------------------------------------------


def _near(frame: Frame, level: str) -> tuple[Ints, dict[int, set[int]]]:
    """(G,) zones at a level, and for each zone those counted as the same place."""
    if level != "near":
        zones = frame.zone_index(level)
        return zones, {int(z): {int(z)} for z in np.unique(zones)}
    zones = frame.zone_index("site")
    index = {frame.data.group[g].site_id: int(z) for g, z in zip(frame.group_ids, zones, strict=True)}
    near: dict[int, set[int]] = {z: {z} for z in index.values()}
    for site in frame.data.sites:
        for other in site.near_sites:
            if site.site_id in index and other in index:
                near[index[site.site_id]].add(index[other])
                near[index[other]].add(index[site.site_id])
    return zones, near


def _standing_zones(frame: Frame, zones: Ints) -> dict[str, set[int]]:
    """Zones where somebody of a target group stays put."""
    found: dict[str, set[int]] = defaultdict(set)
    for person in frame.standing:
        found[person.row.target_group].add(int(zones[frame.group_index[person.unit.group_id]]))
    return found


def forbidden(frame: Frame, params: H4Params, build: Builder) -> Bools:
    """New placements beside someone who stays and must not be near."""
    drop = np.zeros(len(build.cell_item), dtype=bool)
    where = {p.person: frame.group_index[p.unit.group_id] for p in frame.standing}
    for row in frame.data.relations:
        for person, other in ((row.person_a, row.person_b), (row.person_b, row.person_a)):
            if row.kind is RelationKind.CONFLICT and person in frame.item_index and other in where:
                zones = frame.zone_index(row.level.value)
                cells = build.cells_of(frame.item_index[person], int(zones[where[other]]), row.level.value)
                drop[cells] = True
    for pair in params.apart:
        zones, near = _near(frame, pair.level)
        stays = _standing_zones(frame, zones)
        for kind, other in ((pair.a, pair.b), (pair.b, pair.a)):
            closed = np.zeros(int(zones.max(initial=-1)) + 1, dtype=bool)
            closed[[z for z, around in near.items() if around & stays[other]]] = True
            cells = _cells_of_kind(frame, build, kind)
            drop[cells[closed[zones[build.cell_group[cells]]]]] = True
    return drop


def _cells_of_kind(frame: Frame, build: Builder, kind: str) -> Ints:
    """Cells of the items of a target group."""
    columns = frame.columns
    if kind not in columns.kinds:
        return ints()
    return ints(np.flatnonzero((columns.kind == columns.kinds.index(kind))[build.cell_item]))


def lower(frame: Frame, params: H4Params, build: Builder) -> None:
    """Conflicts between two who are both decided on; exclusions between kinds."""
    stays = build.cell_stays
    for row in frame.data.relations:
        if row.kind is not RelationKind.CONFLICT:
            continue
        if row.person_a in frame.item_index and row.person_b in frame.item_index:
            _conflict(
                frame, build, row.level.value, frame.item_index[row.person_a], frame.item_index[row.person_b]
            )
    for pair in params.apart:
        zones, near = _near(frame, pair.level)
        ones, others = (
            by_value(zones[build.cell_group[cells]], cells)
            for cells in (_cells_of_kind(frame, build, kind) for kind in (pair.a, pair.b))
        )
        for z, cells in ones.items():
            for other in sorted(near.get(z, {z}) & others.keys()):
                _exclude_new(build, stays, cells, others[other])


def _exclude_new(build: Builder, stays: Bools, ones: Ints, others: Ints) -> None:
    """Not both, unless all of them stay where they were."""
    if not stays[ones].any() or not stays[others].any():
        build.exclude(ones, others)
    else:
        build.exclude(ones[~stays[ones]], others)
        build.exclude(ones, others[~stays[others]])


def _conflict(frame: Frame, build: Builder, level: str, a: int, b: int) -> None:
    one, other = frame.item_home[a], frame.item_home[b]
    zones = frame.zone_index(level)
    if min(one, other) >= 0 and zones[frame.slot_group[one]] == zones[frame.slot_group[other]]:
        # both live there today and may stay; every other meeting is excluded zone by zone
        for z in np.unique(zones[build.cell_group[build.cells_of(a)]]):
            _exclude_new(
                build, build.cell_stays, build.cells_of(a, int(z), level), build.cells_of(b, int(z), level)
            )
    else:
        build.conflicts.append((LEVELS.index(level), a, b))


RULE = Rule(
    id="H4",
    source="allocation model H4; no 'care ghetto' (hearing statements); an unfortunate mix is blocked or justified",
    nb="Verifiserte konflikter, og målgrupper som ikke skal samles",
    en="Verified conflicts, and target groups that must not be gathered",
    params=H4Params,
    texts={
        "H4.conflict": {
            "nb": "{applicant} og {other} har en verifisert konflikt og bor begge i {place}",
            "en": "{applicant} and {other} have a verified conflict and both live in {place}",
        },
        "H4.apart": {
            "nb": "{place}: {count} fra {kind} og {other_count} fra {other_kind} på samme sted",
            "en": "{place}: {count} of {kind} and {other_count} of {other_kind} in one place",
        },
    },
    check=check,
    forbidden=forbidden,
    lower=lower,
)
