"""What holds under any rule set: one shift at a time, own lists, competence, base, absence, fixed shifts.

As with a rule, the checking half and the lowering half share no helper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from tildeling.rota.case import HOUR, Case
from tildeling.rota.compiling.builder import Builder
from tildeling.rota.compiling.frame import Frame
from tildeling.rota.rules.rule import Breach
from tildeling.texts import Lang
from tildeling_models.roster.problem import Succession

TEXTS: dict[str, dict[Lang, str]] = {
    "GIVEN.overlap": {
        "nb": "{staff} har to vakter som overlapper med {amount} timer: {day} og {last_day}",
        "en": "{staff} has two shifts that overlap by {amount} hours: {day} and {last_day}",
    },
    "GIVEN.may_not": {
        "nb": "{staff} kan ikke ha vakten {shift} {day}: base, kompetanse eller egne vakter",
        "en": "{staff} may not have the shift {shift} on {day}: base, competence or own shifts",
    },
    "GIVEN.absent": {
        "nb": "{staff} har vakten {shift} {day}, men er fraværende",
        "en": "{staff} has the shift {shift} on {day}, but is away",
    },
    "GIVEN.fixed": {
        "nb": "{staff} skal ha {wanted} {day}, men har {shift}",
        "en": "{staff} is to have {wanted} on {day}, but has {shift}",
    },
    "GIVEN.outside": {
        "nb": "{staff} har en vakt {day}, som ikke er blant dagene som planlegges",
        "en": "{staff} has a shift on {day}, which is not among the days planned",
    },
    "GIVEN.one_at_a_time": {
        "nb": "ingen kan ha to vakter på en gang",
        "en": "nobody can have two shifts at a time",
    },
}
"""Requirement id -> {nb, en}."""


def check(case: Case) -> Iterator[Breach]:
    """Shifts that overlap, that the person may not have, in an absence, or other than what is fixed."""
    data = case.data
    fixed = {(row.staff_id, row.date): row.shift_code for row in data.fixed}
    for person in data.staff:
        who = person.staff_id
        for duty, following in pairwise(case.duties[who]):
            overlap = (duty.end - following.begin) / HOUR
            if overlap > 0 and (duty.planned or following.planned):
                yield _breach("overlap", who, duty.day, last_day=following.day, found=overlap)
        for day, code in case.rota.work.get(who, {}).items():
            if day not in data.days:
                yield _breach("outside", who, day)
            if not data.may_work(person, data.shift[code]):
                yield _breach("may_not", who, day, values={"shift": code})
            if case.away(who, day):
                yield _breach("absent", who, day, values={"shift": code})
    for (who, day), wanted in fixed.items():
        has = case.rota.shift(who, day)
        if has != wanted:
            yield _breach("fixed", who, day, values={"wanted": wanted or "–", "shift": has or "–"})


def _breach(what: str, who: str, day: dt.date, **rest: Any) -> Breach:
    return Breach("GIVEN", f"GIVEN.{what}", "", who, day, **rest)


def lower(frame: Frame, builder: Builder) -> None:
    """No shift begins before the one before it has ended; what may not be given is no cell of the frame."""
    start, end = frame.start, frame.end
    everybody = np.arange(frame.shape[0])
    tag = builder.demand("GIVEN", "GIVEN.one_at_a_time")
    for activity in range(1, len(start)):
        for days in range(1, int(end[activity] - 1) // 1440 + 1):
            then = (np.arange(len(start)) > 0) & (start + 1440 * days < end[activity])
            if then.any():
                first = np.zeros(len(start), dtype=bool)
                first[activity] = True
                builder.add(Succession(people=everybody, first=first, then=then, lag=days, tag=tag))
