"""Which lines of the cover plan hold on which day, and how many each has: the checker's half.

A line with a date holds on that date.  A line with days holds on those days of the week; ``holiday`` among them
means every public holiday.  On a public holiday that is not enough for a day of the week: its line gives way when
another line asks for the very same set of shift codes on holidays, whatever competence either asks for.  Sundays
are no holidays here, and a base rota that repeats has none: a line for holidays alone never holds there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tildeling.rota.calendar import red_day
from tildeling.rota.case import Case
from tildeling.rota.tables import CoverNeed, Weekday


def lines(case: Case) -> Iterator[tuple[dt.date, CoverNeed]]:
    """Each planned day with each line that holds on it."""
    for day in case.data.days:
        for row in case.data.cover:
            if holds(case, row, day):
                yield day, row


def holds(case: Case, row: CoverNeed, day: dt.date) -> bool:
    """Whether a line asks for anyone on a day."""
    if row.date is not None:
        return row.date == day
    holiday = not case.data.cyclic and red_day(day) is not None
    if holiday and Weekday.HOLIDAY in row.days:
        return True
    if tuple(Weekday)[day.weekday()] not in row.days:
        return False
    return not (holiday and any(_for_holidays(other, row) for other in case.data.cover))


def _for_holidays(other: CoverNeed, row: CoverNeed) -> bool:
    return Weekday.HOLIDAY in other.days and set(other.shift_codes) == set(row.shift_codes)


def present(case: Case, day: dt.date, codes: tuple[str, ...], competence: str | None) -> int:
    """How many have one of some shifts on a day, only those with the competence where one is asked for."""
    return sum(
        case.rota.shift(person.staff_id, day) in codes
        for person in case.data.staff
        if competence is None or competence in person.competences
    )


def heads(case: Case, day: dt.date, among: frozenset[str]) -> int:
    """How many persons the plan asks for on a day, over lines whose every shift is among some.

    Lines for the same shifts (one of them for a competence, say) are about the same persons: the largest counts.
    """
    most: dict[frozenset[str], int] = {}
    for row in case.data.cover:
        codes = frozenset(row.shift_codes)
        if codes <= among and holds(case, row, day):
            most[codes] = max(most.get(codes, 0), row.least if row.wanted is None else row.wanted)
    return sum(most.values())
