"""Judges a roster from the competition's own definitions, day by day in plain Python.

It shares nothing with the engines, their problem or its evaluation: it exists to find them wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby

from tildeling.published.inrc2.instance import (
    ASSIGNMENTS,
    COMPLETE_WEEKEND,
    COVER,
    DAYS_OFF,
    PREFERENCE,
    SAME_SHIFT,
    SATURDAY,
    WEEK,
    WEEKDAYS,
    WEEKENDS,
    WORKING,
    Contract,
    Instance,
    Nurse,
    Plan,
)
from tildeling.published.judging import Breach, Judgement

Row = list[str]
"""The shift of each day, "" for a day off."""


def judge(instance: Instance, plan: Plan) -> Judgement:
    """Every hard limit H1 to H4 that a roster breaks, and what S1 to S7 cost; ``plan`` has a row for everyone."""
    rows = {name: [day[0].shift if day else "" for day in days] for name, days in plan.items()}
    there = Counter(
        (day, *work)
        for nurse in instance.nurses
        for day, works in enumerate(plan[nurse.id])
        for work in works
        if work.skill in nurse.skills
    )
    breaches = [
        *(breach for nurse in instance.nurses for breach in _of_nurse(instance, nurse, plan, rows[nurse.id])),
        *_too_few(instance, there),
    ]
    missing = sum(max(0, c.wanted - there[c.day, c.shift, c.skill]) for c in instance.covers)

    def total(term: Callable[[Instance, Nurse, Row], int]) -> int:
        return sum(term(instance, nurse, rows[nurse.id]) for nurse in instance.nurses)

    unheard = sum(bool(w) and r.shift in ("", w) for r in instance.requests for w in [rows[r.nurse][r.day]])
    parts = (
        ("inrc2_cover_wanted", COVER * missing),
        ("inrc2_same_shift", SAME_SHIFT * total(_same_shift)),
        ("inrc2_working", WORKING * total(_working)),
        ("inrc2_days_off", DAYS_OFF * total(_off)),
        ("inrc2_preferences", PREFERENCE * unheard),
        ("inrc2_complete_weekends", COMPLETE_WEEKEND * total(_halves)),
        ("inrc2_assignments", ASSIGNMENTS * total(_assignments)),
        ("inrc2_weekends", WEEKENDS * total(_weekends)),
    )
    return Judgement(tuple(breaches), parts)


def _of_nurse(instance: Instance, nurse: Nurse, plan: Plan, row: Row) -> Iterator[Breach]:
    """H1: one shift a day; H4: only in skills there are; H3: no forbidden followers, after the history too."""
    for day, works in enumerate(plan[nurse.id]):
        if len(works) > 1:
            found = ", ".join(map(" ".join, works))
            yield Breach("inrc2_single", {"nurse": nurse.id, "day": _named(day), "found": found})
        for work in works:
            if work.skill not in nurse.skills:
                yield Breach("inrc2_skill", {"nurse": nurse.id, "day": _named(day)} | work._asdict())
    banned = {shift.id: shift.not_before for shift in instance.shifts}
    for day, (before, shift) in enumerate(zip([nurse.history.last, *row], row, strict=False)):
        if before and shift in banned[before]:
            yield Breach(
                "inrc2_follows", {"nurse": nurse.id, "day": _named(day), "shift": shift, "before": before}
            )


def _too_few(instance: Instance, there: Counter[tuple[int, str, str]]) -> Iterator[Breach]:
    """H2: the least cover of a shift and skill."""
    for cover in instance.covers:
        found = there[cover.day, cover.shift, cover.skill]
        if found < cover.least:
            yield Breach(
                "inrc2_cover",
                {"day": _named(cover.day), "shift": cover.shift, "skill": cover.skill, "least": cover.least,
                 "found": found},
            )  # fmt: skip


def _named(day: int) -> str:
    """``1 Sat``: the week from 0, and the day of it."""
    return f"{day // WEEK} {WEEKDAYS[day % WEEK]}"


def _same_shift(instance: Instance, nurse: Nurse, row: Row) -> int:
    limit = {shift.id: (shift.least, shift.most) for shift in instance.shifts}
    found = 0
    for shift, (least, most) in limit.items():
        before = nurse.history.same if nurse.history.last == shift else 0
        found += _outside([each == shift for each in row], before, least, most)
    return found


def _working(instance: Instance, nurse: Nurse, row: Row) -> int:
    own = instance.contract_of[nurse.id]
    return _outside([bool(shift) for shift in row], nurse.history.on, own.least_on, own.most_on)


def _off(instance: Instance, nurse: Nurse, row: Row) -> int:
    own = instance.contract_of[nurse.id]
    return _outside([not shift for shift in row], nurse.history.off, own.least_off, own.most_off)


def _outside(inside: list[bool], before: int, least: int, most: int) -> int:
    """Days that stretches of inside days miss to a least length, or have beyond a most.

    The first goes on from ``before`` days of the history, of which none is counted again; it misses days though it
    ends with the history.  One that is still open on the last day misses nothing.
    """
    found = 0
    if before and not inside[0]:
        found += max(0, least - before)
    begin = 0
    for within, days in groupby(inside):
        here = len(list(days))
        if within:
            carried = before if begin == 0 else 0
            found += max(0, carried + here - most) - max(0, carried - most)
            if begin + here < len(inside):
                found += max(0, least - carried - here)
        begin += here
    return found


def _weekend_days(row: Row) -> list[tuple[bool, bool]]:
    """(whether Saturday is worked, whether Sunday is) of each weekend."""
    return [(bool(row[day]), bool(row[day + 1])) for day in range(SATURDAY, len(row), WEEK)]


def _halves(instance: Instance, nurse: Nurse, row: Row) -> int:
    """Weekends with one working day only, for those who are to have them whole."""
    if not instance.contract_of[nurse.id].complete:
        return 0
    return sum(saturday != sunday for saturday, sunday in _weekend_days(row))


def _assignments(instance: Instance, nurse: Nurse, row: Row) -> int:
    own: Contract = instance.contract_of[nurse.id]
    found = nurse.history.assignments + sum(map(bool, row))
    return max(0, own.least - found) + max(0, found - own.most)


def _weekends(instance: Instance, nurse: Nurse, row: Row) -> int:
    found = nurse.history.weekends + sum(any(days) for days in _weekend_days(row))
    return max(0, found - instance.contract_of[nurse.id].weekends)
