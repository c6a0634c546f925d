"""H5: an open group that needs a base has exactly one within reach; few groups and sites per base; capacity."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from tildeling.housing.case import Case
from tildeling.housing.compiling.builder import UNBOUNDED, Arcs, Builder
from tildeling.housing.compiling.frame import Frame, hundredths
from tildeling.housing.rules.rule import Breach, Params, Rule
from tildeling.housing.tables import Base, BaseKind, Group, ServiceAccess
from tildeling_models.grouping.problem import UNLIMITED, Bools, Ints, ints


class H5Params(Params):
    """Reach in minutes; most groups and sites per base; hours a week one member of staff gives."""

    near_minutes: int = 10
    ambulatory_minutes: int = 30
    max_groups: int = 3
    max_sites: int = 1
    hours_per_staff: int = 20


# --- checking ------------------------------------------------------------------------------------------


def within_reach(case: Case, group: Group, base: Base, params: H5Params) -> bool:
    """Whether a base may serve a group: its own community, or the right step within the right distance."""
    if base.community_id and base.community_id == group.community_id:
        return True
    if group.service_access not in base.serves:
        return False
    if base.site_id == group.site_id:
        return True
    limits = {
        ServiceAccess.AMBULATORY: params.ambulatory_minutes,
        ServiceAccess.NEAR_BASE: params.near_minutes,
    }
    minutes = case.minutes.get((base.site_id, group.site_id))
    return group.service_access in limits and minutes is not None and minutes <= limits[group.service_access]


def able_bases(case: Case, group: Group, params: H5Params) -> list[str]:
    """Bases that may serve a group."""
    about = (
        *case.bases_about.get(group.site_id, ()),
        *case.bases_of_community.get(group.community_id or "", ()),
    )
    return sorted({base.base_id for base in about if within_reach(case, group, base, params)})


def present_base(case: Case, group: Group, params: H5Params) -> str | None:
    """The base of an occupied group: the recorded one, or the only one that could be."""
    if not case.today.is_open(group.group_id) or group.service_access is ServiceAccess.OWN_HOME:
        return None
    if group.base_id:
        return group.base_id
    able = able_bases(case, group, params)
    return able[0] if len(able) == 1 else None


def check(case: Case, params: H5Params) -> Iterator[Breach]:
    """One base per open group, within reach; then each base's limits."""
    data = case.data
    before: dict[str, list[Group]] = defaultdict(list)
    for group in data.groups:
        present = present_base(case, group, params)
        if present is not None:
            before[present].append(group)
        if group.service_access is ServiceAccess.OWN_HOME or not case.after.is_open(group.group_id):
            continue
        occupied = case.today.is_open(group.group_id)
        who = {"group": group.group_id, "base": case.base_of(group.group_id) or ""}
        base = data.base.get(who["base"])
        if base is None:
            # left without only where nobody could serve it; which of several does is for the proposal to say
            could = present or able_bases(case, group, params)
            yield Breach("H5.served", who, standing=occupied and not could)
        elif not within_reach(case, group, base, params):
            yield Breach("H5.reach", who, standing=occupied and base.base_id == present)
        if occupied and present and present != who["base"]:
            yield Breach("H5.present_base", who, {"present": present})
    for group_id in case.solution.bases:
        if group_id not in data.group or not case.after.is_open(group_id):
            yield Breach("H5.open", {"group": group_id, "base": case.solution.bases[group_id]})
    used = {name for home in case.after.households for name in home.row.competence_hours}
    for base in data.bases:
        yield from _base_limits(case, base, before[base.base_id], used, params)


def _base_limits(
    case: Case, base: Base, before: list[Group], used: set[str], params: H5Params
) -> Iterator[Breach]:
    """A base's groups, sites and hours; ``before`` are its groups today, ``used`` the competences anybody needs."""
    data = case.data
    groups = [data.group[g] for g in case.groups_of_base(base.base_id) if g in data.group]
    who = {"base": base.base_id}
    own = data.groups_of_community.get(base.community_id or "", ())
    most = base.max_groups or (None if base.kind is BaseKind.AMBULATORY else params.max_groups)
    only_own = all(g in own for g in groups)
    if most is not None and len(groups) > (max(most, len(own)) if only_own else most):
        values = {"count": len(groups), "most": most}
        yield Breach("H5.groups", who, values, standing=len(groups) <= len(before))
    sites = base.max_sites or (params.max_sites if base.community_id else None)
    count = len({g.site_id for g in groups})
    if sites is not None and count > sites:
        stands = count <= len({g.site_id for g in before})
        yield Breach("H5.sites", who, {"count": count, "most": sites}, standing=stands)
    for name in ("", *sorted(used | set(base.competence_capacity))):
        load, was = (
            sum(
                (Decimal(home.row.competence_hours.get(name, 0)) if name else home.row.care_hours)
                for g in those
                for home in state.in_group.get(g.group_id, ())
            )
            for those, state in ((groups, case.after), (before, case.today))
        )
        capacity = base.competence_capacity.get(name, Decimal(0)) if name else base.capacity_hours
        if load > capacity:
            hours = {"load": load, "most": capacity, "competence": name}
            yield Breach("H5.competence" if name else "H5.capacity", who, hours, standing=load <= was)
        staff = base.max_staff
        if not name and staff is not None and load > staff * params.hours_per_staff:
            needed = {"load": load, "most": staff * params.hours_per_staff, "staff": staff}
            yield Breach("H5.staff", who, needed, standing=load <= was)


# --- lowering ------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Reach:
    """(group, base) pairs that may be, by group and then base.

    For an occupied group with a base today, that base alone.  ``only`` is a group's base where it has just
    one, -1 elsewhere.
    """

    group: Ints
    base: Ints
    own: Bools
    only: Ints


def _needs_base(frame: Frame) -> Bools:
    access = [frame.data.group[g].service_access for g in frame.group_ids]
    return np.array([step is not ServiceAccess.OWN_HOME for step in access], dtype=bool)


def _reaching(frame: Frame, params: H5Params) -> _Reach:
    """Which bases may serve which groups: their community's, and those of the right step that are near enough."""
    data = frame.data
    bases = [data.base[b] for b in frame.base_ids]
    index = {base_id: b for b, base_id in enumerate(frame.base_ids)}
    in_community: dict[str, list[int]] = defaultdict(list)
    on_site: dict[str, list[int]] = defaultdict(list)
    for b, base in enumerate(bases):
        on_site[base.site_id].append(b)
        if base.community_id:
            in_community[base.community_id].append(b)
    near: dict[str, list[tuple[str, int]]] = defaultdict(list)
    minutes = {(t.from_site_id, t.to_site_id): t.minutes for t in data.travel_times}
    for (start, end), distance in minutes.items():
        if start in on_site and start != end:
            near[end].append((start, distance))
    limit = {
        ServiceAccess.AMBULATORY: params.ambulatory_minutes,
        ServiceAccess.NEAR_BASE: params.near_minutes,
    }
    pairs: list[tuple[int, int, bool]] = []
    for g, group_id in enumerate(frame.group_ids):
        group = data.group[group_id]
        own = in_community.get(group.community_id or "", ())
        if frame.occupied[g] and group.base_id:
            found = {index[group.base_id]}
        else:
            farthest = limit.get(group.service_access, -1)
            sites = [group.site_id, *(s for s, distance in near[group.site_id] if distance <= farthest)]
            found = {b for s in sites for b in on_site[s] if group.service_access in bases[b].serves}
            found.update(own)
        pairs += [(g, b, b in own) for b in sorted(found)]
    table = ints(pairs).reshape(-1, 3)
    count = np.bincount(table[:, 0], minlength=frame.n_groups)
    only = np.full(frame.n_groups, -1, np.int64)
    only[table[:, 0]] = table[:, 1]
    return _Reach(table[:, 0], table[:, 1], table[:, 2] == 1, np.where(count == 1, only, -1))


def forbidden(frame: Frame, params: H5Params, build: Builder) -> Bools:
    """A group that no base reaches cannot be opened."""
    reached = np.zeros(frame.n_groups, dtype=bool)
    reached[_reaching(frame, params).group] = True
    closed = _needs_base(frame) & ~reached & ~frame.occupied
    return np.asarray(closed[build.cell_group])


def lower(frame: Frame, params: H5Params, build: Builder) -> None:
    """Arcs from groups to bases and the bases' limits, none tighter than what stands."""
    data = frame.data
    reach = _reaching(frame, params)
    needs = _needs_base(frame)
    arcs = needs[reach.group]
    build.served = np.zeros(frame.n_groups, dtype=bool)
    build.served[reach.group[arcs]] = True
    build.set_arcs(Arcs(reach.group[arcs], reach.base[arcs], reach.own[arcs]))
    load = _load_today(frame)
    present: dict[int, list[int]] = defaultdict(list)
    for g in np.flatnonzero(frame.occupied & needs & (reach.only >= 0)):
        present[int(reach.only[g])].append(int(g))
    in_community = Counter(group.community_id for group in data.groups)
    zone = frame.zone_index("site")
    for index, base_id in enumerate(frame.base_ids):
        base = data.base[base_id]
        now = present[index]
        was = load[:, now].sum(axis=1)
        most = base.max_groups or (UNBOUNDED if base.kind is BaseKind.AMBULATORY else params.max_groups)
        build.most_groups[index] = max(most, len(now))
        community = in_community[base.community_id] if base.community_id else 0
        build.most_own_groups[index] = max(most, len(now), community)
        sites = base.max_sites or (params.max_sites if base.community_id else UNBOUNDED)
        build.most_sites[index] = max(sites, len(set(zone[now].tolist())))
        hours = hundredths(base.capacity_hours)
        if base.max_staff is not None:
            hours = min(hours, base.max_staff * params.hours_per_staff * 100)
        capacity = [hours, *(hundredths(base.competence_capacity.get(name, 0)) for name in frame.competences)]
        build.capacity[:-1, index] = np.maximum(ints(capacity), was[:-1])
        build.capacity[-1, index] = UNLIMITED


def _load_today(frame: Frame) -> Ints:
    """(R, G) load of everybody who lives in each group today, movers among them."""
    load = np.zeros((frame.n_resources, frame.n_groups), np.int64)
    movers = np.flatnonzero(frame.item_home >= 0)
    home = frame.slot_group[frame.item_home[movers]]
    for resource in range(frame.n_resources):
        np.add.at(load[resource], frame.standing_group, frame.standing_load[resource])
        np.add.at(load[resource], home, frame.item_load[resource, movers])
    return load


RULE = Rule(
    id="H5",
    source="allocation model H5; people need stability, known persons and small, clear staff groups (hearing)",
    nb="Hver åpen bogruppe har én base innen rekkevidde, og basen har plass",
    en="Each open group has one base within reach, and the base has room",
    params=H5Params,
    texts={
        "H5.served": {"nb": "bogruppe {group} har ingen base", "en": "group {group} has no base"},
        "H5.reach": {
            "nb": "base {base} kan ikke betjene bogruppe {group}",
            "en": "base {base} cannot serve group {group}",
        },
        "H5.present_base": {
            "nb": "bogruppe {group} har base {present} i dag og skal beholde den, ikke {base}",
            "en": "group {group} is served by {present} today and keeps it, not {base}",
        },
        "H5.open": {
            "nb": "base {base} er satt opp for bogruppe {group}, der ingen bor",
            "en": "base {base} is set up for group {group}, where nobody lives",
        },
        "H5.groups": {
            "nb": "base {base} betjener {count} bogrupper, høyst {most}",
            "en": "base {base} serves {count} groups, at most {most}",
        },
        "H5.sites": {
            "nb": "base {base} betjener {count} botiltak, høyst {most}",
            "en": "base {base} serves {count} sites, at most {most}",
        },
        "H5.capacity": {
            "nb": "base {base} har {load} timer per uke, kapasitet {most}",
            "en": "base {base} has {load} hours a week, capacity {most}",
        },
        "H5.competence": {
            "nb": "base {base} trenger {load} timer {competence} per uke, har {most}",
            "en": "base {base} needs {load} hours of {competence} a week, has {most}",
        },
        "H5.staff": {
            "nb": "base {base} trenger {load} timer, mer enn {staff} ansatte gir ({most})",
            "en": "base {base} needs {load} hours, more than a staff of {staff} gives ({most})",
        },
    },
    check=check,
    forbidden=forbidden,
    lower=lower,
)
