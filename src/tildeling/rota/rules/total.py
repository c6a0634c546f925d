"""TOTAL: all hours, overtime and passive duty counted whole: within 24 hours, on average, and in any one week."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota import windows
from tildeling.rota.case import DAY, Case
from tildeling.rota.compiling import windows as spans
from tildeling.rota.compiling.cells import apart, refuse
from tildeling.rota.compiling.minutes import instants, next_day, present, worked
from tildeling.rota.counting import present_minutes
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling.rota.rules.terms import terms
from tildeling_models.roster.problem import Ints

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-6 (8)"


class TotalParams(Params):
    """Limits on all hours.

    ``hours`` within 24 hours from the beginning of any duty; ``average`` a week over ``weeks`` weeks; ``week``
    in any one week.  None: no such limit.
    """

    hours: Limit | None = None
    average: Limit
    weeks: int
    week: Limit | None = None
    source: str = SOURCE


def check(case: Case, params: TotalParams) -> Iterator[Breach]:
    """Days, weeks and runs of weeks with too many hours, whatever they are called."""
    if params.hours is not None:
        yield from _days(case, params, params.hours)
    how = terms(case.data)
    for person in case.data.staff:
        for name, weeks, limits in (("average", params.weeks, params.average), ("week", 1, params.week)):
            if limits is None:
                continue
            for window in windows.of_weeks(case, weeks):
                limit = limits.over(case.data, person.staff_id, window.first, window.last)
                found = windows.above(
                    case, person.staff_id, window, lambda duties: sum(present_minutes(duty, how) for duty in duties),
                    60 * limit.value * window.weeks,
                )  # fmt: skip
                if found is not None:
                    yield Breach(
                        "TOTAL", f"TOTAL.{name}", params.source, person.staff_id, window.first, window.last,
                        found / 60 / window.weeks, limit.value, "h", limit.agreement,
                    )  # fmt: skip


def _days(case: Case, params: TotalParams, hours: Limit) -> Iterator[Breach]:
    """Of a second duty only what lies within 24 hours counts, at most its own working hours."""
    how = terms(case.data)
    for person in case.data.staff:
        duties = [duty for duty in case.duties[person.staff_id] if duty.at_work]
        for duty, following in (*pairwise(duties), *((each, None) for each in duties[-1:])):
            until, minutes, last = duty.begin + DAY, min(1440, present_minutes(duty, how)), duty.day
            blamed = duty.planned
            if following is not None and following.begin < until:
                part = int((until - following.begin).total_seconds()) // 60
                minutes += min(part, present_minutes(following, how))
                last = following.day
                blamed |= following.planned and not case.data.cyclic
            limit = hours.over(case.data, person.staff_id, duty.day, last)
            if blamed and minutes > 60 * limit.value:
                yield Breach("TOTAL", "TOTAL.day", params.source, person.staff_id, duty.day, last,
                             minutes / 60, limit.value, "h", limit.agreement)  # fmt: skip


def lower(frame: Frame, params: TotalParams, builder: Builder) -> None:
    """Cells and pairs within 24 hours; sums over weeks where other rules do not already keep them."""
    how = terms(frame.data)
    whole = present(frame, how)
    for person in frame.data.staff:
        row = frame.people[person.staff_id]
        if params.hours is not None:
            _lower_days(frame, params.hours, builder, person.staff_id, whole)
        # What other rules allow is ordinary hours; passive duty adds at most its cap a week to them.
        passive = bool((whole > worked(frame, how))[:, builder.allowed[row].any(axis=0)].any())
        ceilings = spans.week_ceilings(frame, person.staff_id) + passive * how.passive_week
        for name, weeks, limits in (("average", params.weeks, params.average), ("week", 1, params.week)):
            if limits is None:
                continue
            for window in spans.of_weeks(frame, weeks):
                limit = limits.over(frame.data, person.staff_id, window.first, window.last)
                tag = builder.demand(
                    "TOTAL", f"TOTAL.{name}_need", staff_id=person.staff_id,
                    agreement=limit.agreement, limit=limit.value,
                )  # fmt: skip
                most = 60 * limit.value * len(window.numbers) / 7
                spans.at_most(builder, row, window, whole, most, tag, ceilings)


def _lower_days(frame: Frame, hours: Limit, builder: Builder, staff_id: str, whole: Ints) -> None:
    row = frame.people[staff_id]
    begin, _ = instants(frame)
    single = np.minimum(whole, 1440)
    for lag in (0, 1, 2):  # two days on only in the night the clock is set forward
        limits = [hours.over(frame.data, staff_id, date, date + lag * DAY) for date in frame.dates]
        then, other = begin, whole
        for _ in range(lag):
            then, other = next_day(then), np.roll(other, -1, axis=0)
        part = begin[:, :, None] + 1440 - then[:, None, :]
        both = single[:, :, None] + np.minimum(part, other[:, None, :])
        for limit in dict.fromkeys(limits):
            days = np.array([each == limit for each in limits])
            tag = builder.demand(
                "TOTAL", "TOTAL.day_need", staff_id=staff_id, agreement=limit.agreement, limit=limit.value
            )
            if lag:
                bad = frame.work[:, None] & frame.work & (part > 0) & (both > 60 * limit.value)
                apart(builder, row, bad & days[:, None, None], tag, lag)
            else:
                refuse(builder, row, frame.work & (single > 60 * limit.value) & days[:, None], tag)


RULE = Rule(
    id="TOTAL",
    source=SOURCE,
    trust="H",
    nb="Samlet arbeidstid",
    en="All hours",
    params=TotalParams,
    texts={
        "TOTAL.day": {
            "nb": "{staff} arbeider i alt {found} timer i løpet av 24 timer fra {day}; grensen er {limit}",
            "en": "{staff} works {found} hours in all within 24 hours from {day}; the limit is {limit}",
        },
        "TOTAL.average": {
            "nb": "{staff} arbeider i alt {found} timer per sju dager i snitt {day}–{last_day}; grensen er {limit}",
            "en": "{staff} works {found} hours in all per seven days on average {day}–{last_day}; the limit is {limit}",
        },
        "TOTAL.week": {
            "nb": "{staff} arbeider i alt {found} timer i uken {day}–{last_day}; grensen er {limit}",
            "en": "{staff} works {found} hours in all in the week {day}–{last_day}; the limit is {limit}",
        },
        "TOTAL.day_need": {
            "nb": "{staff} skal i alt arbeide høyst {limit} timer i løpet av 24 timer",
            "en": "{staff} may work at most {limit} hours in all within 24 hours",
        },
        "TOTAL.average_need": {
            "nb": "{staff} skal i alt arbeide høyst {limit} timer per sju dager i snitt",
            "en": "{staff} may work at most {limit} hours in all per seven days on average",
        },
        "TOTAL.week_need": {
            "nb": "{staff} skal i alt arbeide høyst {limit} timer i enhver uke",
            "en": "{staff} may work at most {limit} hours in all in any week",
        },
    },
    check=check,
    lower=lower,
)
