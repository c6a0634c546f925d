"""REST11: eleven hours of continuous rest within 24 hours from the start of a shift."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import DAY, HOUR, Case
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling_models.roster.problem import Succession

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-8 (1)"


class Rest11Params(Params):
    """Hours of rest within 24 hours."""

    hours: Limit


def check(case: Case, params: Rest11Params) -> Iterator[Breach]:
    """Shifts that leave too little rest within 24 hours of their start; one above 13 hours does by itself."""
    for person in case.data.staff:
        duties = [duty for duty in case.duties[person.staff_id] if duty.at_work]
        for duty, following in (*pairwise(duties), *((duty, None) for duty in duties[-1:])):
            until = duty.begin + DAY
            if following is not None:
                until = min(until, following.begin)
            rest = (until - duty.end) / HOUR
            limit = params.hours.for_(case.data, person.staff_id, duty.day)
            if rest < limit.value and (duty.planned or (following is not None and following.planned)):
                yield Breach(
                    "REST11", "REST11.short", SOURCE, person.staff_id, duty.day,
                    following.day if following is not None else duty.day,
                    max(0.0, rest), limit.value, "h", limit.agreement,
                )  # fmt: skip


def lower(frame: Frame, params: Rest11Params, builder: Builder) -> None:
    """Shifts that are too long are taken away, and pairs of shifts on two days with too little between them."""
    start, end, at_work = frame.start, frame.end, frame.work
    for row, person in frame.people.items():
        limit = params.hours.for_(frame.data, row, frame.data.info.start)
        least = round(60 * limit.value)
        tag = builder.demand(
            "REST11", "REST11.need", staff_id=row, agreement=limit.agreement, limit=limit.value
        )
        for activity in np.flatnonzero(at_work & (end - start > 1440 - least)).tolist():
            for day in frame.planned.tolist():
                builder.forbid(person, day, activity)
        for activity in np.flatnonzero(at_work).tolist():
            for days in (1, 2):
                rest = np.minimum(start + 1440 * days, start[activity] + 1440) - end[activity]
                then = at_work & (rest < least) & (start[activity] + 1440 > start + 1440 * days)
                if then.any():
                    first = np.zeros(len(start), dtype=bool)
                    first[activity] = True
                    builder.add(
                        Succession(people=np.array([person]), first=first, then=then, lag=days, tag=tag)
                    )


RULE = Rule(
    id="REST11",
    source=SOURCE,
    trust="H",
    nb="Minst 11 timer sammenhengende fri i løpet av 24 timer",
    en="At least 11 hours of continuous rest within 24 hours",
    params=Rest11Params,
    texts={
        "REST11.short": {
            "nb": "{staff} har {found} timer fri etter vakten {day} (til {last_day}); det kreves {limit}",
            "en": "{staff} has {found} hours of rest after the shift on {day} (until {last_day}); {limit} are required",
        },
        "REST11.need": {
            "nb": "{staff} skal ha {limit} timer fri i løpet av 24 timer",
            "en": "{staff} must have {limit} hours of rest within 24 hours",
        },
    },
    check=check,
    lower=lower,
)
