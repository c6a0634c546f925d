"""A proposal as rows to read: placements, waiting list, groups, communities, bases.

Page and spreadsheet show the same rows; only here are they gathered.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from tildeling.housing.case import Household, zone
from tildeling.housing.dataset import community_limit
from tildeling.housing.flags import Flag
from tildeling.housing.indicators import Indicator, Standing, indicators, standing, waits_after, waits_today
from tildeling.housing.proposal import Proposal
from tildeling.housing.rules.h2_eligibility import home_size
from tildeling.housing.rules.h3_sizes import H3Params
from tildeling.housing.tables import (
    Applicant,
    Base,
    Community,
    Group,
    GroupKind,
    LockKind,
    Relation,
    RelationKind,
    StatutoryRight,
    Unit,
)

NEAR_CAPACITY = Decimal("0.9")
"""Load of a base above which it is marked."""
ABOUT_HOMES = frozenset({"community_large"})
"""Flags whose subject is a place."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish: for a place ``kind:id``, for a community of at most so many, for or against a person."""

    kind: str
    about: str
    met: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """An applicant with the unit proposed, offered or decided."""

    row: Applicant
    home: Household
    base_id: str
    lock: LockKind | None
    wishes: tuple[Wish, ...]
    flags: tuple[Flag, ...]
    alternatives: tuple[str, ...]
    ready: dt.date

    @property
    def steps_above(self) -> int:
        """Steps of the care ladder above the need."""
        return max(0, self.home.group.service_access.step - self.row.service_need.step)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An applicant without a permanent place after the proposal."""

    row: Applicant
    days: int
    overdue: bool
    temporary_unit: str
    could_have: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group's size before and after, and its base."""

    row: Group
    units: tuple[Unit, ...]
    today: int
    after: int
    least: int
    most: int | None
    base_id: str


@dataclass(frozen=True, slots=True)
class CommunityLine:
    """A community's size before and after."""

    row: Community
    groups: int
    today: int
    after: int
    most: int


@dataclass(frozen=True, slots=True)
class BaseLine:
    """A base's groups and load; hours a week."""

    row: Base
    groups: tuple[str, ...]
    sites: int
    today: Decimal
    after: Decimal
    competences: tuple[tuple[str, Decimal, Decimal], ...]

    @property
    def load(self) -> float | None:
        """Hours as a fraction of the capacity."""
        return float(self.after / self.row.capacity_hours) if self.row.capacity_hours else None

    @property
    def tightest(self) -> tuple[str, Decimal, Decimal] | None:
        """The competence with the highest load."""
        used = [part for part in self.competences if part[2]]
        return max(used, key=lambda part: (part[1] / part[2], part[0]), default=None)

    @property
    def marked(self) -> bool:
        """Whether the base is near its capacity or over it."""
        return self.after > NEAR_CAPACITY * self.row.capacity_hours


@dataclass(frozen=True, slots=True)
class AreaLine:
    """A municipality or district: its homes, and who lives there before and after."""

    code: str
    sites: int
    groups: int
    opened: int
    units: int
    empty: int
    today: int
    after: int


class View:
    """A proposal's rows."""

    def __init__(self, proposal: Proposal) -> None:
        self.proposal, self.case, self.data = proposal, proposal.case, proposal.data
        self.sizes = H3Params.model_validate(self.data.policy.rules["H3"].params)

    @property
    def warn_above(self) -> int:
        """Community size above which a warning is shown."""
        return self.sizes.warn_above

    @property
    def reason_above(self) -> int:
        """Community size above which a reason is needed."""
        return community_limit(self.data.policy) or self.sizes.community_max

    # --- people ----------------------------------------------------------------------------------------

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        """Every placement, by site, group and unit."""
        found = [self._placement(person) for person in self.proposal.solution.placements]
        found.sort(key=lambda p: (p.home.group.site_id, p.home.group.group_id, p.home.unit.unit_id))
        return tuple(found)

    def _placement(self, person: str) -> Placement:
        row, home = self.data.applicant[person], self.case.after.of[person]
        lock = self.data.lock.get(person) if home.locked else None
        ready = max(home.unit.available_from, self.data.info.planning_date)
        return Placement(
            row, home, self.case.base_of(home.group.group_id) or "", lock.kind if lock else None,
            tuple(self._wishes(row, home)), self._flags.get(person, ()), self._ties.get(person, ()),
            max(ready, row.earliest_move_in) if row.earliest_move_in else ready,
        )  # fmt: skip

    @cached_property
    def _flags(self) -> Mapping[str, tuple[Flag, ...]]:
        found: dict[str, list[Flag]] = defaultdict(list)
        for flag in self.proposal.flags:
            if flag.code not in ABOUT_HOMES:
                found[flag.subject].append(flag)
        return {subject: tuple(flags) for subject, flags in found.items()}

    @cached_property
    def _ties(self) -> Mapping[str, tuple[str, ...]]:
        ties = self.proposal.document.ties.found
        return {tie.id: tie.alternatives for tie in ties if tie.subject == "applicant"}

    def _wishes(self, row: Applicant, home: Household) -> Iterator[Wish]:
        """Wishes met and not; places wished for less than the one got are neither."""
        group = home.group
        here = {
            f"district:{self.data.site[group.site_id].district}", f"site:{group.site_id}",
            f"community:{group.community_id}", f"group:{group.group_id}", f"unit:{home.unit.unit_id}",
        }  # fmt: skip
        for place in row.place_wishes:
            yield Wish("place", place, place in here)
            if place in here:
                break
        if row.community_size_wish:
            small = home_size(self.data, group) <= row.community_size_wish
            yield Wish("size", str(row.community_size_wish), small)
        for relation in self._person_wishes.get(row.applicant_id, ()):
            other = self.case.after.of.get(relation.person_b)
            share = other is not None and zone(other.group, relation.level) == zone(group, relation.level)
            wanted = relation.kind is RelationKind.WISH_FOR
            yield Wish(relation.kind.value, relation.person_b, share == wanted)

    @cached_property
    def _person_wishes(self) -> Mapping[str, list[Relation]]:
        found: dict[str, list[Relation]] = defaultdict(list)
        for relation in self.data.relations:
            if relation.kind in (RelationKind.WISH_FOR, RelationKind.WISH_AGAINST):
                found[relation.person_a].append(relation)
        return found

    @cached_property
    def waiting(self) -> tuple[Waiting, ...]:
        """The waiting list: most severe first, then who has waited longest."""
        day = self.data.info.planning_date
        found = []
        for row in self.data.applicants:
            if waits_after(self.case, row):
                temporary = standing(self.case, row) is Standing.TEMPORARY
                unit = self.case.after.of[row.applicant_id].unit.unit_id if temporary else ""
                due = row.statutory_deadline if row.statutory_right is not StatutoryRight.NONE else None
                found.append(
                    Waiting(
                        row, self.data.waiting_days(row), due is not None and due < day, unit,
                        self._ties.get(row.applicant_id, ()),
                    )
                )  # fmt: skip
        return tuple(sorted(found, key=lambda w: (-w.row.severity, -w.days, w.row.applicant_id)))

    @cached_property
    def waiting_today(self) -> int:
        """How many wait before the proposal."""
        return sum(waits_today(self.case, row) for row in self.data.applicants)

    @cached_property
    def standings(self) -> Counter[Standing]:
        """Applicants by where they stand."""
        return Counter(standing(self.case, row) for row in self.data.applicants)

    # --- homes -----------------------------------------------------------------------------------------

    @cached_property
    def units_of(self) -> Mapping[str, tuple[Unit, ...]]:
        """Units by group, in order of id."""
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in sorted(self.data.units, key=lambda unit: unit.unit_id):
            found[unit.group_id].append(unit)
        return {group: tuple(units) for group, units in found.items()}

    @cached_property
    def groups(self) -> tuple[GroupLine, ...]:
        """Every group, by site."""
        lines = []
        for row in sorted(self.data.groups, key=lambda g: (g.site_id, g.community_id or "", g.group_id)):
            shared = row.kind is GroupKind.SHARED
            lines.append(
                GroupLine(
                    row, self.units_of.get(row.group_id, ()), self.case.today.expected(row.group_id),
                    self.case.after.expected(row.group_id),
                    row.min_residents or (self.sizes.min_residents if shared else 1),
                    row.max_residents or (self.sizes.max_residents if shared else None),
                    self.case.base_of(row.group_id) or "",
                )
            )  # fmt: skip
        return tuple(lines)

    @cached_property
    def communities(self) -> tuple[CommunityLine, ...]:
        """Every community, by site."""
        members: dict[str, list[GroupLine]] = defaultdict(list)
        for line in self.groups:
            if line.row.community_id:
                members[line.row.community_id].append(line)
        lines = []
        for row in sorted(self.data.communities, key=lambda c: (c.site_id, c.community_id)):
            mine = members[row.community_id]
            today, after = sum(line.today for line in mine), sum(line.after for line in mine)
            most = row.max_residents or self.sizes.community_max
            lines.append(CommunityLine(row, len(mine), today, after, most))
        return tuple(lines)

    @cached_property
    def by_municipality(self) -> bool:
        """Whether areas are municipalities: several are named; else they are districts."""
        return len({site.municipality for site in self.data.sites} - {None}) > 1

    @cached_property
    def areas(self) -> tuple[AreaLine, ...]:
        """Municipalities or districts that have homes, by code."""
        sites: dict[str, list[str]] = defaultdict(list)
        for site in self.data.sites:
            sites[(site.municipality or "") if self.by_municipality else site.district].append(site.site_id)
        lines: dict[str, list[GroupLine]] = defaultdict(list)
        for line in self.groups:
            lines[line.row.site_id].append(line)
        found = []
        for code, ids in sorted(sites.items()):
            mine = [line for site_id in ids for line in lines[site_id]]
            units = [unit for line in mine for unit in line.units]
            if units:
                found.append(
                    AreaLine(
                        code, sum(bool(lines[site_id]) for site_id in ids), len(mine),
                        sum(line.after > 0 for line in mine), len(units), sum(map(self._empty, units)),
                        sum(line.today for line in mine), sum(line.after for line in mine),
                    )
                )  # fmt: skip
        return tuple(found)

    def _empty(self, unit: Unit) -> bool:
        """Whether a home that is finished stands empty after the proposal."""
        ready = unit.available_from <= self.data.info.planning_date
        return ready and not unit.reserved and unit.unit_id not in self.case.after.in_unit

    def size_mark(self, size: int) -> str:
        """ "over_high" above the size that needs a reason, "over_low" above the one warned of, else ""."""
        if size > self.reason_above:
            return "over_high"
        return "over_low" if size > self.warn_above else ""

    @cached_property
    def bases(self) -> tuple[BaseLine, ...]:
        """Every base that serves a group, or is in operation today."""
        lines = []
        for row in sorted(self.data.bases, key=lambda base: base.base_id):
            groups = tuple(sorted(self.case.groups_of_base(row.base_id)))
            if groups or row.open_today:
                lines.append(self._base(row, groups))
        return tuple(lines)

    def _base(self, row: Base, groups: tuple[str, ...]) -> BaseLine:
        before, homes = (
            [home for g in groups for home in state.in_group.get(g, ())]
            for state in (self.case.today, self.case.after)
        )
        names = sorted(
            {n for home in homes for n in home.row.competence_hours} | set(row.competence_capacity)
        )
        parts = tuple(
            (
                name,
                sum((home.row.competence_hours.get(name, Decimal(0)) for home in homes), Decimal(0)),
                row.competence_capacity.get(name, Decimal(0)),
            )
            for name in names
        )
        return BaseLine(
            row, groups, len({self.data.group[g].site_id for g in groups}),
            sum((home.row.care_hours for home in before), Decimal(0)),
            sum((home.row.care_hours for home in homes), Decimal(0)), parts,
        )  # fmt: skip

    # --- figures ---------------------------------------------------------------------------------------

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator."""
        return indicators(self.case)

    @cached_property
    def flag_counts(self) -> tuple[tuple[str, tuple[Flag, ...]], ...]:
        """Flags by code, most frequent first; what is about homes, not about a person, last."""
        found: dict[str, list[Flag]] = defaultdict(list)
        for flag in self.proposal.flags:
            found[flag.code].append(flag)
        ordered = sorted(found.items(), key=lambda item: (item[0] in ABOUT_HOMES, -len(item[1]), item[0]))
        return tuple((code, tuple(flags)) for code, flags in ordered)
