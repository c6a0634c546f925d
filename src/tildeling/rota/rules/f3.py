"""F3: of the Sundays and public holidays of a plan for dates, every second one is off on average.

A base rota that falls short of it when it is rolled out owes F3 days (``marks.red_days``); in the plan for dates
they are given, and that is what is held here, over stretches of 26 weeks and what is left at the end.  Of an odd
number the odd one may be worked: strict turns that begin with a worked one are as § 10-8 (4) has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from tildeling.rota.case import Case
from tildeling.rota.rules.rule import Breach, Params, Rule
from tildeling_models.roster.problem import Sum

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-8 (4), F3"


class F3Params(Params):
    """Weeks over which red days are averaged."""

    weeks: int = Field(default=26, ge=1, le=53)


def check(case: Case, params: F3Params) -> Iterator[Breach]:
    """Stretches in which fewer than half of the red days are off."""
    if case.data.cyclic:
        return
    days = case.data.days
    for at in range(0, len(days), 7 * params.weeks):
        stretch = days[at : at + 7 * params.weeks]
        red = {day for day in stretch if case.is_free_day(day)}
        for person in case.data.staff:
            worked = {duty.day for duty in case.duties[person.staff_id] if duty.at_work and duty.planned}
            off, least = len(red - worked), len(red) // 2
            if off < least:
                yield Breach(
                    "F3", "F3.owed", SOURCE, person.staff_id, stretch[0], stretch[-1], off, least, "days",
                    values={"red": len(red)},
                )  # fmt: skip


def lower(frame: Frame, params: F3Params, builder: Builder) -> None:
    """A sum over the red days of each stretch."""
    if frame.data.cyclic:
        return
    work = frame.work.astype(np.int64)
    for at in range(0, len(frame.planned), 7 * params.weeks):
        stretch = frame.planned[at : at + 7 * params.weeks]
        red = stretch[frame.free_day[stretch]]
        if red.size:
            builder.add(
                Sum(
                    people=np.arange(frame.shape[0]),
                    days=red,
                    weight=np.tile(work, (len(red), 1)),
                    most=(len(red) + 1) // 2,
                    tag=builder.demand(
                        "F3", "F3.need", day=frame.dates[stretch[0]], last_day=frame.dates[stretch[-1]],
                        limit=len(red) // 2, red=len(red),
                    ),
                )
            )  # fmt: skip


RULE = Rule(
    id="F3",
    source=SOURCE,
    trust="H",
    nb="Fri annenhver søn- og helgedag i gjennomsnitt (F3 for det som mangler i grunnturnusen)",
    en="Every second Sunday and holiday off on average (F3 for what the base rota is short of)",
    params=F3Params,
    texts={
        "F3.owed": {
            "nb": "{staff} har fri {found} av {red} røde dager fra {day} til {last_day}; minst {limit} kreves",
            "en": "{staff} is off on {found} of {red} red days from {day} to {last_day}; at least {limit} are required",
        },
        "F3.need": {
            "nb": "Alle skal ha fri {limit} av {red} røde dager fra {day} til {last_day}",
            "en": "Everyone must be off on {limit} of {red} red days from {day} to {last_day}",
        },
    },
    check=check,
    lower=lower,
)
