"""Hours that someone should work in a plan: the checker's half; ``compiling/targets.py`` is the engines'.

All in whole seconds, so that a minute off for an hour at night is whole too.  A position of ``p`` percent in a
plan of ``d`` days, those away that count left out, is ``week * d / 7 * p / 100``, rounded down.  For three-part
rotas (KS-3D) the week is that of the agreement less minutes for each hour at night and each on a Sunday or
holiday, between two clamps; these are shared out by position like the week itself, and the relief is that of the
hours really worked, so that a part-timer with her share of the nights gets her share of the relief.

In a plan that was published, a day away that counts lowers the hours by the shift that was published for it;
else each such day is a seventh of the week.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tildeling.rota.case import DAY, Case, Duty
from tildeling.rota.counting import free_zone, night_minutes, worked_minutes, zone_minutes
from tildeling.rota.rules.ks_terms import Ks3dParams, full_weeks, three_part
from tildeling.rota.rules.terms import terms
from tildeling.rota.tables import ShiftKind, Staff, WeekCategory

DAY_KINDS = frozenset({ShiftKind.DAY, ShiftKind.LONG})
EVENING_KINDS = frozenset({ShiftKind.EVENING, ShiftKind.LONG})
NIGHT_KINDS = frozenset({ShiftKind.NIGHT, ShiftKind.SLEEPING_NIGHT})
THREE_PARTS = {"day": DAY_KINDS, "evening": EVENING_KINDS, "night": NIGHT_KINDS}
"""What counts as day, evening and night in the plan; a long shift is both of the first."""


def three_part_week(night_hours: float, holiday_hours: float, params: Ks3dParams) -> float:
    """Hours of a full-time week with so many hours a week at night, and on Sundays and holidays (HTA § 4.2.4)."""
    lowered = params.week - (params.night * night_hours + params.holiday * holiday_hours) / 60
    return max(params.floor, min(params.ceiling, lowered))


def three_part_by_data(case: Case, person: Staff) -> Ks3dParams | None:
    """The terms of three-part rotas if someone can meet their conditions, else None: category, shifts, Sundays."""
    params = three_part(case.data)
    if params is None or person.category is not WeekCategory.THREE_PART:
        return None
    may = {row.kind for row in case.data.shifts if case.data.may_work(person, row)}
    if not person.nights:
        may -= {ShiftKind.NIGHT}
    if person.weekend_every is not None and person.weekend_every > params.sunday_every:
        return None
    return params if all(may & kinds for kinds in THREE_PARTS.values()) else None


def worked_seconds(case: Case, staff_id: str) -> int:
    """Ordinary working hours of the planned duties."""
    rules = terms(case.data)
    return 60 * sum(worked_minutes(duty, rules) for duty in case.duties[staff_id] if duty.planned)


def aim_seconds(case: Case, person: Staff, *, full_time: bool = False) -> int:
    """Hours that a position comes to in the plan, or a full-time one."""
    percent = 100_000 if full_time else int(1000 * person.position_percent)
    lost = _lost_seconds(case, person)
    params = three_part_by_data(case, person)
    if params is None:
        week = full_weeks(case.data).week[person.category]
        return _part(case, person, week, percent) - lost
    relief = relief_seconds(case, person, params)
    lowered = _part(case, person, params.week, percent) - relief
    least, most = (_part(case, person, hours, percent) for hours in (params.floor, params.ceiling))
    return max(least, min(most, lowered)) - lost


def room_seconds(case: Case, person: Staff) -> int:
    """Hours above the position that someone who wants more may have: up to a full-time week."""
    if not person.more_hours:
        return 0
    params = three_part_by_data(case, person)
    week = full_weeks(case.data).week[person.category] if params is None else params.ceiling
    own = int(1000 * person.position_percent)
    return _part(case, person, week, 100_000) - _part(case, person, week, own)


def relief_seconds(case: Case, person: Staff, params: Ks3dParams) -> int:
    """What the planned hours at night and on Sundays and holidays lower the week by; an hour counts as one."""
    duties = [duty for duty in case.duties[person.staff_id] if duty.planned]
    window = params.night_window.minutes
    night = sum(night_minutes(duty, *window) for duty in duties)
    holiday = sum(holiday_minutes(case, duty, window) for duty in duties)
    return params.night * night + params.holiday * holiday


def holiday_minutes(case: Case, duty: Duty, night: tuple[int, int]) -> int:
    """Minutes of a duty in the zone of Sundays and holidays outside the ``night`` (minutes): those count as night."""
    days = list(_days(duty))
    nights = [(case.at(day, night[0]), case.at(day, night[1])) for day in days]
    both = dt.timedelta()
    for day in days:
        if duty.at_work and case.is_free_day(day):
            opens, closes = free_zone(case, day)
            for dusk, dawn in nights:
                both += max(dt.timedelta(), min(duty.end, closes, dawn) - max(duty.begin, opens, dusk))
    return zone_minutes(case, duty) - int(both.total_seconds()) // 60


def _days(duty: Duty) -> Iterator[dt.date]:
    for number in range(-1, (duty.end.date() - duty.day).days + 3):
        yield duty.day + number * DAY


def counted_away(case: Case, person: Staff) -> set[dt.date]:
    """Planned days someone is away that lower the hours of the position."""
    rows = [row for row in case.data.absences if row.staff_id == person.staff_id and row.counts]
    return {day for day in case.data.days for row in rows if row.first_day <= day <= row.last_day}


def _part(case: Case, person: Staff, week: float, percent: int) -> int:
    """Seconds of a week of so many hours over the plan, for a position in thousandths of a percent."""
    days = len(case.data.days)
    if not case.data.published:
        days -= len(counted_away(case, person))
    return round(3600 * week) * days * percent // (7 * 100_000)


def _lost_seconds(case: Case, person: Staff) -> int:
    away = counted_away(case, person)
    rules = terms(case.data)
    return 60 * sum(
        worked_minutes(case.duty(row.date, row.shift_code), rules)
        for row in case.data.published
        if row.staff_id == person.staff_id and row.shift_code is not None and row.date in away
    )
