"""Brute force: every placement and every choice of bases, judged by the checker's rules and goals alone.

Nothing of compiling or the engines is used.  Two things hold whatever rules are switched on, as the rules' own
texts say: a home takes one household, and a reserved home none (H1 switched off lets households be larger);
and a mover is not moved into a home of the same group that is equal to the present one in every column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from tildeling.housing import goals, rules
from tildeling.housing.case import Case
from tildeling.housing.check import check
from tildeling.housing.dataset import Dataset
from tildeling.housing.solution import Solution
from tildeling.housing.tables import Application, ServiceAccess, Unit

Choice = tuple[str, str, str]
"""("applicant", id, group or "") or ("group", id, base or "")."""


@dataclass
class Best:
    """The least tuple of tier values (None: nothing is feasible), and every solution that reaches it."""

    values: tuple[int, ...] | None = None
    solutions: list[Solution] = field(default_factory=list)
    choices: list[frozenset[Choice]] = field(default_factory=list)
    looked_at: int = 0

    @property
    def all_choices(self) -> set[Choice]:
        """Choices that stand in some optimal solution."""
        return set().union(*self.choices)


class TooMany(Exception):
    """More combinations than a test should try."""


def best(data: Dataset, most: int = 200_000) -> Best:
    """Try everything."""
    active = list(rules.active(data.policy))
    others = [(rule, params) for rule, params in active if rule.id != "H5"]
    service = [(rule, params) for rule, params in active if rule.id == "H5"]
    tiers = goals.tiers_solved(data.policy)
    found = Best()
    bases = _Bases(data, service)
    for placements in _placements(data, others):
        found.looked_at += 1
        case = Case(data, Solution(placements, {}))
        if not _fine(case, others):
            continue
        for chosen in bases.of(case):
            found.looked_at += 1
            if found.looked_at > most:
                raise TooMany
            served = Case(data, Solution(placements, chosen))
            for name in ("locks", "today", "after"):  # the same people in the same homes
                served.__dict__[name] = getattr(case, name)
            if not _fine(served, service):
                continue
            values = tuple(
                sum(goal.value(served, params) * weight for goal, params, weight in parts)
                for _, _, parts in tiers
            )
            if found.values is None or values < found.values:
                found.values, found.solutions, found.choices = values, [], []
            if values == found.values:
                found.solutions.append(served.solution)
                found.choices.append(choices(served))
    if found.solutions:
        report = check(data, found.solutions[0])
        assert report.ok
        assert tuple(tier.value for tier in report.tiers) == found.values
    return found


def choices(case: Case) -> frozenset[Choice]:
    """Group of each applicant not locked ("" for waiting), and base of each open group that needs one."""
    homes = case.after.of
    mine = {
        (
            "applicant",
            row.applicant_id,
            homes[row.applicant_id].group.group_id if row.applicant_id in homes else "",
        )
        for row in case.data.applicants
        if row.applicant_id not in case.locks
    }
    return frozenset(mine | {("group", group, base) for group, base in case.solution.bases.items()})


def _fine(case: Case, active: list[tuple[rules.Rule, object]]) -> bool:
    return all(breach.standing for rule, params in active for breach in rule.check(case, params))


def _placements(data: Dataset, active: list[tuple[rules.Rule, object]]) -> Iterator[dict[str, str]]:
    """Locks, and every way of giving the others a home each, or none; of homes each alone may not have, none.

    Pairs are sifted by the checker's word on that person alone (requirements of H1 and H2 name one person).
    """
    fixed = dict(Case(data, Solution()).locks)
    items = [row for row in data.applicants if row.applicant_id not in fixed]
    movers = {row.applicant_id for row in items if row.application is not Application.NEW}
    kept = {unit for person, unit in fixed.items()}
    kept |= {r.unit_id for r in data.residents if r.resident_id not in movers and r.resident_id not in fixed}
    names = named_units(data)
    options: list[list[str | None]] = []
    for row in items:
        here: list[str | None] = [None]
        for unit in data.units:
            present = (
                data.unit[row.present_unit_id] if row.applicant_id in movers and row.present_unit_id else None
            )
            if unit.unit_id in kept or unit.reserved or (present and equal(unit, present, names)):
                continue
            if _eligible(data, active, row.applicant_id, unit.unit_id):
                here.append(unit.unit_id)
        options.append(here)

    def extend(index: int, used: set[str], so_far: dict[str, str]) -> Iterator[dict[str, str]]:
        if index == len(items):
            stay = [
                row.present_unit_id
                for row in items
                if row.applicant_id in movers and row.applicant_id not in so_far
            ]
            if not used.intersection(filter(None, stay)):
                yield {**fixed, **so_far}
            return
        yield from extend(index + 1, used, so_far)
        for unit in options[index]:
            if unit is not None and unit not in used:
                yield from extend(index + 1, used | {unit}, {**so_far, items[index].applicant_id: unit})

    return extend(0, set(), {})


def named_units(data: Dataset) -> set[str]:
    """Units that somebody wishes for, or refuses, by name."""
    places = (place for a in data.applicants for place in (*a.place_wishes, *a.vetoes))
    return {place.removeprefix("unit:") for place in places if place.startswith("unit:")}


def equal(one: Unit, other: Unit, named: set[str]) -> bool:
    """Whether two homes are the same to everybody: same group, same columns, neither wished for nor refused."""
    if one.unit_id == other.unit_id:
        return True
    shown = {
        "unit_id",
        "appeal_body",
        "tenure",
        "lease_years",
        "floor",
        "area_m2",
        "bedrooms",
        "reserved",
        "features",
    }
    return (
        one.model_dump(exclude=shown) == other.model_dump(exclude=shown)
        and set(one.features) == set(other.features)
        and not named & {one.unit_id, other.unit_id}
    )


def _eligible(data: Dataset, active: list[tuple[rules.Rule, object]], person: str, unit: str) -> bool:
    case = Case(data, Solution({person: unit}))
    return not any(
        breach.subjects.get("applicant") == person
        and breach.subjects.get("unit") == unit
        and not breach.standing
        for rule, params in active
        if rule.id in ("H1", "H2")
        for breach in rule.check(case, params)
        if breach.requirement != "H1.one_household"
    )


class _Bases:
    """Every choice of bases for the open groups that need one, sifted group by group by the checker."""

    def __init__(self, data: Dataset, service: list[tuple[rules.Rule, object]]) -> None:
        self.data, self.service = data, service
        self.known: dict[str, list[str | None]] = {}

    def of(self, case: Case) -> Iterator[Mapping[str, str]]:
        if not self.service:
            yield {}
            return
        groups = [
            g.group_id for g in self.data.groups
            if g.service_access is not ServiceAccess.OWN_HOME and case.after.is_open(g.group_id)
        ]  # fmt: skip
        for chosen in product(*(self._options(case, group) for group in groups)):
            yield {group: base for group, base in zip(groups, chosen, strict=True) if base is not None}

    def _options(self, case: Case, group: str) -> list[str | None]:
        if group not in self.known:
            able: list[str | None] = []
            for base in (None, *self.data.base):
                tried = Case(self.data, Solution(case.solution.placements, {group: base} if base else {}))
                if not any(
                    breach.subjects.get("group") == group and not breach.standing
                    for rule, params in self.service
                    for breach in rule.check(tried, params)
                ):
                    able.append(base)
            self.known[group] = able
        return self.known[group]
