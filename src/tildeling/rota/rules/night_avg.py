"""NIGHT-AVG: eight hours a day on average over four weeks for those who regularly work at night.

The weekly rest of § 10-8 (2) does not enter the average: of each seven days only the rest is divided by 24 hours.
Who "regularly" works more than three hours at night the law leaves open: here it is whoever has ``nights`` such
duties in the four weeks (L).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tildeling.rota import windows
from tildeling.rota.case import Case
from tildeling.rota.compiling import minutes
from tildeling.rota.compiling import windows as spans
from tildeling.rota.counting import night_minutes, worked_minutes
from tildeling.rota.rules.night_def import night
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling.rota.rules.terms import terms

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-11 (6)"


class NightAvgParams(Params):
    """Hours within 24 hours on average over ``weeks`` weeks, for whoever has ``nights`` duties in them at night.

    A duty is at night with more than ``hours_at_night`` hours in it; ``weekly_rest`` hours a week are left out.
    """

    hours: Limit
    weeks: int = 4
    nights: int = 4
    hours_at_night: float = 3.0
    weekly_rest: float = 35.0
    source: str = SOURCE


def check(case: Case, params: NightAvgParams) -> Iterator[Breach]:
    """Runs of weeks in which someone who works nights works too much."""
    how, dark = terms(case.data), night(case.data)
    for person in case.data.staff:
        for window in windows.of_weeks(case, params.weeks):
            duties = case.worked(person.staff_id, window.first, window.last)
            nights = sum(night_minutes(duty, *dark) > 60 * params.hours_at_night for duty in duties)
            if nights < params.nights * window.weeks / params.weeks:
                continue
            limit = params.hours.over(case.data, person.staff_id, window.first, window.last)
            days = window.weeks * (168 - params.weekly_rest) / 24
            found = windows.above(
                case, person.staff_id, window, lambda those: sum(worked_minutes(duty, how) for duty in those),
                60 * limit.value * days,
            )  # fmt: skip
            if found is not None:
                yield Breach(
                    "NIGHT-AVG", "NIGHT-AVG.hours", params.source, person.staff_id, window.first, window.last,
                    found / 60 / days, limit.value, "h", limit.agreement,
                )  # fmt: skip


def lower(frame: Frame, params: NightAvgParams, builder: Builder) -> None:
    """A limit on the weeks of everybody who could have enough nights in them.

    Stricter than the check, which asks only those who do have them.
    """
    how = terms(frame.data)
    worked = minutes.worked(frame, how)
    at_night = (minutes.night(frame, *night(frame.data)) > 60 * params.hours_at_night).astype(worked.dtype)
    for person in frame.data.staff:
        row = frame.people[person.staff_id]
        ceilings = spans.week_ceilings(frame, person.staff_id)
        for window in spans.of_weeks(frame, params.weeks):
            weeks = len(window.numbers) / 7
            if (
                spans.within_reach(builder, row, window.numbers, at_night)
                < params.nights * weeks / params.weeks
            ):
                continue
            limit = params.hours.over(frame.data, person.staff_id, window.first, window.last)
            tag = builder.demand("NIGHT-AVG", "NIGHT-AVG.need", staff_id=person.staff_id,
                                 agreement=limit.agreement, limit=limit.value)  # fmt: skip
            most = 60 * limit.value * weeks * (168 - params.weekly_rest) / 24
            spans.at_most(builder, row, window, worked, most, tag, ceilings)


RULE = Rule(
    id="NIGHT-AVG",
    source=SOURCE,
    trust="H",
    nb="Høyst 8 timer per 24 timer i snitt over fire uker for den som regelmessig arbeider om natten",
    en="At most 8 hours per 24 hours on average over four weeks for those who regularly work at night",
    params=NightAvgParams,
    texts={
        "NIGHT-AVG.hours": {
            "nb": "{staff} arbeider om natten, og i snitt {found} timer per 24 timer {day}–{last_day}; "
            "grensen er {limit}",
            "en": "{staff} works at night, and {found} hours per 24 hours on average {day}–{last_day}; "
            "the limit is {limit}",
        },
        "NIGHT-AVG.need": {
            "nb": "{staff}, som kan ha nattarbeid, skal i snitt arbeide høyst {limit} timer per 24 timer",
            "en": "{staff}, who may work nights, may work at most {limit} hours per 24 hours on average",
        },
    },
    check=check,
    lower=lower,
)
