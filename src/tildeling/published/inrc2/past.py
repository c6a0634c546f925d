"""A history as days: the fewest before day 0 from which every stretch goes on as it should."""

from __future__ import annotations

from dataclasses import dataclass

from tildeling.published.inrc2.instance import Instance, Nurse


@dataclass(frozen=True, slots=True)
class Past:
    """Past days of everyone, as many for each: the shift of each day, "" for a day off."""

    days: int
    rows: tuple[tuple[str, ...], ...]


def past_of(instance: Instance) -> Past:
    """The past of everyone.

    Stretches are as long as they were, or as long as makes any difference.  Before them stands at least one day that
    is outside of each, for a stretch from the first day of all is one whose beginning is not known.
    """
    rows = [_last_days(instance, nurse) for nurse in instance.nurses]
    days = 1 + max((len(row) for row in rows), default=0)
    other = instance.shifts[0].id
    return Past(
        days, tuple((*((other if row and not row[0] else "",) * (days - len(row))), *row) for row in rows)
    )


def _last_days(instance: Instance, nurse: Nurse) -> tuple[str, ...]:
    """The stretch that ends with the past."""
    own, history = instance.contract_of[nurse.id], nurse.history
    if not history.last:
        return ("",) * min(history.off, max(1, own.least_off, own.most_off))
    shift = next(each for each in instance.shifts if each.id == history.last)
    same = min(history.same, max(1, shift.least, shift.most))
    on = max(same, min(history.on, max(own.least_on, own.most_on)))
    other = next((each.id for each in instance.shifts if each.id != shift.id), shift.id)
    return (*((other,) * (on - same)), *((shift.id,) * same))
