"""Random tiny data sets, valid by construction, that reach every column the rules and goals read."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from tildeling.housing.dataset import Dataset
from tildeling.housing.policy import Policy, default_policy
from tildeling.housing.solution import Solution
from tildeling.housing.tables import (
    Applicant,
    Base,
    Community,
    DatasetInfo,
    Group,
    Lock,
    Relation,
    Resident,
    Site,
    TravelTime,
    Unit,
)
from tildeling.settings import GoalSetting, RuleSetting, TierSetting

from .builders import DAY, DISABILITY, END, FRAIL, SUBSTANCE

T = TypeVar("T")
KINDS = (FRAIL, DISABILITY, SUBSTANCE)
ACCESS = ("own_home", "ambulatory", "near_base", "with_base")


class Chance(Protocol):
    """Where choices come from."""

    def some(self, low: int, high: int) -> int:
        """A number in low..high."""
        ...


class _Drawn:
    """Choices that Hypothesis makes, and shrinks."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def some(self, low: int, high: int) -> int:
        """A number in low..high."""
        return self.draw(st.integers(low, high))


class _Thrown:
    """Choices of a seeded generator: more varied than Hypothesis' own, which repeat themselves."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def some(self, low: int, high: int) -> int:
        """A number in low..high."""
        return self.dice.randint(low, high)


class _Odds:
    """Choices with odds, so that most rows are plain and every oddity comes now and then.

    Every other data set is a calm one, where oddities are four times as rare: more people find a home there.
    """

    def __init__(self, chance: Chance) -> None:
        self.some = chance.some
        self.calm = self.pick(1, 4)

    def pick(self, *values: T) -> T:
        """One of the values; the first is the simplest."""
        return values[self.some(0, len(values) - 1)]

    def rarely(self, odds: int = 8) -> bool:
        """True once in ``odds``, or more rarely in a calm data set."""
        odds *= self.calm if odds > 3 else 1
        return self.some(0, odds - 1) == odds - 1

    def maybe(self, default: T, *values: T, odds: int = 5) -> T:
        """``default``, and once in ``odds`` one of the values."""
        return self.pick(*values) if self.rarely(odds) else default

    def subset(self, values: Sequence[T], most: int) -> tuple[T, ...]:
        """Some of the values, in any order."""
        left, found = list(values), []
        for _ in range(self.some(0, min(most, len(left)))):
            found.append(left.pop(self.some(0, len(left) - 1)))
        return tuple(found)

    def shuffled(self, values: Sequence[T]) -> tuple[T, ...]:
        """All of the values, in any order."""
        left = list(values)
        return tuple(left.pop(self.some(0, len(left) - 1)) for _ in values)


def datasets(most_applicants: int = 4, most_units: int = 6) -> st.SearchStrategy[Dataset]:
    """Data sets small enough for brute force."""

    @st.composite
    def made(draw: st.DrawFn) -> Dataset:
        return _dataset(_Odds(_Drawn(draw)), most_applicants, most_units)

    return made()


def thrown_dataset(seed: int, most_applicants: int = 4, most_units: int = 6) -> Dataset:
    """The data set of a seed, small enough for brute force."""
    return _dataset(_Odds(_Thrown(seed)), most_applicants, most_units)


def _policy(d: _Odds) -> Policy:
    """The default policy with tiers in another order or joined, one weighted sum, rules off, other parameters."""
    made = default_policy()
    params: dict[str, dict[str, Any]] = {
        "H1": {},
        "H2": {"max_steps_above": d.maybe(2, 0, 1)},
        "H3": {
            "min_residents": d.pick(1, 2, 3, 2), "max_residents": d.pick(8, 4, 3, 2, 4),
            "community_max": d.pick(8, 4, 3, 2), "warn_above": 5,
        },
        "H4": {"apart": [_apart(d) for _ in range(d.maybe(0, 1, 2, odds=2))]},
        "H5": {
            "near_minutes": 10, "ambulatory_minutes": 30, "max_groups": d.pick(3, 1, 2, 1),
            "max_sites": d.maybe(1, 2), "hours_per_staff": d.maybe(20, 5, 10),
        },
        "H6": {},
        "H7": {},
        "H8": {
            "level": d.pick("district", "site"), "share_percent": d.pick(60, 50, 34, 75),
            "allowance": d.pick(0, 1, 2),
        },
    }  # fmt: skip
    on = {rule: not d.rarely(12) for rule in params}
    on["H8"] = d.rarely(3)
    settings = {rule: RuleSetting(enabled=on[rule], **params[rule]) for rule in params}
    tiers = made.tiers
    shape = d.some(0, 9)
    if shape == 7:
        tiers = d.shuffled(tiers)
    elif shape == 8:
        everything = [goal for tier in tiers for goal in tier.goals]
        tiers = tuple(
            TierSetting(name=name, goals=tuple(d.pick(*everything) for _ in range(d.some(1, 4))))
            for name in ("one", "two", "three")
        )
    elif shape == 9:
        lost = [replace_weight(goal, d.some(1, 9)) for goal in tiers[-2].goals + tiers[-1].goals]
        tiers = (*tiers[:4], TierSetting(name="mixed", goals=tuple(lost)))
    tiers = tuple(
        tier.model_copy(update={"goals": tuple(_other_params(d, g) for g in tier.goals)}) for tier in tiers
    )
    return made.model_copy(
        update={"rules": settings, "tiers": tiers, "objective": d.maybe("tiers", "weighted", odds=6)}
    )


def replace_weight(goal: GoalSetting, weight: int) -> GoalSetting:
    """The same goal with another weight."""
    return GoalSetting(goal=goal.goal, weight=weight, **goal.params)


def _other_params(d: _Odds, goal: GoalSetting) -> GoalSetting:
    changes: dict[str, dict[str, Any]] = {
        "age_spread": {"free_steps": d.pick(2, 0, 1)}, "residents_above": {"threshold": d.pick(5, 1, 2)},
        "vacancy_days": {"days": d.maybe(365, 20)}, "wishes_unmet": {"place_points": d.maybe(5, 2)},
    }  # fmt: skip
    return GoalSetting(goal=goal.goal, weight=goal.weight, **(goal.params | changes.get(goal.goal, {})))


def _apart(d: _Odds) -> dict[str, str]:
    a, b = d.pick((DISABILITY, SUBSTANCE), (FRAIL, SUBSTANCE), (DISABILITY, FRAIL))
    return {"a": a, "b": b, "level": d.pick("site", "group", "community", "near")}


def _dataset(d: _Odds, most_applicants: int, most_units: int) -> Dataset:
    """A data set small enough for brute force; ``faults()`` is empty."""
    made = _policy(d)
    common = d.pick("with_base", "near_base", "own_home", "ambulatory")
    places = _places(d, common)
    units = _units(d, places["groups"], most_units)
    free = [unit.unit_id for unit in units if not unit.reserved]
    residents, movers = _residents(d, free)
    applicants = [_applicant(d, row.resident_id, row, common) for row in movers]
    applicants += [_applicant(d, f"a{i}", None, common) for i in range(d.some(2, most_applicants))]
    applicants = applicants[:most_applicants]
    kept = {row.applicant_id for row in applicants}
    data = Dataset(
        info=DatasetInfo(dataset_id="random", planning_date=DAY, horizon_end=END),
        policy=made,
        applicants=tuple(_with_places(d, row, places, units) for row in applicants),
        units=units,
        residents=tuple(
            row if row.resident_id in kept or row.resident_id[0] == "r" else row.model_copy(
                update={"resident_id": f"r_{row.resident_id}"})
            for row in residents
        ),
        locks=_locks(d, applicants, residents, kept, free),
        **places,
    )  # fmt: skip
    data = replace(
        data, relations=_relations(d, [*data.applicant, *(r for r in data.resident if r not in kept)])
    )
    if d.rarely(3):
        data = data.with_previous(_previous(d, data))
    assert not data.faults(), [str(fault) for fault in data.faults()]
    return data


def _places(d: _Odds, common: str) -> dict[str, Any]:
    site_ids = [f"s{i}" for i in range(d.some(1, 3))]
    sites = tuple(
        Site(
            site_id=name, district=d.pick("north", "south"), municipality=d.maybe(None, "tromso", "oslo", odds=8),
            near_sites=tuple(other for other in d.subset(site_ids, 1) if other != name),
        )
        for name in site_ids
    )  # fmt: skip
    communities = tuple(
        Community(
            community_id=f"c{i}", site_id=d.pick(*site_ids),
            max_residents=d.maybe(None, 1, 2, 3, 9, odds=2), max_reason="agreed",
        )
        for i in range(d.some(0, 3))
    )  # fmt: skip
    bases = tuple(_base(d, f"b{i}", site_ids, communities) for i in range(d.some(1, 3)))
    groups = tuple(_group(d, f"g{i}", site_ids, communities, bases, common) for i in range(d.some(1, 4)))
    travel = tuple(
        TravelTime(from_site_id=a, to_site_id=b, minutes=d.pick(5, 10, 11, 30, 31))
        for a in site_ids
        for b in site_ids
        if a != b and not d.rarely(5)
    )
    return {
        "sites": sites, "communities": communities, "groups": groups, "bases": bases, "travel_times": travel
    }  # fmt: skip


def _base(d: _Odds, name: str, sites: list[str], communities: Sequence[Community]) -> Base:
    inside = d.pick(*communities) if communities and d.rarely(2) else None
    return Base(
        base_id=name, site_id=inside.site_id if inside and not d.rarely(4) else d.pick(*sites),
        community_id=inside.community_id if inside else None,
        kind=d.pick("on_site", "near", "ambulatory"),
        serves=d.maybe(ACCESS[1:], ("with_base",), ("near_base", "ambulatory"), odds=4),
        open_today=not d.rarely(3), max_groups=d.maybe(None, 1, 2, odds=4), max_sites=d.maybe(None, 1, 2, odds=4),
        capacity_hours=d.pick(100, 100, 30, 20, 10, 0),
        competence_capacity=d.maybe({}, {"nurse": 3}, {"nurse": 8}, odds=2),
        staffed_hours=d.maybe(None, 0, 5, "7.25", 15, odds=2), staff_size=d.pick(5, 13, 16),
        max_staff=d.maybe(None, 1, 2, odds=5),
    )  # fmt: skip


def _group(
    d: _Odds,
    name: str,
    sites: list[str],
    communities: Sequence[Community],
    bases: Sequence[Base],
    common: str,
) -> Group:
    inside = d.pick(*communities) if communities and not d.rarely(3) else None
    low = d.maybe(1, None, 2, 3, odds=2)
    most = d.maybe(None, 1, 2, 3, 4, odds=2)
    if low is not None and most is not None and most < low:
        low, most = most, low
    return Group(
        group_id=name, site_id=inside.site_id if inside else d.pick(*sites),
        community_id=inside.community_id if inside else None,
        kind=d.pick("shared", "shared", "cluster", "scattered"),
        target_groups=d.maybe(KINDS, KINDS[:2], KINDS[:1], KINDS[1:], odds=4),
        service_access=d.maybe(common, *ACCESS, odds=3),
        min_residents=low, max_residents=most,
        base_id=d.pick(*bases).base_id if d.rarely(3) else None,
    )  # fmt: skip


def _units(d: _Odds, groups: Sequence[Group], most: int) -> tuple[Unit, ...]:
    made: list[Unit] = []
    for index, group in enumerate(groups):
        room = most - len(made) - (len(groups) - index - 1)
        made += [_unit(d, f"u{len(made) + k}", group) for k in range(d.some(1, max(1, min(3, room))))]
    return tuple(made)


def _unit(d: _Odds, name: str, group: Group) -> Unit:
    plain = not d.rarely(2)
    odd: dict[str, Any] = {} if plain else {
        "features": d.subset(("wheelchair", "step_free"), 2), "robustness": d.maybe(2, 1, 3),
        "available_from": d.pick(DAY - dt.timedelta(200), DAY, DAY, DAY + dt.timedelta(1), dt.date(2026, 9, 1),
                                 END, END + dt.timedelta(1)),
        "temporary": d.rarely(5), "reserved": d.rarely(6),
        "legal_basis": d.maybe("health_and_care", "municipal_tenancy", odds=16),
        "deciding_office": d.maybe("allocation_office", "other_office", odds=16),
        "sex_only": d.maybe(None, "female", "male", odds=8), "age_min": d.maybe(None, 40, 50, odds=6),
        "age_max": d.maybe(None, 50, 60, odds=6),
    }  # fmt: skip
    return Unit(
        **{
            "unit_id": name, "group_id": group.group_id, "max_persons": d.maybe(2, 1, odds=3),
            "available_from": DAY - dt.timedelta(200), **odd,
        }
    )  # fmt: skip


def _residents(d: _Odds, free: list[str]) -> tuple[list[Resident], list[Resident]]:
    residents, movers = [], []
    for unit in free:
        if d.rarely(3):
            moves = d.rarely(2)
            row = Resident(
                resident_id=f"{'m' if moves else 'r'}{len(residents)}", unit_id=unit,
                household_size=d.maybe(1, 2), age=d.pick(45, 28, 60, 83), target_group=d.pick(*KINDS),
                service_need=d.pick(*ACCESS), **_hours(d),
            )  # fmt: skip
            residents.append(row)
            if moves:
                movers.append(row)
    return residents, movers


def _hours(d: _Odds) -> dict[str, Any]:
    hours = d.pick(5, 0, 10, "7.25", 12, 20)
    nurse = {"nurse": d.pick(0, 2, 3, 5)} if d.rarely(3) and float(hours) >= 5 else {}
    return {"care_hours": hours, "competence_hours": nurse}


def _applicant(d: _Odds, name: str, lives: Resident | None, common: str) -> Applicant:
    fields: dict[str, Any] = {
        "applicant_id": name, "household_size": d.maybe(1, 2, odds=7), "age": d.pick(45, 28, 50, 60, 83),
        "sex": d.pick("unspecified", "female", "male"), "target_group": d.pick(*KINDS),
        "service_need": d.maybe(common, *ACCESS, odds=4),
        "severity": d.pick(3, 5, 3, 1, 2, 4), "benefit": d.pick(3, None, 1, 5),
        "applied_on": DAY - dt.timedelta(d.pick(30, 0, 29, 400)),
        "present_housing": d.pick("own_home", "homeless"), **_hours(d),
    }  # fmt: skip
    if not d.rarely(3):
        fields |= {"max_steps_above": d.pick(2, 1, 3), "steps_above_reason": "agreed"}
    if d.rarely(6):
        fields["required_features"] = d.subset(("step_free", "wheelchair"), 2)
    if d.rarely(6):
        fields["robustness_need"] = d.pick(2, 3)
    if d.rarely(3):
        fields |= {
            "statutory_right": d.pick("right", "minimum_standard"),
            "statutory_deadline": d.pick(DAY, DAY - dt.timedelta(9), dt.date(2026, 9, 1), END,
                                         END + dt.timedelta(1)),
        }  # fmt: skip
    if d.rarely(16):
        fields["legal_basis"] = "municipal_tenancy"
    if d.rarely(10):
        fields["municipality"] = d.pick("tromso", "oslo")
    if d.rarely(4):
        fields["earliest_move_in"] = d.pick(DAY, dt.date(2026, 7, 1), dt.date(2028, 1, 1))
    elif d.rarely(4):
        fields["latest_move_in"] = d.pick(DAY, DAY + dt.timedelta(1), dt.date(2026, 9, 1), END)
    if lives is not None:
        fields |= {
            "application": d.pick("transfer", "reassessment"), "present_unit_id": lives.unit_id,
            "present_housing": "municipal_home",
        }  # fmt: skip
        if not d.rarely(4):
            fields |= {"household_size": lives.household_size, "target_group": lives.target_group}
    return Applicant(**fields)


def _with_places(d: _Odds, row: Applicant, places: dict[str, Any], units: Sequence[Unit]) -> Applicant:
    known = [
        *(f"district:{s.district}" for s in places["sites"]), *(f"site:{s.site_id}" for s in places["sites"]),
        *(f"community:{c.community_id}" for c in places["communities"]),
        *(f"group:{g.group_id}" for g in places["groups"]), *(f"unit:{u.unit_id}" for u in units),
    ]  # fmt: skip
    changes: dict[str, Any] = {}
    if d.rarely(2):
        changes["place_wishes"] = d.subset(sorted(set(known)), 3)
    if d.rarely(5):
        changes["vetoes"] = d.subset(
            [*sorted(set(known)), "community_size_above:1", "community_size_above:3"], 1
        )
    if d.rarely(5):
        changes["community_size_wish"] = d.some(1, 4)
    return row.model_copy(update=changes)


def _locks(
    d: _Odds, applicants: Sequence[Applicant], residents: Sequence[Resident], kept: set[str], free: list[str]
) -> tuple[Lock, ...]:
    """Up to two: into empty homes, or into the home of a mover who is locked elsewhere, or where one lives."""
    made: list[Lock] = []
    lives = {row.unit_id: row.resident_id for row in residents}
    empty = [unit for unit in free if unit not in lives]
    for row in applicants:
        if len(made) < 2 and d.rarely(7):
            unit = d.pick(*empty) if empty and not d.rarely(4) else row.present_unit_id
            if unit is None:
                continue
            made.append(Lock(applicant_id=row.applicant_id, unit_id=unit))
            if unit in empty:
                empty.remove(unit)
            if row.present_unit_id is not None and row.present_unit_id != unit:
                empty.append(row.present_unit_id)
    return tuple(made)


def _relations(d: _Odds, people: Sequence[str]) -> tuple[Relation, ...]:
    made: dict[tuple[str, str, str], Relation] = {}
    for _ in range(d.pick(1, 0, 2, 3, 4)):
        one, other = d.pick(*people[:4]), d.pick(*people)
        kind = d.pick("conflict", "together", "wish_for", "wish_against")
        if one == other:
            continue
        level = d.pick("group", "community") if kind == "together" else d.pick("group", "community", "site")
        made[kind, one, other] = Relation(
            kind=kind, person_a=one, person_b=other, level=level, weight=d.pick(3, 1, 5),
            or_none=kind == "together" and d.rarely(2), verified_on=DAY if kind == "conflict" else None,
        )  # fmt: skip
    return tuple(made.values())


def _previous(d: _Odds, data: Dataset) -> Solution:
    """Any earlier proposal, feasible or not."""
    units = list(data.unit)
    placements = {row.applicant_id: d.pick(*units) for row in data.applicants if d.rarely(2)}
    bases = {group: d.pick(*data.base) for group in data.group if d.rarely(2)}
    return Solution(placements, bases)
