"""Rolls a base rota out: its weeks repeat over dates, from a week of the cycle on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from tildeling.rota.case import DAY
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.rules.weekend import weekends_apart
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Absence, Planned, RotaForm, Staff, Wish

T = TypeVar("T", Planned, Wish)


def roll_out(
    data: RotaDataset, rota: Rota, start: dt.date, weeks: int, first_week: int = 1
) -> tuple[RotaDataset, Rota]:
    """A plan for dates with the shifts of a base rota.

    Rows of the base rota that stand on a day (fixed shifts, wishes, absences) are repeated with it.  Red days are
    those of the dates; that someone is off on them is for whoever plans the holidays to change.

    Parameters
    ----------
    start
        First day, a Monday; it is the Monday of week ``first_week`` (1 is the first) of the cycle.
    weeks
        Weeks to roll out, 1 to 53.

    Raises
    ------
    ValueError
        If the data are no cycle, the start no Monday, or a number is out of range.
    """
    if not data.cyclic:
        raise ValueError("form: only a cycle can be rolled out")
    if start.weekday() != 0:
        raise ValueError(f"start: {start} is not a Monday")
    if not 1 <= weeks <= 53:
        raise ValueError(f"weeks: {weeks} is not in 1..53")
    if not 1 <= first_week <= data.info.weeks:
        raise ValueError(f"first_week: {first_week} is not in 1..{data.info.weeks}")
    info = data.info.model_copy(
        update={
            "form": RotaForm.DATED,
            "start": start,
            "weeks": weeks,
            "published_on": None,
            "discussed_on": None,
        }
    )
    dates: dict[dt.date, list[dt.date]] = {}
    for date in (start + number * DAY for number in range(7 * weeks)):
        dates.setdefault(base_day(data, date, start, first_week), []).append(date)
    dated = replace(
        data,
        info=info,
        staff=tuple(_in_step(data, row, first_week) for row in data.staff),
        absences=tuple(_absences(data, dates)),
        wishes=tuple(_repeated(data.wishes, dates)),
        fixed=tuple(_repeated(data.fixed, dates)),
    )
    work = {
        staff_id: {date: row[day] for day in sorted(row) for date in dates.get(day, ())}
        for staff_id, row in rota.work.items()
    }
    return dated, Rota({staff_id: dict(sorted(row.items())) for staff_id, row in work.items()})


def base_day(data: RotaDataset, date: dt.date, start: dt.date, first_week: int) -> dt.date:
    """The day of the cycle that a date has its shifts from."""
    number = (date - start).days + 7 * (first_week - 1)
    return data.info.start + number % len(data.days) * DAY


def _repeated(rows: tuple[T, ...], dates: dict[dt.date, list[dt.date]]) -> Iterator[T]:
    for row in rows:
        for date in dates.get(row.date, ()):
            yield row.model_copy(update={"date": date})


def _absences(data: RotaDataset, dates: dict[dt.date, list[dt.date]]) -> Iterator[Absence]:
    """One row a day: a stretch may be cut by the end of the cycle or of the plan."""
    for row in data.absences:
        for day in data.days:
            if row.first_day <= day <= row.last_day:
                for date in dates.get(day, ()):
                    yield row.model_copy(update={"first_day": date, "last_day": date})


def _in_step(data: RotaDataset, row: Staff, first_week: int) -> Staff:
    """Someone whose working weekend is counted from the first week of the plan in place of the cycle's.

    Where the cycle is not whole turns of weekends there is no such week in a plan that repeats it.
    """
    if row.weekend_week is None:
        return row
    apart = weekends_apart(data, row, data.info.start).value
    every = int(apart)
    if data.info.weeks % every:
        return row.model_copy(update={"weekend_week": None})
    return row.model_copy(update={"weekend_week": (row.weekend_week - first_week) % every + 1})
