"""SUNDAY: who has worked a Sunday or holiday has the next one off; by individual agreement every second on average.

A free day is worked by a duty that touches it before 22:00, or before midnight where the next day is free too; with
``eve`` from 18:00 the day before (§ 10-10 (1)).  A duty belongs to one free day: the first from its own day on, if
it touches that.  So a night shift from one free day into the next belongs to the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota import windows
from tildeling.rota.calendar import SHORT_EVES, is_free_day, red_day
from tildeling.rota.case import DAY, Case, Duty
from tildeling.rota.compiling import windows as spans
from tildeling.rota.counting import free_zone
from tildeling.rota.rules.rule import Breach, Params, Rule, agreed_over
from tildeling_models.roster.problem import Blocks, Bools, Ints

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-8 (4)"
BEFORE = 14
"""Days before the plan that hold at least one free day."""


class SundayParams(Params):
    """The deviation for every second on average, and the weeks it is counted over.

    ``period_weeks``: at least every second is off on average; where the plan is shorter, over the plan, an odd one
    left open.  ``weeks``: at least one is off in any so many.
    """

    averaging: str
    period_weeks: int
    weeks: int
    eve: bool = False


def check(case: Case, params: SundayParams) -> Iterator[Breach]:
    """Free days worked one after the other; with the deviation, too many of them on average or in a row."""
    data = case.data
    length = len(data.days)
    days = range(0 if data.cyclic else -BEFORE, length + (length if data.cyclic else 0))
    dates = [data.info.start + day * DAY for day in days]
    free = [day for day in dates if case.is_free_day(day)]
    for person in data.staff:
        worked, past = _worked(case, params, person.staff_id)
        for day, following in pairwise(free):
            if day > data.last_day or params.averaging in agreed_over(data, person.staff_id, day, following):
                continue
            if {day, following} <= worked and following not in past:
                yield Breach("SUNDAY", "SUNDAY.next", SOURCE, person.staff_id, day, following, 2, 1, "days")
        for name, weeks in (("average", params.period_weeks), ("some", params.weeks)):
            for window in windows.of_weeks(case, weeks):
                agreement = agreed_over(data, person.staff_id, window.first, window.last).get(
                    params.averaging
                )
                within = set(_free_days(case, window))
                whole = data.cyclic or window.weeks == weeks
                if agreement is None or not (whole or name == "average"):
                    continue
                most = (len(within) + (not whole)) // 2 if name == "average" else len(within) - 1
                found = len(within & worked)
                if found > most and found > len(within & past):
                    yield Breach("SUNDAY", f"SUNDAY.{name}", SOURCE, person.staff_id, window.first, window.last,
                                 found, most, "days", agreement.agreement_id)  # fmt: skip


def _free_days(case: Case, window: windows.Window) -> Iterator[dt.date]:
    days = (window.last - window.first).days + 1
    return (day for day in (window.first + number * DAY for number in range(days)) if case.is_free_day(day))


def _worked(case: Case, params: SundayParams, staff_id: str) -> tuple[set[dt.date], set[dt.date]]:
    """Free days someone works, and those of them worked by the past alone."""
    worked, past = set(), set()
    for duty in case.duties[staff_id]:
        day = _free_day(case, params, duty) if duty.at_work else None
        if day is not None:
            worked.add(day)
            if not duty.planned and not case.data.cyclic:
                past.add(day)
    return worked, past


def _free_day(case: Case, params: SundayParams, duty: Duty) -> dt.date | None:
    """The free day a duty belongs to, None if to none."""
    day = duty.day
    while not case.is_free_day(day):
        day += DAY
    begin, end = free_zone(case, day)
    if not params.eve:
        begin = case.at(day)
    return day if duty.begin < end and duty.end > begin else None


def lower(frame: Frame, params: SundayParams, builder: Builder) -> None:
    """Blocks of the free days, each with the days and shifts that belong to it."""
    block, touching = _blocks(frame, params)
    free = np.flatnonzero(frame.free_day)
    data = frame.data
    following = (*free[1:], *(free[:1] if data.cyclic else ()))
    for staff_id, person in frame.people.items():
        own = touching & builder.allowed[person]
        done = {int(block[day]) for day in np.flatnonzero(own[: frame.past].any(axis=1))}
        for day, after in zip(free.tolist(), following, strict=False):
            if after < frame.past or params.averaging in agreed_over(
                data, staff_id, frame.dates[day], frame.dates[after]
            ):
                continue
            tag = builder.demand("SUNDAY", "SUNDAY.next_need", staff_id=staff_id)
            # In a cycle of one week the Sunday after is the same one again.
            _at_most(builder, person, block, own, [day, int(after)], int(after != day), tag)
        for name, weeks in (("average", params.period_weeks), ("some", params.weeks)):
            for window in spans.of_weeks(frame, weeks):
                agreement = agreed_over(data, staff_id, window.first, window.last).get(params.averaging)
                whole = data.cyclic or len(window.numbers) == 7 * weeks
                if agreement is None or not (whole or name == "average"):
                    continue
                within = [day for day in window.numbers.tolist() if frame.free_day[day]]
                most = (len(within) + (not whole)) // 2 if name == "average" else len(within) - 1
                tag = builder.demand("SUNDAY", f"SUNDAY.{name}_need", staff_id=staff_id,
                                     agreement=agreement.agreement_id, limit=most)  # fmt: skip
                _at_most(builder, person, block, own, within, max(most, len(done & set(within))), tag)


def _blocks(frame: Frame, params: SundayParams) -> tuple[Ints, Bools]:
    """(D,) the next free day from each day on, by number, and (D, A + 1) the shifts that touch it."""
    days = len(frame.dates)
    block = np.full(days, -1, np.int64)
    touching = np.zeros((days, len(frame.start)), dtype=bool)
    for day in np.flatnonzero(frame.free_day).tolist():
        date = frame.dates[day]
        if params.eve and not _is_free(frame, date - dt.timedelta(days=1)):
            short = not frame.data.cyclic and red_day(date) in SHORT_EVES
            opens = 1440 * day - (540 if short else 360)
        else:
            opens = 1440 * day
        closes = 1440 * day + (1440 if _is_free(frame, date + dt.timedelta(days=1)) else 1320)
        before = day
        while before >= 0 and block[before] < 0:
            block[before] = day
            start, end = 1440 * before + frame.start, 1440 * before + frame.end
            touching[before] = frame.work & (start < closes) & (end > opens)
            before -= 1
    return block, touching


def _is_free(frame: Frame, date: dt.date) -> bool:
    return date.weekday() == 6 if frame.data.cyclic else is_free_day(date)


def _at_most(
    builder: Builder, person: int, block: Ints, own: Bools, free: list[int], most: int, tag: int
) -> None:
    """At most so many of some free days are worked; nothing is added where that is certain."""
    chosen = np.isin(block, free) & own.any(axis=1)
    if len(set(block[chosen].tolist())) <= most:
        return
    sets = own[chosen]
    of = sets[0] if (sets == sets[0]).all() else own
    builder.add(
        Blocks(people=np.array([person]), block=np.where(chosen, block, -1), of=of, most=most, tag=tag)
    )


RULE = Rule(
    id="SUNDAY",
    source=SOURCE,
    trust="H",
    nb="Fri den neste søn- eller helgedagen etter en som er arbeidet",
    en="The next Sunday or holiday off after one that was worked",
    params=SundayParams,
    texts={
        "SUNDAY.next": {
            "nb": "{staff} arbeider søn- eller helgedagen {day}, og den neste, {last_day}, også",
            "en": "{staff} works the Sunday or holiday {day} and the next one, {last_day}, too",
        },
        "SUNDAY.average": {
            "nb": "{staff} arbeider {found} søn- og helgedager {day}–{last_day}; høyst {limit} kan arbeides",
            "en": "{staff} works {found} Sundays and holidays {day}–{last_day}; at most {limit} may be worked",
        },
        "SUNDAY.some": {
            "nb": "{staff} arbeider alle {found} søn- og helgedager {day}–{last_day}; minst én skal være fri",
            "en": "{staff} works all {found} Sundays and holidays {day}–{last_day}; at least one is to be off",
        },
        "SUNDAY.next_need": {
            "nb": "{staff} skal ha fri den neste søn- eller helgedagen etter en som er arbeidet",
            "en": "{staff} has the next Sunday or holiday off after one that was worked",
        },
        "SUNDAY.average_need": {
            "nb": "{staff} skal i snitt ha fri annenhver søn- og helgedag: høyst {limit} arbeides",
            "en": "{staff} has every second Sunday or holiday off on average: at most {limit} are worked",
        },
        "SUNDAY.some_need": {
            "nb": "{staff} skal ha minst én søn- eller helgedag fri: høyst {limit} arbeides",
            "en": "{staff} has at least one Sunday or holiday off: at most {limit} are worked",
        },
    },
    check=check,
    lower=lower,
)
