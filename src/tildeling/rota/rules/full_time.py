"""FULL-TIME: part-timers who want more hours come before pool and agency staff."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tildeling.rota import targets
from tildeling.rota.case import Case, Duty
from tildeling.rota.counting import worked_minutes
from tildeling.rota.rules.rule import Breach, Params, Rule
from tildeling.rota.rules.terms import terms
from tildeling.rota.tables import Employment, ShiftKind, Staff

SOURCE = "AML §§ 14-1 b, 14-3"

EXTRA = frozenset({Employment.POOL, Employment.AGENCY})


def extra_order(person: Staff) -> int:
    """Place in the order in which staff are asked to take an extra shift; the lowest first.

    Part-timers who want more hours, other part-timers, the pool, full-timers (for whom it is overtime), agencies.
    """
    if person.employment is Employment.AGENCY:
        return 4
    if person.employment is Employment.POOL:
        return 2
    if person.position_percent >= 100:
        return 3
    return 0 if person.more_hours else 1


def check(case: Case, params: Params) -> Iterator[Breach]:
    """A remark for each shift of pool or agency staff that a part-timer who wants more hours had room for.

    Whether rest allows it is for whoever asks them: it depends on what else is moved.
    """
    wanting = [
        person
        for person in case.data.staff
        if person.employment not in EXTRA and extra_order(person) == 0 and person.position_percent
    ]
    room = {
        person.staff_id: targets.aim_seconds(case, person)
        + targets.room_seconds(case, person)
        - targets.worked_seconds(case, person.staff_id)
        for person in wanting
    }
    rules = terms(case.data)
    for person in case.data.staff:
        for duty in case.duties[person.staff_id] if person.employment in EXTRA else ():
            if not duty.planned:
                continue
            seconds = 60 * worked_minutes(duty, rules)
            could = [
                other.staff_id
                for other in wanting
                if room[other.staff_id] >= seconds and _can(case, other, duty, duty.day)
            ]
            if could:
                yield Breach(
                    "FULL-TIME", "FULL-TIME.first", SOURCE, person.staff_id, duty.day, duty.day, hard=False,
                    values={"shift": duty.shift.shift_code, "others": ", ".join(could)},
                )  # fmt: skip


def _can(case: Case, person: Staff, duty: Duty, day: dt.date) -> bool:
    return (
        case.data.may_work(person, duty.shift)
        and (person.nights or duty.shift.kind is not ShiftKind.NIGHT)
        and not case.away(person.staff_id, day)
        and case.rota.shift(person.staff_id, day) is None
    )


RULE = Rule(
    id="FULL-TIME",
    source=SOURCE,
    trust="M",
    nb="Heltid er hovedregelen; deltidsansatte først ved merarbeid",
    en="Full-time is the norm; part-timers first for extra hours",
    params=Params,
    texts={
        "FULL-TIME.first": {
            "nb": "{staff} har {shift} {day}; deltidsansatte som ønsker mer, har timer til det: {others}",
            "en": "{staff} has {shift} on {day}; part-timers who want more have hours for it: {others}",
        },
    },
    check=check,
)
