"""Hours as they count to working-time law: the checker's side, in plain Python over duties.

A duty counts whole on the day it begins.  All numbers are whole minutes of real time: a night on which the clock
is changed is an hour longer or shorter.  ``compiling/minutes.py`` holds the same things as arrays for the engines,
written on its own; a test holds the two against each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tildeling.rota.calendar import SHORT_EVES, moment, red_day
from tildeling.rota.case import DAY, Case, Duty
from tildeling.rota.rules.terms import LAW, Terms
from tildeling.rota.tables import ShiftKind


def worked_minutes(duty: Duty, terms: Terms = LAW) -> int:
    """Minutes of ordinary working hours of a duty.

    The break is left out unless it counts as work (§ 10-9).  Half of passive duty on site does not count, at most
    two hours of a duty (§ 10-4 (2)); the cap over seven days is :func:`ordinary_minutes`'.  Duty at home counts
    one seventh, rounded up (§ 10-4 (3)).  A live-in stay counts whole.
    """
    return present_minutes(duty, terms) - passive_relief(duty, terms)


def present_minutes(duty: Duty, terms: Terms = LAW) -> int:
    """Minutes worked of a duty with passive duty counted whole, as the limits on all hours take them."""
    if duty.shift.kind is ShiftKind.STANDBY:
        return -(-duty.minutes // terms.standby_one_in) if terms.standby_one_in else 0
    if duty.shift.kind is ShiftKind.LIVE_IN or duty.shift.break_is_work:
        return duty.minutes
    return max(0, duty.minutes - duty.shift.break_minutes)


def passive_relief(duty: Duty, terms: Terms = LAW) -> int:
    """Minutes of a duty that do not count because it is passive: half of them, up to a cap per duty."""
    if duty.shift.kind in (ShiftKind.STANDBY, ShiftKind.LIVE_IN):
        return 0
    half = int(duty.shift.passive_hours * 60) // 2
    return min(half, terms.passive_day, present_minutes(duty, terms))


def ordinary_minutes(duties: list[Duty], terms: Terms = LAW) -> int:
    """Minutes of ordinary working hours of the duties of seven days: passive duty takes off at most its cap."""
    relief = sum(passive_relief(duty, terms) for duty in duties)
    return sum(present_minutes(duty, terms) for duty in duties) - min(relief, terms.passive_week)


def night_minutes(duty: Duty, begin: int = 21 * 60, end: int = 30 * 60) -> int:
    """Minutes of a duty at night, from 21 to 06 unless otherwise agreed (§ 10-11 (1)).

    ``begin`` and ``end`` are minutes from the midnight before the night.  The time from beginning to end is
    counted, for nobody knows when the break is; duty at home has no such minutes.
    """
    if not duty.at_work:
        return 0
    nights = ((_at(duty, day, begin), _at(duty, day, end)) for day in _days(duty))
    return sum(_overlap(duty, *night) for night in nights)


def zone_minutes(case: Case, duty: Duty) -> int:
    """Minutes of a duty on Sundays and holidays, as § 10-10 (1) draws their zone; duty at home has none.

    From 18:00 the eve, 15:00 on Christmas, Easter and Whit eve, to 22:00 on the day before the next working day.
    """
    if not duty.at_work:
        return 0
    zones = (free_zone(case, day) for day in _days(duty) if case.is_free_day(day))
    return sum(_overlap(duty, *zone) for zone in zones)


def free_zone(case: Case, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """A Sunday's or holiday's own part of the zone: what lies on another free day belongs to that one."""
    begin = case.at(day)
    if not case.is_free_day(day - DAY):
        short = not case.data.cyclic and red_day(day) in SHORT_EVES
        begin = case.at(day - DAY, 60 * (15 if short else 18))
    end = case.at(day + DAY) if case.is_free_day(day + DAY) else case.at(day, 60 * 22)
    return begin, end


def _days(duty: Duty) -> Iterator[dt.date]:
    """The days a duty touches, the one before and the one after."""
    day = duty.day - DAY
    while day <= duty.end.date() + DAY:
        yield day
        day += DAY


def _at(duty: Duty, day: dt.date, minute: int) -> dt.datetime:
    """A time of day on the clock the duty goes by: that of Norway, or in a cycle one that is never changed."""
    hour, minutes = map(int, duty.shift.start.split(":"))
    if duty.begin == dt.datetime.combine(duty.day, dt.time(hour, minutes), dt.UTC):
        return dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(minutes=minute)
    return moment(day, minute)


def _overlap(duty: Duty, begin: dt.datetime, end: dt.datetime) -> int:
    seconds = (min(duty.end, end) - max(duty.begin, begin)).total_seconds()
    return max(0, int(seconds) // 60)
