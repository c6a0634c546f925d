"""Kroner: hours at what each costs, supplements for weekends, nights and holidays, and paid changes.

A shift is rounded to the nearest krone, halves up.  Supplements run from the beginning of a shift to its end, for
nobody knows when the break is; duty at home has none.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from tildeling.rota.calendar import dst_minutes, red_day
from tildeling.rota.case import DAY, Case, Duty
from tildeling.rota.compiling import minutes
from tildeling.rota.counting import night_minutes, worked_minutes
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules import change
from tildeling.rota.rules.ks_pay import KsPayParams, rates
from tildeling.rota.rules.rule import Params
from tildeling.rota.rules.terms import Terms, terms
from tildeling_models.roster.problem import DAY as DAY_MINUTES
from tildeling_models.roster.problem import Ints

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

KRONE = 60 * 100 * 100_000
"""Minutes × øre × thousandths of a percent to one krone."""


class CostParams(Params):
    """Kroner of an hour for those whose own is not known."""

    hourly: Decimal = Field(default=Decimal(350), ge=0, decimal_places=2)


def value(case: Case, params: CostParams) -> int:
    """Kroner of the planned shifts and, where a plan was published, of what is changed from it."""
    pay, rules, total = rates(case.data), terms(case.data), 0
    for person in case.data.staff:
        hourly = params.hourly if person.hourly_cost is None else person.hourly_cost
        for duty in case.duties[person.staff_id]:
            if duty.planned:
                total += kroner(case, duty, hourly, pay, rules)
    if case.data.published:
        before = {(row.staff_id, row.date): row.shift_code for row in case.data.published}
        total += change.rate(case.data) * sum(
            case.rota.shift(person.staff_id, day) != before.get((person.staff_id, day))
            for person in case.data.staff
            for day in case.data.days
        )
    return total


def kroner(case: Case, duty: Duty, hourly: Decimal, pay: KsPayParams, rules: Terms) -> int:
    """What a shift costs whoever pays ``hourly`` for an ordinary hour."""
    parts = 100_000 * worked_minutes(duty, rules) + round(1000 * pay.night) * night_minutes(
        duty, *pay.night_window.minutes
    )
    day = duty.day
    while duty.at_work and case.at(day) < duty.end:
        within = min(duty.end, case.at(day + DAY)) - max(duty.begin, case.at(day))
        percent = 0.0
        if not case.data.cyclic and red_day(day) is not None:
            percent = pay.holiday
        elif day.weekday() >= 5:
            percent = pay.weekend
        parts += round(1000 * percent) * (within // dt.timedelta(minutes=1))
        day += DAY
    return (2 * int(100 * hourly) * parts + KRONE) // (2 * KRONE)


def lower(frame: Frame, params: CostParams, builder: Builder, tier: int, weight: int) -> None:
    """A cost on every cell: everything about a shift is known beforehand."""
    pay = rates(frame.data)
    weekend, holiday = _supplement_minutes(frame)
    parts = (
        100_000 * minutes.worked(frame, terms(frame.data))
        + round(1000 * pay.night) * minutes.night(frame, *pay.night_window.minutes)
        + round(1000 * pay.weekend) * weekend
        + round(1000 * pay.holiday) * holiday
    )
    days = frame.planned
    for person, row in enumerate(frame.data.staff):
        ore = int(100 * (row.hourly_cost if row.hourly_cost is not None else params.hourly))
        builder.cost[tier, person, days] += weight * ((ore * parts[days] + KRONE // 2) // KRONE)
    rate = change.rate(frame.data)
    if frame.data.published and rate:
        as_published = np.zeros((frame.shape[0], len(days)), np.int64)
        for planned in frame.data.published:
            day = (planned.date - frame.data.info.start).days
            as_published[frame.people[planned.staff_id], day] = frame.codes.get(planned.shift_code or "", 0)
        other = np.arange(frame.shape[2]) != as_published[:, :, None]
        builder.cost[tier][:, days] += weight * rate * other


def _supplement_minutes(frame: Frame) -> tuple[Ints, Ints]:
    """(D, A + 1) minutes on Saturdays and Sundays that are no holidays, and on public holidays."""
    weekend, holiday = np.zeros(frame.shape[1:], np.int64), np.zeros(frame.shape[1:], np.int64)
    for later in range(int(frame.end.max()) // DAY_MINUTES + 1):
        midnight = later * DAY_MINUTES
        on_it = np.minimum(frame.end, midnight + DAY_MINUTES) - np.maximum(frame.start, midnight)
        on_it = np.where(frame.work, np.maximum(on_it, 0), 0)
        changing = frame.work & (frame.start < midnight + 180) & (frame.end >= midnight + 180)
        for day, date in enumerate(frame.dates):
            then = date + dt.timedelta(days=later)
            red = not frame.data.cyclic and red_day(then) is not None
            if red or then.weekday() >= 5:
                extra = 0 if frame.data.cyclic else dst_minutes(then)
                (holiday if red else weekend)[day] += on_it + np.where(changing, extra, 0)
    return weekend, holiday


GOAL = Goal(
    id="cost",
    nb="Kostnad",
    en="Cost",
    unit={"nb": "kroner", "en": "NOK"},
    params=CostParams,
    value=value,
    lower=lower,
)
