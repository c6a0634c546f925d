"""Windows of days that sums and averages are taken over: the checker's side.

A duty counts on the day it begins.  Windows of some weeks begin on Mondays, those of the past among them as far
as the history reaches, and end within the plan; where the plan, with the history, is too short for one, the plan
itself is the window.  In a cycle they run over its end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tildeling.rota.case import DAY, Case, Duty

KNOWN_WEEKS = 8
"""Weeks of the past that are looked at: those of the longest running average."""

TINY = 1e-6
"""What a product of hours may be off by."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of days, both ends included."""

    first: dt.date
    last: dt.date

    @property
    def weeks(self) -> float:
        """Its length in weeks."""
        return ((self.last - self.first).days + 1) / 7


def of_weeks(case: Case, weeks: int) -> list[Window]:
    """Windows of so many weeks, or one of the whole plan where that is shorter."""
    data = case.data
    whole = Window(data.info.start, data.last_day)
    if data.cyclic:
        if weeks >= data.info.weeks:
            return [whole]
        return [_from(monday, 7 * weeks) for monday in case.weeks]
    known = min(KNOWN_WEEKS, _known_days(case) // 7)
    if known + data.info.weeks < weeks:
        return [whole]
    first = max(-known, 1 - weeks)
    mondays = (data.info.start + 7 * week * DAY for week in range(first, data.info.weeks - weeks + 1))
    return [_from(monday, 7 * weeks) for monday in mondays]


def of_seven_days(case: Case, rolling: bool) -> list[Window]:
    """Weeks of the calendar, or seven days from any day on."""
    if not rolling:
        return [_from(monday, 7) for monday in case.weeks]
    if case.data.cyclic:
        return [_from(day, 7) for day in case.data.days]
    before = min(6, _known_days(case))
    days = (case.data.info.start + day * DAY for day in range(-before, len(case.data.days) - 6))
    return [_from(day, 7) for day in days]


def _from(first: dt.date, days: int) -> Window:
    return Window(first, first + (days - 1) * DAY)


def _known_days(case: Case) -> int:
    """Days of the past that there is a history of."""
    history = case.data.history
    return (case.data.info.start - min(row.date for row in history)).days if history else 0


def above(
    case: Case, staff_id: str, window: Window, minutes: Callable[[list[Duty]], int], most: float
) -> int | None:
    """Minutes of someone's duties in a window, if they are too many and the plan has a part in it."""
    duties = case.worked(staff_id, window.first, window.last)
    total = minutes(duties)
    if total <= most + TINY:
        return None
    past = [duty for duty in duties if not case.data.cyclic and not duty.planned]
    return total if total > minutes(past) else None
