"""Days off as a plan shows them: F1 and F2 of each week; F3 and F5 when a base rota meets red days.

F1 is the weekly rest day: a day on which no shift begins and whose noon lies in a rest of 35 hours.  It goes to the
Sunday where it can; else to a day with another day off beside it, to a day that is no public holiday, to the
longest rest, to the latest.  F2 is another day of the week without a shift, beside F1 where it can be.

When a base rota is rolled out, at least every second Sunday and holiday is to be off on average: what the base
rota is short of that are F3 days.  An F1 of the base rota that falls on a public holiday which is not a Sunday
gives an F5 day, or a day's pay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from tildeling.rota.calendar import is_free_day, red_day
from tildeling.rota.case import DAY, HOUR, Case
from tildeling.rota.rollout import base_day, roll_out

REST = 35.0
"""Hours of the weekly rest (AML § 10-8 (2))."""


@dataclass(frozen=True, slots=True)
class WeekMarks:
    """Days off of one person in one week; None where there is no such day."""

    monday: dt.date
    f1: dt.date | None
    f2: dt.date | None

    @property
    def beside(self) -> bool:
        """Whether F2 lies beside F1."""
        return self.f1 is not None and self.f2 is not None and abs(self.f1 - self.f2) == DAY


def weekly(case: Case, staff_id: str, hours: float = REST) -> tuple[WeekMarks, ...]:
    """F1 and F2 of each planned week of someone; ``hours`` is the rest that makes an F1."""
    return tuple(_week(case, staff_id, monday, hours) for monday in case.weeks)


def _week(case: Case, staff_id: str, monday: dt.date, hours: float) -> WeekMarks:
    begun = {duty.day for duty in case.duties[staff_id]}
    off = {
        day: rest
        for day in (monday + number * DAY for number in range(7))
        if day not in begun and (rest := _rest_at_noon(case, staff_id, day)) > dt.timedelta()
    }
    long = [day for day, rest in off.items() if rest >= hours * HOUR]
    if not long:
        return WeekMarks(monday, None, max(off, default=None))
    f1 = max(long, key=lambda day: (
        day.weekday() == 6, day - DAY in off or day + DAY in off, case.data.cyclic or red_day(day) is None,
        off[day], day,
    ))  # fmt: skip
    others = [day for day in off if day != f1]
    f2 = max(others, key=lambda day: (abs(day - f1) == DAY, day), default=None)
    return WeekMarks(monday, f1, f2)


def _rest_at_noon(case: Case, staff_id: str, day: dt.date) -> dt.timedelta:
    """How long the rest is that holds a day's noon; nothing if they are at work then, all time if it has no end."""
    noon = case.at(day, 12 * 60)
    duties = [duty for duty in case.duties[staff_id] if duty.at_work]
    if any(duty.begin <= noon < duty.end for duty in duties):
        return dt.timedelta()
    before = max((duty.end for duty in duties if duty.end <= noon), default=None)
    after = min((duty.begin for duty in duties if duty.begin > noon), default=None)
    return dt.timedelta.max if before is None or after is None else after - before


@dataclass(frozen=True, slots=True)
class RedDays:
    """How a base rota meets the red days of some weeks, for one person.

    Attributes
    ----------
    red, off
        Sundays and public holidays, and those of them without a shift.
    f3
        Days off that are owed, for at least half of the red days to be off.
    f5
        Dates on which an F1 of the base rota falls on a public holiday that is not a Sunday.
    """

    red: int
    off: int
    f3: int
    f5: tuple[dt.date, ...]


def red_days(base: Case, start: dt.date, weeks: int = 26, first_week: int = 1) -> Mapping[str, RedDays]:
    """What each is owed when a base rota is rolled out from a Monday on; see :func:`~tildeling.rota.rollout.roll_out`.

    Raises
    ------
    ValueError
        As rolling out does.
    """
    dated, rota = roll_out(base.data, base.rota, start, weeks, first_week)
    case = Case(dated, rota)
    red = [day for day in dated.days if is_free_day(day)]
    found = {}
    for person in dated.staff:
        worked = {duty.day for duty in case.duties[person.staff_id] if duty.at_work}
        off = sum(day not in worked for day in red)
        rest_days = {marks.f1 for marks in weekly(base, person.staff_id)}
        f5 = tuple(
            day
            for day in red
            if day.weekday() != 6 and base_day(base.data, day, start, first_week) in rest_days
        )
        found[person.staff_id] = RedDays(len(red), off, owed(len(red), off), f5)
    return found


def owed(red: int, off: int) -> int:
    """F3 days: how many more of the red days should be off for every second one to be."""
    return max(0, (red + 1) // 2 - off)
