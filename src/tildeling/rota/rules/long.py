"""LONG: long shifts need an agreement for their length and the consent of whoever works them.

The length is the planned one, active hours only; a night that the clock makes an hour longer is no long shift.
Duty at home and live-in stays have rules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import Case
from tildeling.rota.compiling.cells import refuse
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling.rota.tables import ShiftKind
from tildeling_models.roster.problem import Bools

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "Union practice: long shifts"


class LongParams(Params):
    """Hours of the longest shift that is no long one; agreements raise them, for who consents."""

    hours: Limit


def check(case: Case, params: LongParams) -> Iterator[Breach]:
    """Shifts longer than is agreed, and long ones without consent."""
    for person in case.data.staff:
        for duty in case.duties[person.staff_id]:
            if not duty.planned or duty.shift.kind in (ShiftKind.STANDBY, ShiftKind.LIVE_IN):
                continue
            hours = float(duty.shift.hours - duty.shift.passive_hours)
            limit = params.hours.for_(case.data, person.staff_id, duty.day)
            if hours > limit.value:
                yield Breach(
                    "LONG", "LONG.above", SOURCE, person.staff_id, duty.day, duty.day, hours, limit.value, "h",
                    limit.agreement,
                )  # fmt: skip
            elif hours > params.hours.value and not person.long_consent:
                yield Breach(
                    "LONG", "LONG.consent", SOURCE, person.staff_id, duty.day, duty.day, hours,
                    params.hours.value, "h", limit.agreement,
                )  # fmt: skip


def lower(frame: Frame, params: LongParams, builder: Builder) -> None:
    """Long shifts are taken away on the days when someone may not have them."""
    kinds = frame.of_kind(ShiftKind.STANDBY, ShiftKind.LIVE_IN)
    length = np.array([0.0, *(float(row.hours) - float(row.passive_hours) for row in frame.data.shifts)])
    for row in frame.data.staff:
        bad: dict[tuple[float, str | None], Bools] = {}
        for day in frame.planned.tolist():
            limit = params.hours.for_(frame.data, row.staff_id, frame.dates[day])
            used = (limit.value, limit.agreement) if row.long_consent else (params.hours.value, None)
            cells = bad.setdefault(used, np.zeros(frame.shape[1:], dtype=bool))
            cells[day] = ~kinds & (length > used[0])
        for (most, agreement), cells in bad.items():
            if cells.any():
                tag = builder.demand(
                    "LONG", "LONG.need", staff_id=row.staff_id, agreement=agreement, limit=most
                )
                refuse(builder, frame.people[row.staff_id], cells, tag)


RULE = Rule(
    id="LONG",
    source=SOURCE,
    trust="H",
    nb="Langvakter etter avtale og med samtykke",
    en="Long shifts by agreement and with consent",
    params=LongParams,
    texts={
        "LONG.above": {
            "nb": "{staff} har en vakt på {found} timer {day}; avtalt er høyst {limit}",
            "en": "{staff} has a shift of {found} hours on {day}; at most {limit} is agreed",
        },
        "LONG.consent": {
            "nb": "{staff} har en vakt på {found} timer {day} uten å ha samtykket til mer enn {limit}",
            "en": "{staff} has a shift of {found} hours on {day} without consent to more than {limit}",
        },
        "LONG.need": {
            "nb": "{staff} skal ha vakter på høyst {limit} timer",
            "en": "{staff} must have shifts of at most {limit} hours",
        },
    },
    check=check,
    lower=lower,
)
