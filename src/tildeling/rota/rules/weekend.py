"""WEEKEND: a working weekend every third week, or as agreed with the one; soft, or hard by choice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import DAY, Case
from tildeling.rota.compiling.cells import refuse
from tildeling.rota.rules.rule import Allowed, Breach, Limit, Params, Rule
from tildeling_models.roster.problem import Blocks

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame
    from tildeling.rota.dataset import RotaDataset
    from tildeling.rota.tables import Staff

SOURCE = "Custom: weekends"


class WeekendParams(Params):
    """At most one weekend of so many is worked.

    ``hard``: whether more is a breach, or pointed out.  ``own_hard``: the same for those for whom the data say how
    often, or which week.
    """

    every: Limit
    hard: bool = False
    own_hard: bool = True


CUSTOM = Limit(value=3.0)
"""Where no rule set says otherwise."""


def weekends_apart(data: RotaDataset, person: Staff, day: dt.date) -> Allowed:
    """One weekend of how many someone works: as the data say for them, else as the rule set in force."""
    if person.weekend_every is not None:
        return Allowed(float(person.weekend_every), None)
    setting = data.policy.rules_in_force.rules.get("WEEKEND")
    every = WeekendParams.model_validate(setting.params).every if setting is not None else CUSTOM
    return every.for_(data, person.staff_id, day)


def is_hard(person: Staff, params: WeekendParams) -> bool:
    """Whether someone's weekends are a matter of rule."""
    own = person.weekend_every is not None or person.weekend_week is not None
    return params.hard or (own and params.own_hard)


def check(case: Case, params: WeekendParams) -> Iterator[Breach]:
    """Weekends worked too soon after the one before, past and wrap included, and those of another week."""
    start, weeks = case.data.info.start, case.data.info.weeks
    for person in case.data.staff:
        allowed = weekends_apart(case.data, person, start)
        every, hard = int(allowed.value), is_hard(person, params)
        days = {duty.day for duty in case.duties[person.staff_id] if duty.day.weekday() >= 5}
        worked = sorted({(day - start).days // 7 for day in days})
        if case.data.cyclic:
            of_plan = [week for week in worked if 0 <= week < weeks]
            worked = sorted({week + turn * weeks for week in of_plan for turn in (-1, 0)})
        for before, week in zip([None, *worked], worked, strict=False):
            if not 0 <= week < weeks:
                continue
            saturday = start + (7 * week + 5) * DAY
            if before is not None and week - before < every:
                yield Breach(
                    "WEEKEND", "WEEKEND.soon", SOURCE, person.staff_id, saturday, saturday + DAY,
                    week - before, every, "weeks", allowed.agreement, hard,
                )  # fmt: skip
            if person.weekend_week is not None and (week + 1 - person.weekend_week) % every:
                yield Breach(
                    "WEEKEND", "WEEKEND.other", SOURCE, person.staff_id, saturday, saturday + DAY,
                    week + 1, person.weekend_week, "week", allowed.agreement, hard, {"every": every},
                )  # fmt: skip


def lower(frame: Frame, params: WeekendParams, builder: Builder) -> None:
    """Where it is hard: at most one block of so many weekends, and no shift in weekends of other weeks."""
    work = np.arange(frame.shape[2]) > 0
    for row in frame.data.staff:
        if not is_hard(row, params):
            continue
        allowed = weekends_apart(frame.data, row, frame.data.info.start)
        every, person = int(allowed.value), frame.people[row.staff_id]
        tag = builder.demand(
            "WEEKEND", "WEEKEND.need", staff_id=row.staff_id, agreement=allowed.agreement, limit=every
        )
        for window, most in _windows(frame, row.staff_id, every):
            block = np.full(frame.shape[1], -1)
            for week in window:
                saturday = frame.past + 7 * week + 5
                block[saturday : saturday + 2] = week
            builder.add(Blocks(people=np.array([person]), block=block, of=work, most=most, tag=tag))
        if row.weekend_week is not None:
            other = (np.arange(frame.data.info.weeks) + 1 - row.weekend_week) % every != 0
            bad = np.zeros(frame.shape[1:], dtype=bool)
            for saturday in frame.planned[5::7][other].tolist():
                bad[saturday : saturday + 2] = work
            refuse(builder, person, bad, tag)


def _windows(frame: Frame, staff_id: str, every: int) -> Iterator[tuple[list[int], int]]:
    """Planned weeks of each stretch of ``every``, and how many of their weekends may be worked."""
    weeks = frame.data.info.weeks
    if frame.data.cyclic:
        if every > weeks:  # each weekend comes back too soon
            yield list(range(weeks)), 0
        elif every > 1:
            for first in range(weeks):
                yield [(first + number) % weeks for number in range(every)], 1
        return
    past = {
        (row.date - frame.data.info.start).days // 7
        for row in frame.data.history
        if row.staff_id == staff_id and row.shift_code is not None and row.date.weekday() >= 5
    }
    for first in range(1 - every, weeks):
        window = range(first, first + every)
        planned = [week for week in window if 0 <= week < weeks]
        before = len(past.intersection(window))
        if len(planned) + min(before, 1) > 1:
            yield planned, max(0, 1 - before)


RULE = Rule(
    id="WEEKEND",
    source=SOURCE,
    trust="M",
    nb="Arbeid hver tredje helg",
    en="A working weekend every third week",
    params=WeekendParams,
    texts={
        "WEEKEND.soon": {
            "nb": "{staff} arbeider helgen {day}, {found} uke(r) etter forrige; det skal være {limit}",
            "en": "{staff} works the weekend of {day}, {found} week(s) after the last; it should be {limit}",
        },
        "WEEKEND.other": {
            "nb": "{staff} arbeider helgen {day} i uke {found}; helgene er hver {every}. uke fra uke {limit}",
            "en": "{staff} works the weekend of {day} in week {found}; theirs are one in {every} from week {limit}",
        },
        "WEEKEND.need": {
            "nb": "{staff} skal arbeide høyst én helg av {limit}",
            "en": "{staff} must work at most one weekend of {limit}",
        },
    },
    check=check,
    lower=lower,
)
