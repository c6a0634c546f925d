"""The roster problem: one activity, or none, for each person on each day; rules per person; cover together.

Primitives, each implemented once per engine (one function per family):

===============  ========================================================================================
cells            the (person, day, activity) triples that are allowed, each with a cost per tier
succession       an activity of one set is not followed, some days later, by one of another set
run              lengths of the longest stretches of days whose activity is in a set
sum              a weighted count over some days lies in a range
blocks           the number of blocks of days (weekends, say) with any activity of a set lies in a range
rest             a stretch of time holds one idle interval of a length
target           a weighted sum meets a target that another weighted sum lowers, between two clamps
cover            the number of people of a set, with activities of a set on a day, lies in a range
===============  ========================================================================================

All but cover are about one person at a time.  Each is hard, or costs a price per unit of breach in a tier.
All numbers are integers, so that values and bounds compare exactly.  Activity 0 is to be off.  Kinship: shift
scheduling (Curtois and Qu 2014), the Second International Nurse Rostering Competition (Ceschia et al. 2019).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

OFF = 0
"""The activity of a day off."""

DAY = 1440
"""Minutes of a day."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a unit of breach costs, in a tier."""

    tier: int
    weight: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Range:
    """A range to keep, and a range to keep if it can be had.

    Attributes
    ----------
    least, most
        Hard limits; None where there is none.
    low, high
        Wanted limits; each has its price per started ``unit`` beyond.
    """

    least: int | None = None
    most: int | None = None
    low: int | None = None
    high: int | None = None
    under: Price | None = None
    over: Price | None = None
    unit: int = 1

    def broken(self, count: int) -> int:
        """By how much a count is outside the hard limits: negative below, positive above, else 0."""
        if self.least is not None and count < self.least:
            return count - self.least
        if self.most is not None and count > self.most:
            return count - self.most
        return 0

    def priced(self, count: int) -> Iterator[tuple[int, int]]:
        """(tier, cost) of a count outside the wanted limits."""
        if self.low is not None and self.under is not None and count < self.low:
            yield self.under.tier, self.under.weight * -((count - self.low) // self.unit)
        if self.high is not None and self.over is not None and count > self.high:
            yield self.over.tier, self.over.weight * -((self.high - count) // self.unit)


@dataclass(frozen=True, eq=False, kw_only=True)
class Succession:
    """After an activity of ``first`` on a day, none of ``then`` so many days later; hard without a price.

    Attributes
    ----------
    people
        (k,) who it is about.
    first, then
        (A + 1,) sets of activities, off among them if wanted.
    lag
        Days from the first to the other, at least 1.
    days
        Days of the first activity that it is about; None: all.
    tag
        What it comes from; the number is the caller's, and stands in every report of a breach.
    """

    people: Ints
    first: Bools
    then: Bools
    lag: int = 1
    days: Ints | None = None
    price: Price | None = None
    tag: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Run:
    """A longest stretch of days with activities of ``of`` has between ``least`` and ``most`` days.

    A stretch that touches the first or the last day of a roster that is not cyclic need not reach ``least``.
    Each limit is hard without a price, else costs it per day that is missing or too many.
    """

    people: Ints
    of: Bools
    least: int = 1
    most: int | None = None
    short: Price | None = None
    long: Price | None = None
    tag: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Sum(Range):
    """The sum over ``days`` of ``weight[k, activity]`` on day ``days[k]`` lies in a range."""

    people: Ints
    days: Ints
    weight: Ints
    tag: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Blocks(Range):
    """The number of blocks that hold any activity of ``of`` lies in a range.

    ``block`` (D,) is the block of each day, -1 for none.  ``of`` (A + 1,) is a set of activities, or (D, A + 1) one
    for each day: a night shift on the eve may belong to a Sunday while a day shift does not.
    """

    people: Ints
    block: Ints
    of: Bools
    tag: int = 0

    def on(self, day: int) -> Bools:
        """(A + 1,) the set of activities on a day."""
        return self.of[day] if self.of.ndim > 1 else self.of


@dataclass(frozen=True, eq=False, kw_only=True)
class Rest:
    """Between the minutes ``begin`` and ``end`` (of the horizon) lies an idle interval of ``length`` minutes.

    In a cyclic roster minutes past the end are those of the beginning.
    """

    people: Ints
    begin: int
    end: int
    length: int
    tag: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Target(Range):
    """``sum(weight) - clamp(base - sum(relief), floor, ceiling)`` lies in a range.

    Both weights are (D, A + 1), by day and activity.
    """

    people: Ints
    weight: Ints
    relief: Ints
    base: int
    floor: int
    ceiling: int
    tag: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Cover(Range):
    """The number of people of ``who`` (P,) with an activity of ``of[k]`` (K, A + 1) on ``days[k]`` lies in a range."""

    days: Ints
    who: Bools
    of: Bools
    tag: int = 0


Rule = Succession | Run | Sum | Blocks | Rest | Target
"""What one person's schedule keeps by itself."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RosterProblem:
    """People × days × activities.

    Attributes
    ----------
    tiers
        Names of the goals, first to last; each is minimised given those before it.
    start, end
        (A + 1,) minutes from the midnight that an activity's day begins with; an end may pass 1440.
    allowed
        (P, D, A + 1) what a person may do on a day.
    cost
        (T, P, D, A + 1) what it costs.
    rules
        What each person's schedule keeps.
    covers
        What all keep together.
    first
        Days before it are the past: given (one activity allowed), and nothing wholly in it counts.
    cyclic
        The first day follows the last.
    """

    tiers: tuple[str, ...]
    start: Ints
    end: Ints
    allowed: Bools
    cost: Ints
    rules: tuple[Rule, ...] = ()
    covers: tuple[Cover, ...] = ()
    first: int = 0
    cyclic: bool = False
    constant: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        if not len(self.constant):
            object.__setattr__(self, "constant", np.zeros(len(self.tiers), np.int64))
        faults = list(_faults(self))
        if faults:
            raise ValueError("; ".join(faults))

    @property
    def n_people(self) -> int:
        """P."""
        return int(self.allowed.shape[0])

    @property
    def n_days(self) -> int:
        """D, the past included."""
        return int(self.allowed.shape[1])

    @property
    def n_activities(self) -> int:
        """A, without being off."""
        return int(self.allowed.shape[2]) - 1

    def of_person(self, person: int) -> tuple[Rule, ...]:
        """The rules a person's schedule keeps."""
        return self._of_person[person]

    @property
    def _of_person(self) -> tuple[tuple[Rule, ...], ...]:
        found = self.__dict__.get("_by_person")
        if found is None:
            lists: list[list[Rule]] = [[] for _ in range(self.n_people)]
            for rule in self.rules:
                for person in rule.people.tolist():
                    lists[person].append(rule)
            found = tuple(tuple(rules) for rules in lists)
            self.__dict__["_by_person"] = found
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, eq=False)
class Roster:
    """Who does what: (P, D) activity of each person on each day."""

    activity: Ints


def _faults(problem: RosterProblem) -> Iterator[str]:
    people, days, codes = problem.allowed.shape
    tiers = len(problem.tiers)
    for name, at, shape in (
        ("cost", problem.cost, (tiers, people, days, codes)),
        ("start", problem.start, (codes,)),
        ("end", problem.end, (codes,)),
        ("constant", problem.constant, (tiers,)),
    ):
        if at.shape != shape:
            yield f"{name}: shape {at.shape}, not {shape}"
    if not 0 <= problem.first <= days:
        yield f"first: {problem.first} is not in 0..{days}"
    if problem.first and problem.cyclic:
        yield "first: a cyclic roster has no past"
    if (problem.allowed[:, : problem.first].sum(axis=2) > 1).any():
        yield "allowed: a day of the past has more than one activity"
    for number, rule in enumerate((*problem.rules, *problem.covers)):
        for fault in _rule_faults(rule, people, days, codes, tiers):
            yield f"{type(rule).__name__} {number}: {fault}"


def _rule_faults(rule: Rule | Cover, people: int, days: int, codes: int, tiers: int) -> Iterator[str]:
    for name in ("price", "short", "long", "under", "over"):
        price = getattr(rule, name, None)
        if price is not None and not (0 <= price.tier < tiers and price.weight >= 0):
            yield f"{name}: tier {price.tier}, weight {price.weight}"
    if isinstance(rule, Cover):
        if rule.who.shape != (people,) or rule.of.shape != (len(rule.days), codes):
            yield f"who {rule.who.shape}, of {rule.of.shape}"
    elif rule.people.size and not (rule.people.min() >= 0 and rule.people.max() < people):
        yield f"people: not in 0..{people - 1}"
    for name in ("first", "then", "of"):
        mask = getattr(rule, name, None)
        if mask is not None and mask.shape[-1] != codes:
            yield f"{name}: {mask.shape[-1]} activities, not {codes}"
    if isinstance(rule, Succession) and rule.lag < 1:
        yield f"lag: {rule.lag} is below 1"
    if isinstance(rule, Sum) and rule.weight.shape != (len(rule.days), codes):
        yield f"weight: shape {rule.weight.shape}, not {(len(rule.days), codes)}"
    if isinstance(rule, Target) and not (rule.weight.shape == rule.relief.shape == (days, codes)):
        yield f"weight {rule.weight.shape}, relief {rule.relief.shape}, not {(days, codes)}"
    if isinstance(rule, Target) and rule.floor > rule.ceiling:
        yield f"floor {rule.floor} above ceiling {rule.ceiling}"
    if isinstance(rule, Blocks) and rule.of.ndim > 1 and rule.of.shape != (days, codes):
        yield f"of: shape {rule.of.shape}, not {(days, codes)}"
    if isinstance(rule, Blocks) and rule.block.shape != (days,):
        yield f"block: shape {rule.block.shape}, not {(days,)}"
    at = getattr(rule, "days", None)
    if at is not None and at.size and not (at.min() >= 0 and at.max() < days):
        yield f"days: not in 0..{days - 1}"
