"""What a file in the format holds, by the format's own names and numbers (Curtois and Qu 2014).

T. Curtois, R. Qu: Computational results on new staff scheduling benchmark instances, 2014.
Day 0 is a Monday; nobody works more than one shift a day.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift: id, minutes, and the ids of shifts that may not come the day after it."""

    id: str
    minutes: int
    not_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Hard limits of one person's schedule.

    Attributes
    ----------
    most_of
        (shift, how often at most), every shift once.
    most_minutes, least_minutes
        Limits of the minutes worked over the horizon.
    most_on, least_on
        Limits of a stretch of working days.
    least_off
        Least length of a stretch of days off.
    most_weekends
        Weekends with work on Saturday, Sunday or both, at most.
    days_off
        Days on which the person may not work.
    """

    id: str
    most_of: tuple[tuple[str, int], ...]
    most_minutes: int
    least_minutes: int
    most_on: int
    least_on: int
    least_off: int
    most_weekends: int
    days_off: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A wish about one shift on one day; what it is about, to work it or not, says the list it stands in."""

    person: str
    day: int
    shift: str
    weight: int


@dataclass(frozen=True, slots=True)
class Cover:
    """How many are wanted in a shift on a day, and what each one too few or too many costs."""

    day: int
    shift: str
    wanted: int
    under: int
    over: int


@dataclass(frozen=True)
class Instance:
    """A whole file; everything in file order."""

    name: str
    days: int
    shifts: tuple[Shift, ...]
    people: tuple[Person, ...]
    on: tuple[Request, ...] = ()
    off: tuple[Request, ...] = ()
    covers: tuple[Cover, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content; comments, blank lines and the file's name do not count."""
        parts = (self.days, self.shifts, self.people, self.on, self.off, self.covers)
        return hashlib.sha256(repr(parts).encode()).hexdigest()


Plan = dict[str, tuple[str, ...]]
"""Person -> the shift of each day, "" for a day off."""
