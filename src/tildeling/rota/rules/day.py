"""DAY: ordinary hours within 24 hours.

The 24 hours run from the beginning of work; after a rest of ``apart`` hours, the least any agreement allows,
they begin anew.  An evening shift and the next day's are thus two days' work, as rotas are commonly read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import DAY, HOUR, Case, Duty
from tildeling.rota.compiling.cells import apart, refuse
from tildeling.rota.compiling.minutes import instants, next_day, present, worked
from tildeling.rota.counting import passive_relief, present_minutes, worked_minutes
from tildeling.rota.rules.rule import Allowed, Breach, Limit, Params, Rule
from tildeling.rota.rules.terms import terms
from tildeling_models.roster.problem import Ints

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-4 (1)"


class DayParams(Params):
    """Ordinary hours within 24 hours.

    ``hours_passive`` holds in their place for a duty with passive duty in it, passive hours counted whole, where
    that is more (§ 10-4 (2)).
    """

    hours: Limit
    hours_passive: Limit = Limit(value=0.0)
    apart: float = 8.0


def check(case: Case, params: DayParams) -> Iterator[Breach]:
    """Planned duties above the limit, and pairs that are so close that they are one day's work."""
    how = terms(case.data)
    for person in case.data.staff:
        duties = case.duties[person.staff_id]
        fits = {}
        for duty in duties:
            limit = params.hours.over(case.data, person.staff_id, duty.day, duty.day + DAY)
            minutes = worked_minutes(duty, how)
            fits[duty] = minutes <= 60 * limit.value
            if passive_relief(duty, how):
                wider = params.hours_passive.over(case.data, person.staff_id, duty.day, duty.day + DAY)
                if not fits[duty] and wider.value > limit.value:
                    limit, minutes = wider, present_minutes(duty, how)
                    fits[duty] = minutes <= 60 * limit.value
            if duty.planned and not fits[duty]:
                yield _breach(person.staff_id, duty, duty, minutes, limit)
        for duty, following in pairwise(each for each in duties if each.at_work):
            limit = params.hours.over(case.data, person.staff_id, duty.day, duty.day + DAY)
            minutes = worked_minutes(duty, how) + worked_minutes(following, how)
            close = following.begin - duty.end < params.apart * HOUR and following.begin < duty.begin + DAY
            blamed = duty.planned or (following.planned and not case.data.cyclic)
            if close and blamed and minutes > 60 * limit.value:
                yield _breach(person.staff_id, duty, following, minutes, limit)


def _breach(staff_id: str, first: Duty, last: Duty, minutes: int, limit: Allowed) -> Breach:
    return Breach(
        "DAY", "DAY.hours", SOURCE, staff_id, first.day, last.day, minutes / 60, limit.value, "h", limit.agreement
    )  # fmt: skip


def lower(frame: Frame, params: DayParams, builder: Builder) -> None:
    """Shifts above the limit are taken away, and pairs that are one day's work and too much for it."""
    how = terms(frame.data)
    minutes, whole = worked(frame, how), present(frame, how)
    begin, end = instants(frame)
    then = next_day(begin)
    close = frame.work[:, None] & frame.work & (then[:, None, :] - end[:, :, None] < 60 * params.apart)
    close &= then[:, None, :] < begin[:, :, None] + 1440
    both = minutes[:, :, None] + _following(minutes)[:, None, :]
    for row, person in frame.people.items():
        limits = [
            tuple(
                each.over(frame.data, row, date, date + DAY) for each in (params.hours, params.hours_passive)
            )
            for date in frame.dates
        ]
        for limit, passive in dict.fromkeys(limits):
            days = np.array([each == (limit, passive) for each in limits])
            used = passive if passive.value > limit.value else limit
            tag = builder.demand(
                "DAY", "DAY.need", staff_id=row, agreement=limit.agreement, limit=limit.value
            )
            bad = minutes > 60 * limit.value
            if used is passive:
                eased = (whole > minutes) & (whole <= 60 * passive.value)
                bad &= ~eased
            refuse(builder, person, bad & days[:, None], tag)
            apart(builder, person, close & (both > 60 * limit.value) & days[:, None, None], tag)


def _following(minutes: Ints) -> Ints:
    """What activities count on the following day; the first day's follow the last."""
    return np.roll(minutes, -1, axis=0)


RULE = Rule(
    id="DAY",
    source=SOURCE,
    trust="H",
    nb="Alminnelig arbeidstid i løpet av 24 timer",
    en="Ordinary hours within 24 hours",
    params=DayParams,
    texts={
        "DAY.hours": {
            "nb": "{staff} arbeider {found} timer fra {day} (til {last_day}); grensen er {limit} i løpet av 24 timer",
            "en": "{staff} works {found} hours from {day} (until {last_day}); the limit is {limit} in 24 hours",
        },
        "DAY.need": {
            "nb": "{staff} skal arbeide høyst {limit} timer i løpet av 24 timer",
            "en": "{staff} may work at most {limit} hours in 24 hours",
        },
    },
    check=check,
    lower=lower,
)
