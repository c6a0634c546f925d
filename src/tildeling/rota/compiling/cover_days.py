"""Which lines of the cover plan hold on which day, and how they become primitives: the engines' half.

On a public holiday (a Sunday is none; a cycle has none) hold the lines that name ``holiday``, and of the lines
for that day of the week those whose set of shift codes no line that names ``holiday`` has.  Competences do not
matter for that.  A line with a date holds on its date, and makes no other give way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

import numpy as np

from tildeling.rota.calendar import red_day
from tildeling.rota.compiling.frame import Frame
from tildeling.rota.tables import CoverNeed, Weekday
from tildeling_models.roster.problem import Bools

NAMES = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY,
         Weekday.SATURDAY, Weekday.SUNDAY)  # fmt: skip


def on_days(frame: Frame) -> Iterator[tuple[int, tuple[CoverNeed, ...]]]:
    """Each planned day's number, with the lines that hold on it."""
    rows = frame.data.cover
    replaced = {frozenset(row.shift_codes) for row in rows if Weekday.HOLIDAY in row.days}
    for day in frame.planned.tolist():
        date = frame.dates[day]
        red = is_holiday(frame, date)
        yield day, tuple(row for row in rows if _asked(row, date, red, replaced))


def is_holiday(frame: Frame, date: dt.date) -> bool:
    """Whether a date is a public holiday in a plan for dates."""
    return not frame.data.cyclic and red_day(date) is not None


def _asked(row: CoverNeed, date: dt.date, red: bool, replaced: set[frozenset[str]]) -> bool:
    if row.date is not None:
        return row.date == date
    if red:
        if Weekday.HOLIDAY in row.days:
            return True
        if frozenset(row.shift_codes) in replaced:
            return False
    return NAMES[date.weekday()] in row.days


def activities(frame: Frame, codes: Collection[str]) -> Bools:
    """(A + 1,) the activities of some shift codes."""
    found = np.zeros(frame.shape[2], dtype=bool)
    found[[frame.codes[code] for code in codes]] = True
    return found


def qualified(frame: Frame, competence: str | None) -> Bools:
    """(P,) those who have a competence; all where none is asked for."""
    return np.array(
        [competence is None or competence in row.competences for row in frame.data.staff], dtype=bool
    )


def asked_heads(frame: Frame, within: Bools) -> list[int]:
    """Persons asked for on each planned day on activities ``within`` (A + 1,): one number for each set of shifts.

    Lines for one set of shifts are about the same persons, so the largest of them is taken.
    """
    found = []
    for _day, rows in on_days(frame):
        largest: dict[frozenset[str], int] = {}
        for row in rows:
            key = frozenset(row.shift_codes)
            if (activities(frame, key) <= within).all():
                wanted = row.wanted if row.wanted is not None else row.least
                largest[key] = max(wanted, largest.get(key, 0))
        found.append(sum(largest.values()))
    return found
