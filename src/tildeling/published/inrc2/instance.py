"""What the files of an instance hold, by the competition's own names and numbers.

S. Ceschia, N. Dang, P. De Causmaecker, S. Haspeslagh, A. Schaerf: The Second International Nurse Rostering
Competition, *Annals of Operations Research* 274 (2019).  Static: all weeks are known at once.  Day 0 is the Monday
of the first week; a working day is one shift, worked in one skill.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEK = len(WEEKDAYS)
SATURDAY = 5

COVER, SAME_SHIFT, WORKING, DAYS_OFF = 30, 15, 30, 30
PREFERENCE, COMPLETE_WEEKEND, ASSIGNMENTS, WEEKENDS = 10, 30, 20, 30
"""What a unit of each soft limit costs, S1 to S7 of the competition."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift: id, how many in a row, and the ids of shifts that may not come the day after it."""

    id: str
    least: int
    most: int
    not_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """Soft limits of a contract.

    Attributes
    ----------
    least, most
        Working days over the horizon.
    least_on, most_on, least_off, most_off
        Lengths of stretches of working days, and of days off.
    weekends
        Weekends with work on Saturday, Sunday or both, at most.
    complete
        Whether a weekend is to be worked whole or not at all.
    """

    id: str
    least: int
    most: int
    least_on: int
    most_on: int
    least_off: int
    most_off: int
    weekends: int
    complete: bool


@dataclass(frozen=True, slots=True)
class History:
    """A nurse's last days before day 0.

    Attributes
    ----------
    assignments, weekends
        Working days and working weekends so far, which count against the contract's limits.
    last
        Shift of the day before day 0; "" for a day off.
    same, on, off
        How many days in a row, up to day 0, that shift, any work, and no work lasted.
    """

    assignments: int
    weekends: int
    last: str
    same: int
    on: int
    off: int


@dataclass(frozen=True, slots=True)
class Nurse:
    """A nurse: id, contract, skills, and what was before."""

    id: str
    contract: str
    skills: tuple[str, ...]
    history: History


@dataclass(frozen=True, slots=True)
class Cover:
    """How many are needed in a shift and skill on a day, and how many are wanted."""

    day: int
    shift: str
    skill: str
    least: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Request:
    """A wish to be free of a shift on a day; "" is any shift."""

    nurse: str
    day: int
    shift: str


@dataclass(frozen=True)
class Instance:
    """A scenario, a history and weeks; everything in file order.

    ``data`` is the name of the set, ``scenario`` what its files call it, ``weeks`` the numbers of the week files.
    """

    name: str
    data: str
    scenario: str
    weeks: tuple[int, ...]
    skills: tuple[str, ...]
    shifts: tuple[Shift, ...]
    contracts: tuple[Contract, ...]
    nurses: tuple[Nurse, ...]
    covers: tuple[Cover, ...] = ()
    requests: tuple[Request, ...] = ()

    @property
    def days(self) -> int:
        """Days of the horizon."""
        return WEEK * len(self.weeks)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content; blank lines and names of files do not count."""
        parts = (
            len(self.weeks), self.skills, self.shifts, self.contracts, self.nurses, self.covers, self.requests
        )  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    @cached_property
    def contract_of(self) -> dict[str, Contract]:
        """Contract of each nurse."""
        named = {contract.id: contract for contract in self.contracts}
        return {nurse.id: named[nurse.contract] for nurse in self.nurses}


class Work(NamedTuple):
    """A working day: its shift, and the skill it is worked in."""

    shift: str
    skill: str


Day = tuple[Work, ...]
"""What a nurse does on a day: nothing, or one; a plan made elsewhere may hold more, which breaks H1."""

Plan = dict[str, tuple[Day, ...]]
"""Nurse -> every day of the horizon."""
