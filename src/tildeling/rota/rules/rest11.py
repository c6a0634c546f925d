"""REST11: eleven hours of continuous rest within 24 hours from the start of a shift."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import DAY, HOUR, Case
from tildeling.rota.compiling.cells import apart, refuse
from tildeling.rota.compiling.minutes import instants, next_day
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling.rota.tables import ShiftKind

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-8 (1)"


class Rest11Params(Params):
    """Hours of rest within 24 hours; live-in stays may have rules of their own."""

    hours: Limit
    but_live_in: bool = False
    source: str = SOURCE


def check(case: Case, params: Rest11Params) -> Iterator[Breach]:
    """Shifts that leave too little rest within 24 hours of their start; one above 13 hours does by itself.

    Hours are real ones: on the night the clock is set forward there is one less between two shifts.  A past shift
    is no breach unless a planned one cuts its rest short.
    """
    for person in case.data.staff:
        duties = [
            duty
            for duty in case.duties[person.staff_id]
            if duty.at_work and not (params.but_live_in and duty.shift.kind is ShiftKind.LIVE_IN)
        ]
        for duty, following in (*pairwise(duties), *((duty, None) for duty in duties[-1:])):
            cut = following is not None and following.begin < duty.begin + DAY
            until = following.begin if following is not None and cut else duty.begin + DAY
            rest = (until - duty.end) / HOUR
            limit = params.hours.for_(case.data, person.staff_id, duty.day)
            blamed = duty.planned or (
                following is not None and cut and following.planned and not case.data.cyclic
            )
            if rest < limit.value and blamed:
                yield Breach(
                    "REST11", "REST11.short", params.source, person.staff_id, duty.day,
                    following.day if following is not None and cut else duty.day,
                    max(0.0, rest), limit.value, "h", limit.agreement,
                )  # fmt: skip


def lower(frame: Frame, params: Rest11Params, builder: Builder) -> None:
    """Shifts that are too long are taken away, and pairs of shifts on two days with too little between them."""
    begin, end = instants(frame)
    thens = {1: next_day(begin), 2: next_day(next_day(begin))}
    at_work = frame.work & ~frame.of_kind(ShiftKind.LIVE_IN) if params.but_live_in else frame.work
    for row, person in frame.people.items():
        limits = [params.hours.for_(frame.data, row, date) for date in frame.dates]
        for limit in dict.fromkeys(limits):
            least = round(60 * limit.value)
            days = np.array([each == limit for each in limits])
            tag = builder.demand(
                "REST11", "REST11.need", staff_id=row, agreement=limit.agreement, limit=limit.value
            )
            refuse(builder, person, at_work & (end - begin > 1440 - least) & days[:, None], tag)
            for lag, then in thens.items():  # two days on only in the night the clock is set forward
                soon = then[:, None, :] < np.minimum(begin + 1440, end + least)[:, :, None]
                bad = at_work[:, None] & at_work & soon & days[:, None, None]
                apart(builder, person, bad, tag, lag)


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
