"""The data set: every table, frozen, and the checks that reach across rows and tables."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tildeling.consistency import closest, unique_keys, unknown_references
from tildeling.errors import Fault
from tildeling.housing.policy import Policy
from tildeling.housing.solution import Solution
from tildeling.housing.tables import (
    Applicant,
    Application,
    Base,
    Community,
    DatasetInfo,
    Group,
    GroupKind,
    Lock,
    Relation,
    RelationKind,
    Resident,
    Site,
    StatutoryRight,
    TravelTime,
    Unit,
)
from tildeling.rows import Row


@dataclass(frozen=True)
class Dataset:
    """A housing data set, complete and consistent once ``faults()`` is empty.

    ``previous`` is the earlier proposal that tier 5 compares with; it is not part of the content hash.
    """

    info: DatasetInfo
    policy: Policy
    applicants: tuple[Applicant, ...] = ()
    units: tuple[Unit, ...] = ()
    groups: tuple[Group, ...] = ()
    communities: tuple[Community, ...] = ()
    sites: tuple[Site, ...] = ()
    bases: tuple[Base, ...] = ()
    travel_times: tuple[TravelTime, ...] = ()
    relations: tuple[Relation, ...] = ()
    residents: tuple[Resident, ...] = ()
    locks: tuple[Lock, ...] = ()
    previous: Solution | None = None

    @cached_property
    def applicant(self) -> Mapping[str, Applicant]:
        """Applicants by id."""
        return {row.applicant_id: row for row in self.applicants}

    @cached_property
    def unit(self) -> Mapping[str, Unit]:
        """Units by id."""
        return {row.unit_id: row for row in self.units}

    @cached_property
    def group(self) -> Mapping[str, Group]:
        """Groups by id."""
        return {row.group_id: row for row in self.groups}

    @cached_property
    def community(self) -> Mapping[str, Community]:
        """Communities by id."""
        return {row.community_id: row for row in self.communities}

    @cached_property
    def site(self) -> Mapping[str, Site]:
        """Sites by id."""
        return {row.site_id: row for row in self.sites}

    @cached_property
    def base(self) -> Mapping[str, Base]:
        """Bases by id."""
        return {row.base_id: row for row in self.bases}

    @cached_property
    def resident(self) -> Mapping[str, Resident]:
        """Residents by id."""
        return {row.resident_id: row for row in self.residents}

    @cached_property
    def lock(self) -> Mapping[str, Lock]:
        """Locks by applicant id."""
        return {row.applicant_id: row for row in self.locks}

    @cached_property
    def groups_of_community(self) -> Mapping[str, tuple[Group, ...]]:
        """Groups by the community they belong to, those that belong to one."""
        found: dict[str, list[Group]] = defaultdict(list)
        for group in self.groups:
            if group.community_id is not None:
                found[group.community_id].append(group)
        return {community: tuple(groups) for community, groups in found.items()}

    @cached_property
    def persons_of_group(self) -> Mapping[str, int]:
        """Persons the homes of each group can hold, groups that have homes."""
        found: dict[str, int] = defaultdict(int)
        for unit in self.units:
            found[unit.group_id] += unit.max_persons
        return dict(found)

    def table(self, name: str) -> tuple[Row, ...]:
        """The rows of a table by its file name."""
        return (self.info,) if name == "dataset" else getattr(self, name)

    def group_of_unit(self, unit_id: str) -> Group:
        """The group a unit stands in."""
        return self.group[self.unit[unit_id].group_id]

    def waiting_days(self, applicant: Applicant) -> int:
        """Days from the complete application to the planning date, never negative."""
        return max(0, (self.info.planning_date - applicant.applied_on).days)

    def with_policy(self, policy: Policy) -> Dataset:
        """The same data under another policy."""
        return replace(self, policy=policy)

    def with_previous(self, previous: Solution | None) -> Dataset:
        """The same data, compared with an earlier proposal."""
        return replace(self, previous=previous)

    def digest(self) -> str:
        """SHA-256 over the content in canonical order: the order of rows does not matter."""
        from tildeling.housing.tables import TABLES

        encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode
        found = hashlib.sha256(b"{")
        for index, (name, row_type) in enumerate(sorted(TABLES.items())):
            found.update((", " * (index > 0) + encode(name) + ": [").encode())
            rows = sorted(
                self.table(name), key=lambda row: [str(getattr(row, part)) for part in row_type.key]
            )
            for at, row in enumerate(rows):
                found.update((", " * (at > 0) + encode(row.model_dump(mode="json"))).encode())
            found.update(b"]")
        found.update(b"}")
        return found.hexdigest()

    def faults(self) -> list[Fault]:
        """Every fault that reaches across rows or tables, in table order."""
        found: list[Fault] = []
        for check in _CHECKS:
            found.extend(check(self))
        return found


REFERENCES = (
    ("applicants", "present_unit_id", "unit"), ("applicants", "target_group", "target_group"),
    ("applicants", "required_features", "feature"), ("applicants", "competence_hours", "competence"),
    ("units", "group_id", "group"), ("units", "features", "feature"),
    ("groups", "site_id", "site"), ("groups", "community_id", "community"), ("groups", "base_id", "base"),
    ("groups", "target_groups", "target_group"),
    ("communities", "site_id", "site"), ("sites", "near_sites", "site"),
    ("bases", "site_id", "site"), ("bases", "community_id", "community"),
    ("bases", "competence_capacity", "competence"),
    ("travel_times", "from_site_id", "site"), ("travel_times", "to_site_id", "site"),
    ("relations", "person_a", "person"), ("relations", "person_b", "person"),
    ("residents", "unit_id", "unit"), ("residents", "target_group", "target_group"),
    ("residents", "competence_hours", "competence"),
    ("locks", "applicant_id", "applicant"), ("locks", "unit_id", "unit"),
)  # fmt: skip
"""Columns that name a row of a table, or a name of the policy: table, column, target."""


def _unique_keys(data: Dataset) -> Iterator[Fault]:
    from tildeling.housing.tables import TABLES

    return unique_keys(TABLES, data.table)


def _references(data: Dataset) -> Iterator[Fault]:
    people = set(data.applicant) | set(data.resident)
    targets: dict[str, Iterable[str]] = {
        "unit": data.unit, "group": data.group, "community": data.community, "site": data.site,
        "base": data.base, "applicant": data.applicant, "person": people,
        "target_group": data.policy.target_groups, "feature": data.policy.features,
        "competence": data.policy.competences,
    }  # fmt: skip
    return unknown_references(REFERENCES, targets, data.table)


def _places(data: Dataset) -> Iterator[Fault]:
    known: dict[str, Iterable[str]] = {
        "district": {site.district for site in data.sites}, "site": data.site,
        "community": data.community, "group": data.group, "unit": data.unit,
    }  # fmt: skip
    for index, row in enumerate(data.applicants):
        for column in ("place_wishes", "vetoes"):
            for place in getattr(row, column):
                kind, _, name = place.partition(":")
                if kind == "community_size_above":
                    if not name.isdigit():
                        yield Fault("veto_size", "applicants", index, column, place)
                elif name not in known[kind]:
                    hint = closest(name, known[kind])
                    yield Fault(
                        "unknown_reference", "applicants", index, column, place, {"target": kind}, hint
                    )


def _applicants(data: Dataset) -> Iterator[Fault]:
    for index, row in enumerate(data.applicants):

        def fault(code: str, column: str, *, i: int = index, r: Applicant = row, **params: Any) -> Fault:
            return Fault(code, "applicants", i, column, getattr(r, column), params)

        moves = row.application is not Application.NEW
        resident = data.resident.get(row.applicant_id)
        if moves and row.present_unit_id is None:
            yield fault("mover_needs_unit", "present_unit_id", kind=row.application.value)
        if moves and resident is None:
            yield fault("mover_needs_resident", "applicant_id")
        if resident is not None and row.present_unit_id != resident.unit_id:
            yield fault("mover_unit_differs", "present_unit_id", unit=resident.unit_id)
        if resident is not None and not moves:
            yield fault("resident_is_new", "application")
        if row.max_steps_above and not row.steps_above_reason:
            yield fault("steps_need_reason", "steps_above_reason")
        if row.statutory_right is not StatutoryRight.NONE and row.statutory_deadline is None:
            yield fault("right_needs_deadline", "statutory_deadline")
        if row.applied_on > data.info.planning_date:
            yield fault("after_planning_date", "applied_on", date=data.info.planning_date)
        if sum(row.competence_hours.values()) > row.care_hours:
            yield fault("competence_above_total", "competence_hours", total=row.care_hours)
        if row.earliest_move_in and row.latest_move_in and row.earliest_move_in > row.latest_move_in:
            yield fault("dates_crossed", "latest_move_in", other=row.earliest_move_in)


def _homes(data: Dataset) -> Iterator[Fault]:
    limit = community_limit(data.policy)
    for index, unit in enumerate(data.units):
        if unit.age_min is not None and unit.age_max is not None and unit.age_min > unit.age_max:
            yield Fault("ages_crossed", "units", index, "age_max", unit.age_max, {"other": unit.age_min})
    sizes = {
        (g.group_id): (g.min_residents, g.max_residents) for g in data.groups if g.kind is GroupKind.SHARED
    }
    for index, group in enumerate(data.groups):
        low, high = sizes.get(group.group_id, (group.min_residents, group.max_residents))
        if low is not None and high is not None and low > high:
            yield Fault("sizes_crossed", "groups", index, "max_residents", high, {"other": low})
        community = data.community.get(group.community_id or "")
        if community and community.site_id != group.site_id:
            yield Fault(
                "site_differs", "groups", index, "site_id", group.site_id, {"site": community.site_id}
            )
    for index, row in enumerate(data.communities):
        if limit is not None and row.max_residents and row.max_residents > limit and not row.max_reason:
            yield Fault(
                "size_needs_reason",
                "communities",
                index,
                "max_residents",
                row.max_residents,
                {"limit": limit},
            )
    if data.info.horizon_end < data.info.planning_date:
        params = {"date": data.info.planning_date}
        yield Fault("before_planning_date", "dataset", 0, "horizon_end", data.info.horizon_end, params)


def community_limit(policy: Policy) -> int | None:
    """The policy's largest community, where H3 sets one."""
    value = policy.rules["H3"].params.get("community_max") if "H3" in policy.rules else None
    return value if isinstance(value, int) else None


def _residents(data: Dataset) -> Iterator[Fault]:
    home: dict[str, str] = {}
    for index, row in enumerate(data.residents):
        if row.unit_id in home:
            yield Fault(
                "unit_taken", "residents", index, "unit_id", row.unit_id, {"other": home[row.unit_id]}
            )
        home.setdefault(row.unit_id, row.resident_id)
        unit = data.unit.get(row.unit_id)
        if unit and unit.reserved:
            yield Fault("reserved_lived_in", "residents", index, "unit_id", row.unit_id)
        if sum(row.competence_hours.values()) > row.care_hours:
            params = {"total": row.care_hours}
            yield Fault(
                "competence_above_total", "residents", index, "competence_hours", row.competence_hours, params
            )


def _locks(data: Dataset) -> Iterator[Fault]:
    locked = {row.applicant_id for row in data.locks}
    lives = {row.unit_id: row.resident_id for row in data.residents}
    taken: dict[str, str] = {}
    for index, row in enumerate(data.locks):
        if row.unit_id in taken:
            yield Fault("unit_taken", "locks", index, "unit_id", row.unit_id, {"other": taken[row.unit_id]})
        taken.setdefault(row.unit_id, row.applicant_id)
        resident = lives.get(row.unit_id)
        if resident is not None and resident not in locked:
            yield Fault("unit_taken", "locks", index, "unit_id", row.unit_id, {"other": resident})
        unit = data.unit.get(row.unit_id)
        if unit and unit.reserved:
            yield Fault("reserved_lived_in", "locks", index, "unit_id", row.unit_id)


def _relations(data: Dataset) -> Iterator[Fault]:
    for index, row in enumerate(data.relations):
        if row.person_a == row.person_b:
            yield Fault("relation_to_self", "relations", index, "person_b", row.person_b)
        if row.kind is RelationKind.CONFLICT and row.verified_on is None:
            yield Fault("conflict_unverified", "relations", index, "verified_on", row.verified_on)
        if row.kind is RelationKind.TOGETHER and "site" in (row.level,):
            yield Fault("together_level", "relations", index, "level", row.level.value)
        if row.or_none and row.kind is not RelationKind.TOGETHER:
            yield Fault("or_none_only_together", "relations", index, "or_none", row.or_none)


_CHECKS = (_unique_keys, _references, _places, _applicants, _homes, _residents, _locks, _relations)
