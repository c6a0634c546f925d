"""BREAK: breaks within shifts; whether they count as working hours is the shift's own (``counting.py``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tildeling.rota.case import Case
from tildeling.rota.rules.rule import Breach, Params, Rule
from tildeling.rota.tables import Shift, ShiftKind

SOURCE = "AML § 10-9"


class BreakParams(Params):
    """Above ``some_above`` hours of work there is a break; from ``long_from`` on, one of ``minutes``."""

    some_above: float
    long_from: float | None = None
    minutes: int = 1
    source: str = SOURCE


def check(case: Case, params: BreakParams) -> Iterator[Breach]:
    """Shifts in use with too little break, each told once.

    Pointed out: the shift is at fault, not who works it when, so no other rota would be better.
    """
    used: dict[str, dt.date] = {}
    for duties in case.duties.values():
        for duty in duties:
            if duty.planned:
                code = duty.shift.shift_code
                used[code] = min(used.get(code, duty.day), duty.day)
    for code, day in sorted(used.items()):
        shift = case.data.shift[code]
        least = _least(shift, params)
        if shift.break_minutes < least:
            yield Breach("BREAK", "BREAK.short", params.source, day=day, last_day=day, found=shift.break_minutes,
                         limit=least, unit="min", hard=False, values={"shift": code})  # fmt: skip


def _least(shift: Shift, params: BreakParams) -> int:
    """Minutes of break that a shift must have, by its working hours: without the break unless that counts."""
    if shift.kind in (ShiftKind.STANDBY, ShiftKind.LIVE_IN):
        return 0
    hours = float(shift.hours) - (0 if shift.break_is_work else shift.break_minutes / 60)
    if params.long_from is not None and hours >= params.long_from:
        return params.minutes
    return 1 if hours > params.some_above else 0


RULE = Rule(
    id="BREAK",
    source=SOURCE,
    trust="H",
    nb="Pause når arbeidstiden er over fem og en halv time, minst 30 minutter fra åtte timer",
    en="A break when hours are above five and a half, at least 30 minutes from eight hours",
    params=BreakParams,
    texts={
        "BREAK.short": {
            "nb": "vakten {shift} har {found} minutter pause; det kreves minst {limit}",
            "en": "the shift {shift} has {found} minutes of break; at least {limit} are required",
        },
    },
    check=check,
)
