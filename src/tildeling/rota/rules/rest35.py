"""REST35: thirty-five hours of continuous rest in every seven days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from tildeling.rota import windows
from tildeling.rota.calendar import dst_minutes
from tildeling.rota.case import HOUR, Case, Duty
from tildeling.rota.compiling import windows as spans
from tildeling.rota.compiling.minutes import instants, running
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling_models.roster.problem import DAY, Ints, Rest

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-8 (2)"


class Rest35Params(Params):
    """Hours of rest in seven days.

    ``window``: weeks of the calendar, or seven days from any day on; both begin at the hour ``begins_at``, of
    Monday or of each day.  The rest lies within the window.
    """

    hours: Limit
    window: Literal["week", "rolling"] = "week"
    begins_at: int = Field(default=0, ge=0, le=23)
    source: str = SOURCE


def check(case: Case, params: Rest35Params) -> Iterator[Breach]:
    """Windows without enough rest in one piece, unless the past alone has left too little in them."""
    for person in case.data.staff:
        duties = [duty for duty in case.duties[person.staff_id] if duty.at_work]
        past = [duty for duty in duties if not duty.planned and not case.data.cyclic]
        for window in windows.of_seven_days(case, params.window == "rolling"):
            begin = case.at(window.first, 60 * params.begins_at)
            end = case.at(window.last, 60 * params.begins_at + DAY)
            limit = params.hours.over(case.data, person.staff_id, window.first, window.last)
            rest = _longest_rest(duties, begin, end) / HOUR
            if rest < limit.value <= _longest_rest(past, begin, end) / HOUR:
                yield Breach("REST35", "REST35.short", params.source, person.staff_id, window.first, window.last,
                             rest, limit.value, "h", limit.agreement)  # fmt: skip


def _longest_rest(duties: list[Duty], begin: dt.datetime, end: dt.datetime) -> dt.timedelta:
    free_from, longest = begin, dt.timedelta(0)
    for duty in duties:
        if duty.end > begin and duty.begin < end:
            longest = max(longest, duty.begin - free_from)
            free_from = max(free_from, duty.end)
    return max(longest, end - free_from)


def lower(frame: Frame, params: Rest35Params, builder: Builder) -> None:
    """A rest in each window, by the clock on the wall.

    Stricter than the check in two things: where the clock is set forward within a window, its rest is an hour
    longer wherever it lies (and not shorter where it is set back); and duty at home is no rest, for the primitive
    knows only being off.
    """
    for row, person in frame.people.items():
        for window in spans.of_seven_days(frame, params.window == "rolling"):
            limit = params.hours.over(frame.data, row, window.first, window.last)
            length = round(60 * limit.value)
            begin = DAY * int(window.numbers[0]) + 60 * params.begins_at
            if _given_rest(frame, builder, person, begin, begin + 7 * DAY) < length:
                continue
            tag = builder.demand(
                "REST35", "REST35.need", staff_id=row, agreement=limit.agreement, limit=limit.value
            )
            length += _lost(frame, window, params.begins_at)
            builder.add(
                Rest(people=np.array([person]), begin=begin, end=begin + 7 * DAY, length=length, tag=tag)
            )


def _lost(frame: Frame, window: spans.Days, begins_at: int) -> int:
    """Minutes a window has less because the clock is set forward in it."""
    if frame.data.cyclic:
        return 0
    days = [window.first + dt.timedelta(days=day) for day in range(8)]
    touched = days[begins_at >= 3 : 7 + (begins_at > 2)]
    return max(0, -sum(dst_minutes(day) for day in touched))


def _given_rest(frame: Frame, builder: Builder, person: int, begin: int, end: int) -> int:
    """Minutes of the longest rest that the past leaves in a window, if nothing is planned."""
    since, until = (int(at) for at in running(frame, np.array([begin, end])))
    starts, ends = instants(frame)
    done: Ints = builder.allowed[person, : frame.past].argmax(axis=1)
    longest = 0
    for day, activity in enumerate(done.tolist()):
        if frame.work[activity] and ends[day, activity] > since and starts[day, activity] < until:
            longest = max(longest, int(starts[day, activity]) - since)
            since = max(since, int(ends[day, activity]))
    return max(longest, until - since)


RULE = Rule(
    id="REST35",
    source=SOURCE,
    trust="H",
    nb="Minst 35 timer sammenhengende fri i løpet av sju dager",
    en="At least 35 hours of continuous rest in seven days",
    params=Rest35Params,
    texts={
        "REST35.short": {
            "nb": "{staff} har høyst {found} timer sammenhengende fri {day}–{last_day}; det kreves {limit}",
            "en": "{staff} has at most {found} hours of continuous rest {day}–{last_day}; {limit} are required",
        },
        "REST35.need": {
            "nb": "{staff} skal ha {limit} timer sammenhengende fri i løpet av sju dager",
            "en": "{staff} must have {limit} hours of continuous rest in seven days",
        },
    },
    check=check,
    lower=lower,
)
