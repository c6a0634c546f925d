"""What the checker looks at: a data set, a proposal, and who lives where today and after it.

Plain Python over the rows; shares nothing with compiling or the engines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution
from tildeling.housing.tables import Applicant, Application, Base, Group, Level, Resident, Unit

Zone = tuple[str, str]
"""A place at a level: ("group", id), ("community", id) or ("site", id)."""


@dataclass(frozen=True, slots=True)
class Household:
    """A household in a unit.  ``new`` says that this proposal put it there; a lock is not new."""

    person: str
    row: Applicant | Resident
    unit: Unit
    group: Group
    new: bool
    locked: bool


def zone(group: Group, level: Level) -> Zone:
    """The place a group is part of at a level; a group outside communities is one by itself."""
    if level is Level.SITE:
        return "site", group.site_id
    if level is Level.COMMUNITY and group.community_id:
        return "community", group.community_id
    return "group", group.group_id


@dataclass(frozen=True)
class Occupancy:
    """Who lives where."""

    households: tuple[Household, ...]
    reserved: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def of(self) -> Mapping[str, Household]:
        """Household by person."""
        return {home.person: home for home in self.households}

    @cached_property
    def in_unit(self) -> Mapping[str, list[Household]]:
        """Households by unit id."""
        found: dict[str, list[Household]] = defaultdict(list)
        for home in self.households:
            found[home.unit.unit_id].append(home)
        return found

    @cached_property
    def in_group(self) -> Mapping[str, list[Household]]:
        """Households by group id."""
        found: dict[str, list[Household]] = defaultdict(list)
        for home in self.households:
            found[home.group.group_id].append(home)
        return found

    @cached_property
    def _persons(self) -> Mapping[str, int]:
        return {
            group: sum(home.row.household_size for home in homes) for group, homes in self.in_group.items()
        }

    def residents(self, group_id: str) -> int:
        """Persons who live in a group."""
        return self._persons.get(group_id, 0)

    def expected(self, group_id: str) -> int:
        """Persons in a group with those promised a reserved unit."""
        return self.residents(group_id) + self.reserved.get(group_id, 0)

    def is_open(self, group_id: str) -> bool:
        """Whether anybody lives, or is expected, in a group."""
        return self.expected(group_id) > 0


@dataclass(frozen=True)
class Case:
    """A data set with a proposal on it."""

    data: Dataset
    solution: Solution

    @cached_property
    def locks(self) -> Mapping[str, str]:
        """Unit by applicant, for placements that stand."""
        if not self.data.policy.rules["H7"].enabled:
            return {}
        return {lock.applicant_id: lock.unit_id for lock in self.data.locks}

    @cached_property
    def today(self) -> Occupancy:
        """Who lives where before the proposal; locked placements have been carried out."""
        return self._occupancy({})

    @cached_property
    def after(self) -> Occupancy:
        """Who lives where after the proposal; unknown ids are left to the rule that reports them."""
        return self._occupancy(self.solution.placements)

    def _occupancy(self, placements: Mapping[str, str]) -> Occupancy:
        data = self.data
        units = {resident.resident_id: resident.unit_id for resident in data.residents}
        units.update(self.locks)
        new = {
            person: unit
            for person, unit in placements.items()
            if person in data.applicant and unit in data.unit and self.locks.get(person) != unit
        }
        units.update(new)
        homes = []
        for person, unit_id in units.items():
            row = data.applicant.get(person) or data.resident[person]
            unit = data.unit[unit_id]
            homes.append(
                Household(
                    person, row, unit, data.group[unit.group_id],
                    person in new and new[person] != self.home_today(person),
                    person in self.locks,
                )
            )  # fmt: skip
        reserved: dict[str, int] = defaultdict(int)
        for unit in data.units:
            if unit.reserved:
                reserved[unit.group_id] += 1
        return Occupancy(tuple(homes), reserved)

    def home_today(self, person: str) -> str | None:
        """Unit a person lives in before the proposal."""
        if person in self.locks:
            return self.locks[person]
        resident = self.data.resident.get(person)
        return resident.unit_id if resident else None

    def movers(self) -> Iterable[Applicant]:
        """Residents who asked, or agreed, to move and are not locked."""
        return (
            a for a in self.data.applicants
            if a.application is not Application.NEW and a.applicant_id not in self.locks
        )  # fmt: skip

    def base_of(self, group_id: str) -> str | None:
        """Base that serves an open group after the proposal."""
        return self.solution.bases.get(group_id)

    def groups_of_base(self, base_id: str) -> list[str]:
        """Open groups a base serves after the proposal."""
        return self._groups_of_base.get(base_id, [])

    @cached_property
    def _groups_of_base(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for group, base in self.solution.bases.items():
            if self.after.is_open(group):
                found[base].append(group)
        return dict(found)

    def members_expected(self, state: Occupancy, community_id: str) -> int:
        """Persons in the groups of a community with those promised a reserved unit."""
        groups = self.data.groups_of_community.get(community_id, ())
        return sum(state.expected(group.group_id) for group in groups)

    @cached_property
    def minutes(self) -> Mapping[tuple[str, str], int]:
        """Travel time from one site to another, where the table names it."""
        return {(row.from_site_id, row.to_site_id): row.minutes for row in self.data.travel_times}

    @cached_property
    def near_sites(self) -> Mapping[str, frozenset[str]]:
        """Sites near each site: named by it, or naming it."""
        found: dict[str, set[str]] = defaultdict(set)
        for site in self.data.sites:
            for other in site.near_sites:
                found[site.site_id].add(other)
                found[other].add(site.site_id)
        return {site: frozenset(near) for site, near in found.items()}

    @cached_property
    def bases_about(self) -> Mapping[str, tuple[Base, ...]]:
        """By site, the bases that stand on it, or on a site with a travel time to it."""
        on_site: dict[str, list[Base]] = defaultdict(list)
        for base in self.data.bases:
            on_site[base.site_id].append(base)
        found: dict[str, list[Base]] = {site: list(bases) for site, bases in on_site.items()}
        for start, end in self.minutes:
            if start != end and start in on_site:
                found.setdefault(end, []).extend(on_site[start])
        return {site: tuple(bases) for site, bases in found.items()}

    @cached_property
    def bases_of_community(self) -> Mapping[str, tuple[Base, ...]]:
        """A community's own bases."""
        found: dict[str, list[Base]] = defaultdict(list)
        for base in self.data.bases:
            if base.community_id:
                found[base.community_id].append(base)
        return {community: tuple(bases) for community, bases in found.items()}

    @cached_property
    def units_named(self) -> frozenset[str]:
        """Units that some applicant wishes for or refuses by name."""
        places = (place for a in self.data.applicants for place in (*a.place_wishes, *a.vetoes))
        return frozenset(place.partition(":")[2] for place in places if place.startswith("unit:"))
