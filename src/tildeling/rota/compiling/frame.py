"""The arrays that rules and goals lower from: people × days × shifts, with minutes as they count.

Activity 0 is to be off; activity ``a`` is ``data.shifts[a - 1]``.  Days before the first planned one hold the
past.  All minutes are whole; a shift that spans the night the clock is changed is an hour longer or shorter on
that day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tildeling.rota.calendar import dst_minutes, is_free_day
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.tables import Shift, ShiftKind
from tildeling_models.roster.problem import DAY, Bools, Ints

MOST_PAST = 56
"""Days of the past that are looked at: the eight weeks of the longest running average."""


@dataclass(frozen=True)
class Frame:
    """A data set as arrays."""

    data: RotaDataset

    @cached_property
    def people(self) -> Mapping[str, int]:
        """Row of each person."""
        return {row.staff_id: index for index, row in enumerate(self.data.staff)}

    @cached_property
    def codes(self) -> Mapping[str, int]:
        """Activity of each shift code."""
        return {row.shift_code: index + 1 for index, row in enumerate(self.data.shifts)}

    @cached_property
    def past(self) -> int:
        """Days of the past."""
        if not self.data.history:
            return 0
        first = min(row.date for row in self.data.history)
        return min(MOST_PAST, (self.data.info.start - first).days)

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """(D,) date of each day, the past first."""
        before = (self.data.info.start - dt.timedelta(days=back) for back in range(self.past, 0, -1))
        return (*before, *self.data.days)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(P, D, A + 1)."""
        return len(self.data.staff), len(self.dates), len(self.data.shifts) + 1

    @cached_property
    def start(self) -> Ints:
        """(A + 1,) minute of the day that each shift begins at."""
        return np.array([0, *(_minute(row) for row in self.data.shifts)], np.int64)

    @cached_property
    def end(self) -> Ints:
        """(A + 1,) minute that each shift ends at, past 1440 where it ends on a later day."""
        return self.start + np.array([0, *(int(row.hours * 60) for row in self.data.shifts)], np.int64)

    @cached_property
    def free_day(self) -> Bools:
        """(D,) Sundays and, in a plan for dates, public holidays."""
        if self.data.cyclic:
            return np.array([date.weekday() == 6 for date in self.dates])
        return np.array([is_free_day(date) for date in self.dates])

    @cached_property
    def clock_change(self) -> Ints:
        """(D, A + 1) minutes that a shift is longer when the clock is set back within it, shorter when forward."""
        found = np.zeros(self.shape[1:], np.int64)
        if self.data.cyclic:
            return found
        for day, date in enumerate(self.dates):
            for later in range(int(self.end.max()) // DAY + 1):
                extra = dst_minutes(date + dt.timedelta(days=later))
                if extra:
                    at = later * DAY + 180  # summer time begins and ends between 02:00 and 03:00
                    found[day, 1:] += np.where((self.start < at) & (self.end >= at), extra, 0)[1:]
        return found

    def of_kind(self, *kinds: ShiftKind) -> Bools:
        """(A + 1,) the shifts of some kinds."""
        return np.array([False, *(row.kind in kinds for row in self.data.shifts)])

    @cached_property
    def work(self) -> Bools:
        """(A + 1,) all shifts at which one must be there: standby is at home."""
        return np.array([False, *(row.kind is not ShiftKind.STANDBY for row in self.data.shifts)])

    @cached_property
    def planned(self) -> Ints:
        """The days that are planned."""
        return np.arange(self.past, len(self.dates), dtype=np.int64)

    @cached_property
    def absent(self) -> Bools:
        """(P, D) who is away when."""
        found = np.zeros(self.shape[:2], dtype=bool)
        number = {date: day for day, date in enumerate(self.dates)}
        for row in self.data.absences:
            person = self.people[row.staff_id]
            for date, day in number.items():
                if row.first_day <= date <= row.last_day:
                    found[person, day] = True
        return found

    @cached_property
    def allowed(self) -> Bools:
        """(P, D, A + 1) what each may do on each day: own lists, base, competence, absence, what is fixed, the past."""
        found = np.ones(self.shape, dtype=bool)
        for person, row in enumerate(self.data.staff):
            found[person, :, 1:] = [self.data.may_work(row, shift) for shift in self.data.shifts]
        found[self.absent, 1:] = False
        number = {date: day for day, date in enumerate(self.dates)}
        found[:, : self.past] = False
        found[:, : self.past, 0] = True
        for row_fixed in (*self.data.fixed, *self.data.history):
            day = number.get(row_fixed.date)
            if day is not None:
                found[self.people[row_fixed.staff_id], day] = False
                found[self.people[row_fixed.staff_id], day, self.codes.get(row_fixed.shift_code or "", 0)] = (
                    True
                )
        return found


def _minute(shift: Shift) -> int:
    hour, minute = map(int, shift.start.split(":"))
    return 60 * hour + minute
