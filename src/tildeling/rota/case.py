"""What the checker looks at: each person's duties as real stretches of time, the past and the wrap included.

Plain Python over the rows; shares nothing with compiling or the engines.  Instants are UTC, so that differences
are real hours when the clock is set forward or back; a cyclic base rota has no dates and so no such nights: its
clock is taken as running on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tildeling.rota.calendar import is_free_day, moment
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Shift, ShiftKind, Staff

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """One shift of one person: the day it begins on, and when it really begins and ends (UTC).

    ``planned`` says that it is part of the plan, not of the past nor a copy of it in another turn of a cycle.
    """

    day: dt.date
    shift: Shift
    begin: dt.datetime
    end: dt.datetime
    planned: bool

    @property
    def minutes(self) -> int:
        """From beginning to end."""
        return int((self.end - self.begin).total_seconds()) // 60

    @property
    def at_work(self) -> bool:
        """Whether they must be there: standby is at home."""
        return self.shift.kind is not ShiftKind.STANDBY


@dataclass(frozen=True)
class Case:
    """A data set and a rota for it."""

    data: RotaDataset
    rota: Rota

    @cached_property
    def duties(self) -> Mapping[str, tuple[Duty, ...]]:
        """Each person's duties in order: the past, the plan; of a cycle the turn before and the turn after too."""
        return {
            person.staff_id: tuple(sorted(self._duties(person), key=_begin)) for person in self.data.staff
        }

    def _duties(self, person: Staff) -> Iterator[Duty]:
        planned = self.rota.work.get(person.staff_id, {})
        turns = (-1, 0, 1) if self.data.cyclic else (0,)
        for day, code in planned.items():
            for turn in turns:
                yield self.duty(day + turn * len(self.data.days) * DAY, code, planned=turn == 0)
        for row in self.data.history:
            if row.staff_id == person.staff_id and row.shift_code is not None:
                yield self.duty(row.date, row.shift_code, planned=False)

    def duty(self, day: dt.date, code: str, *, planned: bool = True) -> Duty:
        """A shift on a day."""
        shift = self.data.shift[code]
        hour, minute = map(int, shift.start.split(":"))
        start, length = 60 * hour + minute, int(shift.hours * 60)
        if self.data.cyclic:
            begin = dt.datetime.combine(day, dt.time(hour, minute), dt.UTC)
            return Duty(day, shift, begin, begin + dt.timedelta(minutes=length), planned)
        return Duty(day, shift, moment(day, start), moment(day, start + length), planned)

    def at(self, day: dt.date, minute: int = 0) -> dt.datetime:
        """A time of day as an instant, on the clock that the duties go by."""
        if self.data.cyclic:
            return dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(minutes=minute)
        return moment(day, minute)

    def worked(self, staff_id: str, first: dt.date, last: dt.date) -> list[Duty]:
        """Duties that begin on the days from first to last."""
        return [duty for duty in self.duties[staff_id] if first <= duty.day <= last]

    def is_free_day(self, day: dt.date) -> bool:
        """Whether a day is a Sunday or, in a plan for dates, a public holiday."""
        return day.weekday() == 6 if self.data.cyclic else is_free_day(day)

    def away(self, staff_id: str, day: dt.date) -> bool:
        """Whether someone is absent on a day."""
        return day in self._absent.get(staff_id, ())

    @cached_property
    def _absent(self) -> Mapping[str, set[dt.date]]:
        found: dict[str, set[dt.date]] = {}
        planned = self.data.days
        for row in self.data.absences:
            days = {day for day in planned if row.first_day <= day <= row.last_day}
            found.setdefault(row.staff_id, set()).update(days)
        return found

    @cached_property
    def weeks(self) -> tuple[dt.date, ...]:
        """The Monday of each planned week."""
        return self.data.days[::7]


def _begin(duty: Duty) -> dt.datetime:
    return duty.begin
