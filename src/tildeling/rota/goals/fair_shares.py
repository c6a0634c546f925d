"""Nights, weekends, holidays and unwanted shifts, each against a fair share by position.

There is a share of what the cover plan asks for and of what was worked in the past, so that the share of one does
not hang on the rota of another.  Of a kind with ``total`` shifts, someone with position ``p`` who is there on
``n`` planned days has ``total * p * n / sum(p * n)`` over those who can work it; the past counts with the plan.
Whole numbers throughout: a share lies between its floor and its ceiling, and each shift outside costs one.
A kind that no planned day can be of is left out.  Weekends are counted as weekends: one asks for as many persons as
the fuller of its two days.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tildeling.rota import cover_days
from tildeling.rota.calendar import red_day
from tildeling.rota.case import DAY, Case
from tildeling.rota.compiling.cover_days import activities, asked_heads, is_holiday
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules.rule import Params
from tildeling.rota.tables import ShiftKind, Staff
from tildeling_models.roster.problem import Blocks, Bools, Ints, Sum

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

Kind = Literal["nights", "weekends", "holidays", "unwanted"]
KINDS: tuple[Kind, ...] = ("nights", "weekends", "holidays", "unwanted")


class FairSharesParams(Params):
    """What is shared."""

    kinds: tuple[Kind, ...] = KINDS


def value(case: Case, params: FairSharesParams) -> int:
    """Shifts (or weekends) beyond the ceiling or below the floor of each person's share, over kinds."""
    total = 0
    for kind in params.kinds:
        if all(_unit(case, kind, day) is None for day in case.data.days):
            continue
        codes = _codes(case, kind)
        sharing = [
            person for person in case.data.staff if _weight(case, person) and _can(case, person, codes)
        ]
        past = {person.staff_id: _past(case, person.staff_id, kind, codes) for person in sharing}
        whole = _asked(case, kind, codes) + sum(past.values())
        weights = sum(_weight(case, person) for person in sharing)
        for person in sharing:
            share, rest = divmod(whole * _weight(case, person), weights)
            has = past[person.staff_id] + len(set(_planned(case, person.staff_id, kind, codes)))
            total += max(0, share - has, has - share - (rest > 0))
    return total


def _codes(case: Case, kind: Kind) -> frozenset[str]:
    return frozenset(
        row.shift_code
        for row in case.data.shifts
        if (kind != "nights" or row.kind is ShiftKind.NIGHT) and (kind != "unwanted" or row.unwanted)
    )


def _weight(case: Case, person: Staff) -> int:
    there = sum(not case.away(person.staff_id, day) for day in case.data.days)
    return int(person.position_percent * 1000) * there


def _can(case: Case, person: Staff, codes: frozenset[str]) -> bool:
    return any(
        case.data.may_work(person, row) and (person.nights or row.kind is not ShiftKind.NIGHT)
        for row in case.data.shifts
        if row.shift_code in codes
    )


def _unit(case: Case, kind: Kind, day: dt.date) -> dt.date | None:
    """What a shift on a day counts as: its day, or the Monday of its weekend; None where it does not count."""
    if kind == "weekends":
        return day - day.weekday() * DAY if day.weekday() >= 5 else None
    if kind == "holidays":
        return day if not case.data.cyclic and red_day(day) is not None else None
    return day


def _planned(case: Case, staff_id: str, kind: Kind, codes: frozenset[str]) -> Iterator[dt.date]:
    for day, code in case.rota.work.get(staff_id, {}).items():
        unit = _unit(case, kind, day)
        if code in codes and unit is not None:
            yield unit


def _past(case: Case, staff_id: str, kind: Kind, codes: frozenset[str]) -> int:
    rows = [row for row in case.data.history if row.staff_id == staff_id and row.shift_code in codes]
    return len({_unit(case, kind, row.date) for row in rows} - {None})


def _asked(case: Case, kind: Kind, codes: frozenset[str]) -> int:
    fullest: Counter[dt.date] = Counter()
    for day in case.data.days:
        unit = _unit(case, kind, day)
        if unit is not None:
            fullest[unit] = max(fullest[unit], cover_days.heads(case, day, codes))
    return sum(fullest.values())


def lower(frame: Frame, params: FairSharesParams, builder: Builder, tier: int, weight: int) -> None:
    """For each kind and person a count over the plan, priced outside the share less what is past."""
    price = builder.price(tier, weight)
    for kind in params.kinds:
        of = _of(frame, kind)
        block = _block(frame, kind)
        used = frame.planned[block[frame.planned] >= 0]
        if not used.size:
            continue
        positions = np.array([int(row.position_percent * 1000) for row in frame.data.staff], np.int64)
        shares = positions * (~frame.absent[:, frame.planned]).sum(axis=1)
        shares[[not _able(frame, row, of) for row in frame.data.staff]] = 0
        past = _worked_before(frame, kind, of)
        heads = np.array(asked_heads(frame, of), np.int64)
        largest = np.zeros(len(frame.dates), np.int64)
        np.maximum.at(largest, block[used], heads[used - frame.past])
        whole = int(largest.sum()) + int(past[shares > 0].sum())
        for person in np.flatnonzero(shares).tolist():
            part = whole * int(shares[person])
            every = int(shares.sum())
            common: dict[str, Any] = {
                "people": np.array([person]),
                "low": part // every - int(past[person]),
                "high": -(-part // every) - int(past[person]),
                "under": price,
                "over": price,
                "tag": builder.demand(
                    "fair_shares", "fair_shares", staff_id=frame.data.staff[person].staff_id, kind=kind
                ),
            }
            if kind == "weekends":
                builder.add(Blocks(block=block, of=of, **common))
            else:
                builder.add(Sum(days=used, weight=np.tile(of.astype(np.int64), (len(used), 1)), **common))


def _of(frame: Frame, kind: Kind) -> Bools:
    if kind == "nights":
        return frame.of_kind(ShiftKind.NIGHT)
    if kind == "unwanted":
        return np.array([False, *(row.unwanted for row in frame.data.shifts)])
    return activities(frame, frame.codes)


def _block(frame: Frame, kind: Kind) -> Ints:
    """(D,) number of what each planned day counts as, -1 for none: the day, or its weekend's Saturday."""
    block = np.full(frame.shape[1], -1)
    for day in frame.planned.tolist():
        date = frame.dates[day]
        if kind == "weekends":
            block[day] = day - date.weekday() + 5 if date.weekday() > 4 else -1
        elif kind != "holidays" or is_holiday(frame, date):
            block[day] = day
    return block


def _able(frame: Frame, row: Staff, of: Bools) -> bool:
    may = [frame.data.may_work(row, shift) for shift in frame.data.shifts]
    found = of[1:] & np.array(may, dtype=bool)
    if not row.nights:
        found &= ~frame.of_kind(ShiftKind.NIGHT)[1:]
    return bool(found.any())


def _worked_before(frame: Frame, kind: Kind, of: Bools) -> Ints:
    """(P,) shifts, or weekends, of the whole past, older days than the frame's among them."""
    seen: set[tuple[int, int]] = set()
    for row in frame.data.history:
        if row.shift_code is None or not of[frame.codes[row.shift_code]]:
            continue
        if kind == "weekends" and row.date.weekday() < 5:
            continue
        if kind == "holidays" and not is_holiday(frame, row.date):
            continue
        number = row.date.toordinal()
        seen.add((frame.people[row.staff_id], (number - 1) // 7 if kind == "weekends" else number))
    found = np.zeros(frame.shape[0], np.int64)
    for person, _ in seen:
        found[person] += 1
    return found


GOAL = Goal(
    id="fair_shares",
    nb="Rettferdig fordeling",
    en="Fair shares",
    unit={"nb": "vakter utenfor rettferdig andel", "en": "shifts outside a fair share"},
    params=FairSharesParams,
    value=value,
    lower=lower,
)
