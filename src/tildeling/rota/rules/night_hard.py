"""NIGHT-HARD: at most eight hours within 24 hours where the work at night is especially straining."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import Case
from tildeling.rota.compiling import minutes
from tildeling.rota.compiling.cells import refuse
from tildeling.rota.counting import night_minutes, worked_minutes
from tildeling.rota.rules.night_def import night
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling.rota.rules.terms import terms

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-11 (7)"


class NightHardParams(Params):
    """Hours of a straining shift with more than ``hours_at_night`` hours at night."""

    hours: Limit
    hours_at_night: float = 3.0


def check(case: Case, params: NightHardParams) -> Iterator[Breach]:
    """Straining duties at night that are too long."""
    how, dark = terms(case.data), night(case.data)
    for person in case.data.staff:
        for duty in case.duties[person.staff_id]:
            at_night = night_minutes(duty, *dark) > 60 * params.hours_at_night
            if not (duty.planned and duty.shift.straining and at_night):
                continue
            hours = worked_minutes(duty, how) / 60
            limit = params.hours.for_(case.data, person.staff_id, duty.day)
            if hours > limit.value:
                yield Breach("NIGHT-HARD", "NIGHT-HARD.hours", SOURCE, person.staff_id, duty.day, duty.day,
                             hours, limit.value, "h", limit.agreement)  # fmt: skip


def lower(frame: Frame, params: NightHardParams, builder: Builder) -> None:
    """Such shifts are taken away."""
    worked = minutes.worked(frame, terms(frame.data))
    straining = np.array([False, *(row.straining for row in frame.data.shifts)])
    at_night = minutes.night(frame, *night(frame.data)) > 60 * params.hours_at_night
    for staff_id, row in frame.people.items():
        limits = [params.hours.for_(frame.data, staff_id, date) for date in frame.dates]
        for limit in dict.fromkeys(limits):
            days = np.array([each == limit for each in limits])
            tag = builder.demand("NIGHT-HARD", "NIGHT-HARD.need", staff_id=staff_id,
                                 agreement=limit.agreement, limit=limit.value)  # fmt: skip
            long = worked > 60 * limit.value
            refuse(builder, row, straining & at_night & long & days[:, None], tag)


RULE = Rule(
    id="NIGHT-HARD",
    source=SOURCE,
    trust="H",
    nb="Høyst 8 timer per 24 timer ved særlig belastende nattarbeid",
    en="At most 8 hours per 24 hours of especially straining night work",
    params=NightHardParams,
    texts={
        "NIGHT-HARD.hours": {
            "nb": "{staff} arbeider {found} timer om natten {day}, særlig belastende; grensen er {limit}",
            "en": "{staff} works {found} hours in the night of {day}, especially straining; the limit is {limit}",
        },
        "NIGHT-HARD.need": {
            "nb": "{staff} skal ha høyst {limit} timer særlig belastende nattarbeid per 24 timer",
            "en": "{staff} may have at most {limit} hours of especially straining night work per 24 hours",
        },
    },
    check=check,
    lower=lower,
)
