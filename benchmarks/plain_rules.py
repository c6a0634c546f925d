"""Variables and hard rules of the plain model: the allocation as an ordinary user of a library writes it.

Pair by pair, from the rows: one 0/1 variable per applicant and home, one per group, one per group and base;
rules H1 to H7.  It uses none of the project's arrays: only the rows, and the row-level predicates of the
independent checker, so that it means the same.  The two comparators differ in the library below it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any, Protocol, TypeVar

from tildeling.housing import goals, rules
from tildeling.housing.case import Case, zone
from tildeling.housing.dataset import Dataset
from tildeling.housing.rules.h1_unit import _equal as equal_homes
from tildeling.housing.rules.h1_unit import fits
from tildeling.housing.rules.h2_eligibility import REQUIREMENTS
from tildeling.housing.rules.h5_bases import able_bases, present_base
from tildeling.housing.solution import Solution
from tildeling.housing.tables import (
    Applicant,
    Application,
    Base,
    BaseKind,
    Group,
    GroupKind,
    Level,
    RelationKind,
    ServiceAccess,
    Unit,
)

T = TypeVar("T")
Expr = Any
"""A linear expression of the library below."""


class Library(Protocol):
    """What the model asks of a modelling library; expressions add up with Python's own operators."""

    def binary(self) -> Expr: ...

    def whole(self, most: int) -> Expr: ...

    def total(self, terms: Iterable[Expr]) -> Expr: ...

    def add(self, constraint: Any) -> None: ...


class PlainRules:
    """Variables and hard rules."""

    def __init__(self, data: Dataset, library: Library) -> None:
        if data.policy.rules["H8"].enabled:
            raise NotImplementedError(
                "the plain models leave out H8, which the standard policy has switched off"
            )
        if data.policy.objective != "tiers":
            raise NotImplementedError("the plain models solve tiers in order")
        self.data, self.lib = data, library
        self.case = Case(data, Solution({person: lock.unit_id for person, lock in data.lock.items()}))
        self.params = {rule.id: params for rule, params in rules.active(data.policy)}
        self.people = [a for a in data.applicants if a.applicant_id not in data.lock]
        self.home = {
            a.applicant_id: a.present_unit_id for a in self.people if a.application is not Application.NEW
        }
        self.standing = [h for h in self.case.today.households if h.person not in self.home]
        taken = {h.unit.unit_id for h in self.standing}
        self.free = [u for u in data.units if u.unit_id not in taken and not u.reserved]
        self.free_in = _by(self.free, lambda unit: unit.group_id)
        self.standing_in = _by(self.standing, lambda home: home.group.group_id)
        self.fixed_persons: dict[str, int] = defaultdict(int, self.case.today.reserved)
        for household in self.standing:
            self.fixed_persons[household.group.group_id] += household.row.household_size
        self.bases_of = {group.group_id: self._able(group) for group in data.groups}
        self.groups_of: dict[str, list[Group]] = defaultdict(list)
        for group in data.groups:
            for base in self.bases_of[group.group_id]:
                self.groups_of[base.base_id].append(group)
        self.before = _by(data.groups, lambda group: present_base(self.case, group, self.params["H5"]))
        self._at: dict[tuple[str, Level], dict[Any, list[Unit]]] = {}
        self._most_of: dict[tuple[str, str], int] = {}
        self._load_of: dict[tuple[str, str], tuple[Expr, int]] = {}
        self._offers: dict[tuple[str, str | None], list[Unit]] = {}
        self._variables()
        for rule in (self._one_each, self._sizes, self._conflicts, self._apart, self._together, self._bases):
            rule()
        self.n_tiers = len(goals.tiers_solved(data.policy))

    # --- what is possible -------------------------------------------------------------------------------

    def _able(self, group: Group) -> list[Base]:
        """Bases that may serve a group: the one of today, or all within reach."""
        if group.service_access is ServiceAccess.OWN_HOME:
            return []
        if self.case.today.is_open(group.group_id) and group.base_id:
            return [self.data.base[group.base_id]]
        return [self.data.base[name] for name in able_bases(self.case, group, self.params["H5"])]

    def _possible(self, person: Applicant, unit: Unit) -> bool:
        """Whether someone may move into a home, as far as that depends on nobody who is yet to be decided."""
        group = self.data.group[unit.group_id]
        closed = group.service_access is not ServiceAccess.OWN_HOME and not self.bases_of[group.group_id]
        if closed and not self.case.today.is_open(group.group_id):
            return False
        return fits(person.household_size, unit.max_persons) and all(
            met(self.data, person, unit, group, self.params["H2"]) for met in REQUIREMENTS.values()
        )

    def _variables(self) -> None:
        data, lib = self.data, self.lib
        self.x: dict[tuple[str, str], Expr] = {}
        self.of_person: dict[str, list[Unit]] = defaultdict(list)
        self.of_unit: dict[str, list[Applicant]] = defaultdict(list)
        self.in_group: dict[str, list[tuple[Applicant, Unit]]] = defaultdict(list)
        barred = self._barred()
        tied = self._tied()
        free = {unit.unit_id for unit in self.free}
        for person in self.people:
            name = person.applicant_id
            own = self.home.get(name)
            possible = [
                unit for unit in self._offered(person)
                if unit.unit_id != own
                and not (own and equal_homes(self.case, data.unit[own], unit))
                and unit.group_id not in barred[person.target_group]
                and unit.group_id not in barred[name]
                and all(zone(data.group[unit.group_id], level) == there for level, there in tied[name])
                and self._possible(person, unit)
            ]  # fmt: skip
            for unit in ([data.unit[own]] if own in free else []) + possible:
                self.x[name, unit.unit_id] = lib.binary()
                self.of_person[name].append(unit)
                self.of_unit[unit.unit_id].append(person)
                self.in_group[unit.group_id].append((person, unit))
        self.open: dict[str, Expr] = {
            g.group_id: 1 if self.fixed_persons[g.group_id] else lib.binary() for g in data.groups
        }
        self.serves: dict[tuple[str, str], Expr] = {
            (g.group_id, b.base_id): lib.binary() for g in data.groups for b in self.bases_of[g.group_id]
        }

    def _offered(self, person: Applicant) -> list[Unit]:
        """Homes for a person's target group in their municipality, which leave far fewer to look at."""
        kind, town = person.target_group, person.municipality
        if (kind, town) not in self._offers:
            if not self._offers:
                self._free_at = _by(self.free, self._town)
            near = self.free if town is None else [*self._free_at[town], *self._free_at[None]]
            self._offers[kind, town] = [
                u for u in near if kind in self.data.group[u.group_id].target_groups
            ]  # fmt: skip
        return self._offers[kind, town]

    def _town(self, unit: Unit) -> str | None:
        return self.data.site[self.data.group[unit.group_id].site_id].municipality

    def _barred(self) -> dict[str, set[str]]:
        """Groups that someone who stays put rules out, by person (conflict) or target group (kinds apart)."""
        where = {h.person: h.group for h in self.standing}
        there = {level: _by(self.data.groups, partial(zone, level=level)) for level in Level}
        barred: dict[str, set[str]] = defaultdict(set)
        for row in self.data.relations:
            for person, other in ((row.person_a, row.person_b), (row.person_b, row.person_a)):
                if other in where and row.kind is RelationKind.CONFLICT:
                    near_other = there[row.level][zone(where[other], row.level)]
                    barred[person].update(group.group_id for group in near_other)
        for kind, other_kind, level, near in self._pairs_apart():
            taken = {zone(h.group, level) for h in self.standing if h.row.target_group == other_kind}
            barred[kind].update(g.group_id for g in self.data.groups if near[zone(g, level)] & taken)
        return barred

    def _tied(self) -> dict[str, list[tuple[Level, Any]]]:
        """Places that people must come to, if anywhere: together with someone who stays put."""
        where = {h.person: h.group for h in self.standing}
        tied: dict[str, list[tuple[Level, Any]]] = defaultdict(list)
        for row in self.data.relations:
            for person, other in ((row.person_a, row.person_b), (row.person_b, row.person_a)):
                if other in where and row.kind is RelationKind.TOGETHER:
                    tied[person].append((row.level, zone(where[other], row.level)))
        return tied

    def _pairs_apart(self) -> Iterator[tuple[str, str, Level, dict[Any, set[Any]]]]:
        """Kinds that must not meet, both ways, with the places that count as one."""
        for pair in self.params["H4"].apart:
            level = Level.SITE if pair.level == "near" else Level(pair.level)
            near = {zone(g, level): {zone(g, level)} for g in self.data.groups}
            if pair.level == "near":
                for site in self.data.sites:
                    for other in site.near_sites:
                        near.setdefault(("site", site.site_id), set()).add(("site", other))
                        near.setdefault(("site", other), set()).add(("site", site.site_id))
            yield pair.a, pair.b, level, near
            yield pair.b, pair.a, level, near

    def at(self, person: str, level: Level, place: Any, *, new: bool = False) -> list[Expr]:
        """A person's variables in a place, the present home left out if only new placements count."""
        return [
            self.x[person, u.unit_id] for u in self.places(person, level).get(place, ())
            if not (new and self.home.get(person) == u.unit_id)
        ]  # fmt: skip

    def places(self, person: str, level: Level) -> dict[Any, list[Unit]]:
        """Places a person can come to, with the homes there."""
        if (person, level) not in self._at:
            homes = self.of_person.get(person, ())
            self._at[person, level] = dict(_by(homes, lambda u: zone(self.data.group[u.group_id], level)))
        return self._at[person, level]

    # --- rules ------------------------------------------------------------------------------------------

    def _one_each(self) -> None:
        """H1: at most one home each, movers exactly one; one household per home."""
        for person in self.people:
            mine = self.lib.total(
                [self.x[person.applicant_id, u.unit_id] for u in self.of_person[person.applicant_id]]
            )
            if person.applicant_id in self.home:
                self.lib.add(mine == 1)
            elif self.of_person[person.applicant_id]:
                self.lib.add(mine <= 1)
        for unit, people in self.of_unit.items():
            self.lib.add(self.lib.total([self.x[p.applicant_id, unit] for p in people]) <= 1)

    def persons(self, groups: Iterable[str]) -> Expr:
        """Persons of those decided on in some groups."""
        return self.lib.total(
            [
                p.household_size * self.x[p.applicant_id, u.unit_id]
                for g in groups
                for p, u in self.in_group[g]
            ]
        )

    def _sizes(self) -> None:
        """H3: between minimum and maximum in a group that is opened, communities within theirs."""
        today, params = self.case.today, self.params["H3"]
        for group in self.data.groups:
            name = group.group_id
            shared = group.kind is GroupKind.SHARED
            homes = sum(u.max_persons for u in self.free_in[name])
            most = group.max_residents or (
                params.max_residents if shared else homes + self.fixed_persons[name]
            )
            room = min(homes, max(most, today.expected(name)) - self.fixed_persons[name])
            least = group.min_residents or (params.min_residents if shared else 1)
            count = self.persons([name])
            if not self.in_group[name]:
                if not self.fixed_persons[name]:
                    self.lib.add(self.open[name] == 0)
                continue
            self.lib.add(count <= room * self.open[name])
            if not self.fixed_persons[name]:
                self.lib.add(count >= (1 if today.is_open(name) else least) * self.open[name])
        for community in self.data.communities:
            members = [g.group_id for g in self.data.groups_of_community.get(community.community_id, ())]
            most = community.max_residents or params.community_max
            fixed = sum(self.fixed_persons[g] for g in members)
            if any(self.in_group[g] for g in members):
                self.lib.add(self.persons(members) <= max(most, sum(map(today.expected, members))) - fixed)

    def _conflicts(self) -> None:
        """H4: two who must not share a place; both may stay where both live."""
        for row in self.data.relations:
            a, b = row.person_a, row.person_b
            if row.kind is not RelationKind.CONFLICT or a not in self.of_person or b not in self.of_person:
                continue
            for place in self.places(a, row.level).keys() & self.places(b, row.level):
                for one, other in ((a, b), (b, a)):
                    mine = self.at(one, row.level, place, new=True)
                    if mine:
                        self.lib.add(self.lib.total(mine + self.at(other, row.level, place)) <= 1)

    def _apart(self) -> None:
        """H4: kinds that must not meet; those who stay are already counted in ``_barred``."""
        for kind, other_kind, level, near in self._pairs_apart():
            new, there = self._presence(kind, level, new=True), self._presence(other_kind, level, new=False)
            for place, here in new.items():
                for other in near[place] & set(there):
                    self.lib.add(here + there[other] <= 1)

    def _presence(self, kind: str, level: Level, *, new: bool) -> dict[Any, Expr]:
        found: dict[Any, Expr] = {}
        for person in self.people:
            if person.target_group == kind:
                for place in self.places(person.applicant_id, level):
                    mine = self.at(person.applicant_id, level, place, new=new)
                    if mine:
                        if place not in found:
                            found[place] = self.lib.binary()
                        self.lib.add(self.lib.total(mine) <= found[place])
        return found

    def _together(self) -> None:
        """H6: both in one place if both are placed; both or neither where they say so."""
        for row in self.data.relations:
            a, b = row.person_a, row.person_b
            if row.kind is not RelationKind.TOGETHER or a not in self.of_person or b not in self.of_person:
                continue
            moving = a in self.home or b in self.home
            for one, other in ((a, b), (b, a)):
                for place in self.places(one, row.level):
                    mine = self.lib.total(self.at(one, row.level, place, new=moving))
                    with_me = self.lib.total(self.at(other, row.level, place))
                    if row.or_none:
                        self.lib.add(mine <= with_me)
                    else:
                        elsewhere = [
                            self.x[other, u.unit_id] for u in self.of_person[other]
                            if zone(self.data.group[u.group_id], row.level) != place
                            and self.home.get(other) != u.unit_id
                        ]  # fmt: skip
                        self.lib.add(mine + self.lib.total(elsewhere) <= 1)

    def _bases(self) -> None:
        """H5: one base per open group; groups, sites and hours of a base."""
        for group in self.data.groups:
            if self.bases_of[group.group_id]:
                mine = [self.serves[group.group_id, b.base_id] for b in self.bases_of[group.group_id]]
                self.lib.add(self.lib.total(mine) == self.open[group.group_id])
        self.hours: dict[str, list[Expr]] = {}
        everybody: list[Any] = [*self.data.applicants, *self.data.residents]
        self.competences = sorted({name for row in everybody for name in row.competence_hours})
        for base in self.data.bases:
            groups = self.groups_of[base.base_id]
            if groups:
                self._base_counts(base, groups)
                self._base_hours(base, groups)

    def _base_counts(self, base: Base, groups: list[Group]) -> None:
        params = self.params["H5"]
        before = self.before[base.base_id]
        own = self.data.groups_of_community.get(base.community_id or "", ())
        count = self.lib.total([self.serves[g.group_id, base.base_id] for g in groups])
        most = base.max_groups or (len(groups) if base.kind is BaseKind.AMBULATORY else params.max_groups)
        most = max(most, len(before))
        all_own = max(most, len(own))
        foreign = [g for g in groups if g not in own]
        self.lib.add(count <= all_own)
        for group in foreign:
            self.lib.add(count <= all_own - (all_own - most) * self.serves[group.group_id, base.base_id])
        sites = sorted({g.site_id for g in groups})
        limit = base.max_sites or (params.max_sites if base.community_id else len(sites))
        limit = max(limit, len({g.site_id for g in before}))
        if len(sites) > limit:
            used = {site: self.lib.binary() for site in sites}
            for group in groups:
                self.lib.add(self.serves[group.group_id, base.base_id] <= used[group.site_id])
            self.lib.add(self.lib.total(used.values()) <= limit)

    def _base_hours(self, base: Base, groups: list[Group]) -> None:
        """Hundredths of hours, all and per competence, that each group brings if the base serves it."""
        params = self.params["H5"]
        before = self.before[base.base_id]
        for name in ("", *self.competences):
            capacity = base.competence_capacity.get(name, Decimal(0)) if name else base.capacity_hours
            if not name and base.max_staff is not None:
                capacity = min(capacity, Decimal(base.max_staff * params.hours_per_staff))
            was = sum(
                (_hours(h.row, name) for g in before for h in self.case.today.in_group.get(g.group_id, ())), 0
            )
            loads = [self._brought(g, base, name) for g in groups]
            self.lib.add(self.lib.total(loads) <= max(round(capacity * 100), was))
            if not name:
                self.hours[base.base_id] = loads

    def _brought(self, group: Group, base: Base, name: str) -> Expr:
        """A group's hours at a base: 0, or at least all of them if the base serves it (big M)."""
        load, most = self._load(group, name)
        return self._if_served(load, self.serves[group.group_id, base.base_id], most)

    def _load(self, group: Group, name: str) -> tuple[Expr, int]:
        """A group's hours, and the most they can be; the same whichever base serves it."""
        key = group.group_id, name
        if key not in self._load_of:
            fixed = sum(_hours(h.row, name) for h in self.standing_in[group.group_id])
            hours = [(_hours(p, name), p.applicant_id, u) for p, u in self.in_group[group.group_id]]
            load = fixed + self.lib.total([n * self.x[p, u.unit_id] for n, p, u in hours if n])
            most = self.most(group, f"hours {name}", lambda p: _hours(p, name))
            self._load_of[key] = load, most + fixed
        return self._load_of[key]

    def most(self, group: Group, what: str, weight: Callable[[Applicant], int]) -> int:
        """Most that a group's candidates can weigh: the heaviest, as many as there are homes."""
        key = group.group_id, what
        if key not in self._most_of:
            people = {p.applicant_id: weight(p) for p, _ in self.in_group[group.group_id]}
            heaviest = sorted(people.values(), reverse=True)
            self._most_of[key] = sum(heaviest[: len(self.free_in[group.group_id])])
        return self._most_of[key]

    def _if_served(self, load: Expr, serves: Expr, most: int) -> Expr:
        brought = self.lib.whole(most)
        self.lib.add(brought >= load - most * (1 - serves))
        return brought

    # --- back -------------------------------------------------------------------------------------------

    def solution(self, chosen: Any) -> Solution:
        """The proposal that the variables' values stand for; ``chosen(variable)`` tells whether it is 1."""
        placements = {person: lock.unit_id for person, lock in self.data.lock.items()}
        lived = {g for g, count in self.fixed_persons.items() if count}
        for (person, unit), variable in self.x.items():
            if chosen(variable):
                lived.add(self.data.unit[unit].group_id)
                if self.home.get(person) != unit:
                    placements[person] = unit
        bases = {g: b for (g, b), variable in self.serves.items() if g in lived and chosen(variable)}
        return Solution(dict(sorted(placements.items())), dict(sorted(bases.items())))


def _by(rows: Iterable[T], key: Callable[[T], Any]) -> defaultdict[Any, list[T]]:
    """Rows by a key."""
    found: defaultdict[Any, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _hours(row: Any, name: str) -> int:
    """Hundredths of hours a week, all or of a competence."""
    hours: Decimal = row.competence_hours.get(name, Decimal(0)) if name else row.care_hours
    return round(hours * 100)
