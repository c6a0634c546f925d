"""Hours as they count to working-time law: the engines' side, (D, A + 1) arrays of whole minutes.

Row ``d`` is what each activity counts when it begins on day ``d``; column 0, being off, is 0.  Real minutes: the
nights on which the clock is changed are right.  ``counting.py`` holds the same for the checker, written on its own.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from tildeling.rota.calendar import SHORT_EVES, dst_minutes, is_free_day, red_day
from tildeling.rota.compiling.frame import Frame
from tildeling.rota.rules.terms import LAW, Terms
from tildeling.rota.tables import ShiftKind
from tildeling_models.roster.problem import DAY, Ints


def worked(frame: Frame, terms: Terms = LAW) -> Ints:
    """(D, A + 1) minutes of ordinary working hours: without breaks, passive duty at half, at home at a seventh.

    Passive duty takes off at most ``terms.passive_day`` minutes each; the cap over a week is a matter of whoever
    sums up a week (see ``compiling/windows.py``).
    """
    whole = present(frame, terms)
    return whole - np.minimum(_relief(frame, terms), whole)


def present(frame: Frame, terms: Terms = LAW) -> Ints:
    """(D, A + 1) minutes worked with passive duty counted whole."""
    shifts = frame.data.shifts
    span = (frame.end - frame.start) + frame.clock_change
    unpaid = [
        0 if row.break_is_work or row.kind is ShiftKind.LIVE_IN else row.break_minutes for row in shifts
    ]
    found: Ints = np.maximum(span - np.array([0, *unpaid]), 0)
    home = frame.of_kind(ShiftKind.STANDBY)
    share = terms.standby_one_in
    found[:, home] = (span[:, home] + share - 1) // share if share else 0
    return found


def _relief(frame: Frame, terms: Terms) -> Ints:
    """(A + 1,) minutes that do not count of each activity, for it is passive."""
    half = [min(int(row.passive_hours * 60) // 2, terms.passive_day) for row in frame.data.shifts]
    found = np.array([0, *half], np.int64)
    found[frame.of_kind(ShiftKind.STANDBY, ShiftKind.LIVE_IN)] = 0
    return found


def night(frame: Frame, begin: int = 21 * 60, end: int = 30 * 60) -> Ints:
    """(D, A + 1) minutes at night: between ``begin`` and ``end``, minutes from the midnight before the night."""
    minute = np.arange(_reach(frame) * DAY)
    dark = (minute - begin) % DAY < end - begin
    upto = np.concatenate([[0], np.cumsum(dark)])
    found = np.tile(upto[frame.end] - upto[frame.start], (len(frame.dates), 1))
    if dark[120]:  # the clock is changed between two and three
        found = found + frame.clock_change
    return _at_work(frame, found)


def zone(frame: Frame) -> Ints:
    """(D, A + 1) minutes in the zone of Sundays and holidays (§ 10-10 (1)).

    From 18:00 the eve, 15:00 on Christmas, Easter and Whit eve, until 22:00 on the day before the next working day.
    """
    first, days = frame.dates[0], len(frame.dates) + _reach(frame)
    dates = [first + dt.timedelta(days=day) for day in range(days + 1)]
    free = np.array([_free(frame, date) for date in dates])
    short = np.array([not frame.data.cyclic and red_day(date) in SHORT_EVES for date in dates])
    clock = np.arange(DAY)
    within = np.empty((days, DAY), dtype=bool)
    for day in range(days):
        opens = DAY if not free[day + 1] else 900 if short[day + 1] else 1080
        closes = 0 if not free[day] else DAY if free[day + 1] else 1320
        within[day] = (clock >= opens) | (clock < closes)
    upto = np.concatenate([[0], np.cumsum(within.ravel())])
    begins = DAY * np.arange(len(frame.dates))[:, None]
    found = upto[begins + frame.end] - upto[begins + frame.start]
    # The clock is changed on Sundays at night, always within the zone.
    return _at_work(frame, found + frame.clock_change)


def running(frame: Frame, minute: Ints) -> Ints:
    """Minutes of the horizon (midnight of the first day is 0) on a clock that is never changed."""
    found = minute.copy()
    if not frame.data.cyclic:
        for day in range(len(frame.dates) + _reach(frame)):
            extra = dst_minutes(frame.dates[0] + dt.timedelta(days=day))
            found += np.where(minute >= DAY * day + 180, extra, 0)
    return found


def instants(frame: Frame) -> tuple[Ints, Ints]:
    """(D, A + 1) when each activity begins and ends, by the running clock."""
    midnight = DAY * np.arange(len(frame.dates))[:, None]
    return running(frame, midnight + frame.start), running(frame, midnight + frame.end)


def next_day(at: Ints) -> Ints:
    """The same instants of the following day; past the end the first day's, a turn later."""
    return np.concatenate([at[1:], at[:1] + DAY * len(at)])


def _free(frame: Frame, date: dt.date) -> bool:
    return date.weekday() == 6 if frame.data.cyclic else is_free_day(date)


def _reach(frame: Frame) -> int:
    """Days from the one a shift begins on to the end of the longest."""
    return int(frame.end.max()) // DAY + 1


def _at_work(frame: Frame, found: Ints) -> Ints:
    return np.where(frame.work, found, 0)
