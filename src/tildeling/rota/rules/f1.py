"""F1: each week has a weekly rest day, on Sunday where it can be.

That the rest around it is long enough is REST35's to demand; what is hard here is that there is a day without a
shift to mark.  Where there is one but no rest of 35 hours holds its noon, that is pointed out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import DAY, Case
from tildeling.rota.marks import weekly
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling_models.roster.problem import Sum

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-8 (2), F1"


class F1Params(Params):
    """Hours of the rest that makes a day off an F1."""

    hours: Limit


def check(case: Case, params: F1Params) -> Iterator[Breach]:
    """Weeks with a shift on every day, and weeks whose days off are all within too short a rest."""
    for person in case.data.staff:
        name = person.staff_id
        limit = params.hours.for_(case.data, name, case.data.info.start)
        begun = {duty.day for duty in case.duties[name]}
        for marks in weekly(case, name, limit.value):
            sunday = marks.monday + 6 * DAY
            days = sum(marks.monday + number * DAY in begun for number in range(7))
            if days == 7:
                yield Breach("F1", "F1.none", SOURCE, name, marks.monday, sunday, 7, 6, "days")
            elif marks.f1 is None:
                yield Breach(
                    "F1",
                    "F1.short",
                    SOURCE,
                    name,
                    marks.monday,
                    sunday,
                    0,
                    limit.value,
                    "h",
                    limit.agreement,
                    False,
                )


def lower(frame: Frame, params: F1Params, builder: Builder) -> None:
    """At most six days of a week have a shift."""
    work = (np.arange(frame.shape[2]) > 0).astype(np.int64)
    for week in frame.planned.reshape(-1, 7):
        builder.add(
            Sum(
                people=np.arange(frame.shape[0]),
                days=week,
                weight=np.tile(work, (7, 1)),
                most=6,
                tag=builder.demand("F1", "F1.need", day=frame.dates[week[0]]),
            )
        )


RULE = Rule(
    id="F1",
    source=SOURCE,
    trust="H",
    nb="Ukentlig fridag (F1), søndag der det går",
    en="A weekly rest day (F1), on Sunday where it can be",
    params=F1Params,
    texts={
        "F1.none": {
            "nb": "{staff} har vakt alle dager fra {day} til {last_day}: ingen F1",
            "en": "{staff} has a shift every day from {day} to {last_day}: no F1",
        },
        "F1.short": {
            "nb": "{staff} har ingen fridag innenfor {limit} timers fri fra {day} til {last_day}",
            "en": "{staff} has no day off within a rest of {limit} hours from {day} to {last_day}",
        },
        "F1.need": {
            "nb": "Alle skal ha en fridag i uka fra {day}",
            "en": "Everyone must have a day off in the week from {day}",
        },
    },
    check=check,
    lower=lower,
)
