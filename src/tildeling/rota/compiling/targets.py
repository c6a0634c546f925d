"""Hours that someone should work, as arrays and numbers for primitives: the engines' half of ``targets.py``.

Seconds throughout.  Where the target does not hang on the rota, the count is one of minutes, and limits are
rounded inward to whole minutes, which loses nothing as hours worked are whole minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tildeling.rota.calendar import SHORT_EVES, is_free_day, red_day
from tildeling.rota.case import DAY as ONE_DAY
from tildeling.rota.compiling import minutes
from tildeling.rota.compiling.frame import Frame
from tildeling.rota.rules.ks_terms import Ks3dParams, full_weeks, three_part
from tildeling.rota.rules.terms import terms
from tildeling.rota.tables import ShiftKind, Staff, WeekCategory
from tildeling_models.roster.problem import DAY, Bools, Ints, Price, Sum, Target


@dataclass(frozen=True, slots=True)
class Reach:
    """Limits on hours worked less the target, in seconds; prices per started hour beyond low and high."""

    least: int | None = None
    most: int | None = None
    low: int | None = None
    high: int | None = None
    price: Price | None = None


class Hours:
    """The hours of a frame, counted once for all its people."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.weeks = full_weeks(frame.data)
        self.lowered = three_part(frame.data)
        self.worked = minutes.worked(frame, terms(frame.data))

    def relief(self, params: Ks3dParams) -> Ints:
        """(D, A + 1) seconds that each shift lowers the week of a three-part rota by."""
        window = params.night_window.minutes
        by_day = zone_by_day(self.frame, *window)
        found = params.night * minutes.night(self.frame, *window) + params.holiday * by_day
        found[: self.frame.past] = 0
        return found

    def three_part(self, row: Staff) -> Ks3dParams | None:
        """The terms of three-part rotas where the data let someone meet their conditions."""
        params = self.lowered
        if params is None or row.category is not WeekCategory.THREE_PART:
            return None
        if (row.weekend_every or 1) > params.sunday_every:
            return None
        may = np.array([False, *(self.frame.data.may_work(row, shift) for shift in self.frame.data.shifts)])
        if not row.nights:
            may &= ~self.frame.of_kind(ShiftKind.NIGHT)
        return params if all((may & part).any() for part in self.parts) else None

    @property
    def parts(self) -> tuple[Bools, Bools, Bools]:
        """Day, evening and night as sets of activities."""
        kind = self.frame.of_kind
        return (
            kind(ShiftKind.DAY, ShiftKind.LONG),
            kind(ShiftKind.EVENING, ShiftKind.LONG),
            kind(ShiftKind.NIGHT, ShiftKind.SLEEPING_NIGHT),
        )

    def room(self, row: Staff) -> int:
        """Seconds between a position and a full-time one for who wants more hours, else 0."""
        if not row.more_hours:
            return 0
        params = self.three_part(row)
        week = params.ceiling if params is not None else self.weeks.week[row.category]
        return self._share(row, week, True) - self._share(row, week, False)

    def about(self, row: Staff, reach: Reach, tag: int, *, full_time: bool = False) -> Sum | Target:
        """The primitive that holds someone's hours within reach of the target of the position, or of a full one."""
        person = np.array([self.frame.people[row.staff_id]])
        lost = self._lost(row)
        params = self.three_part(row)
        if params is None:
            aim = self._share(row, self.weeks.week[row.category], full_time) - lost
            days = self.frame.planned
            return Sum(
                people=person, days=days, weight=self.worked[days], unit=60, under=reach.price, over=reach.price,
                least=_up(aim, reach.least), low=_up(aim, reach.low),
                most=_down(aim, reach.most), high=_down(aim, reach.high), tag=tag,
            )  # fmt: skip
        weight = 60 * self.worked
        weight[: self.frame.past] = 0
        # What is lost is taken off the hours in place of the target, so that the clamps stay where they are.
        return Target(
            people=person, weight=weight, relief=self.relief(params),
            base=self._share(row, params.week, full_time), floor=self._share(row, params.floor, full_time),
            ceiling=self._share(row, params.ceiling, full_time), unit=3600,
            least=_less(reach.least, lost), most=_less(reach.most, lost),
            low=_less(reach.low, lost), high=_less(reach.high, lost),
            under=reach.price, over=reach.price, tag=tag,
        )  # fmt: skip

    def _share(self, row: Staff, week: float, full_time: bool) -> int:
        days = len(self.frame.planned)
        if not self.frame.data.published:
            days -= len(self._away(row))
        part = 100_000 if full_time else int(row.position_percent * 1000)
        return round(week * 3600) * days * part // 700_000

    def _away(self, row: Staff) -> set[int]:
        """Planned days away that count."""
        found: set[int] = set()
        start = self.frame.data.info.start
        for absence in self.frame.data.absences:
            if absence.staff_id == row.staff_id and absence.counts:
                first = max(0, (absence.first_day - start).days)
                last = min(len(self.frame.planned) - 1, (absence.last_day - start).days)
                found.update(range(first, last + 1))
        return found

    def _lost(self, row: Staff) -> int:
        away, frame = self._away(row), self.frame
        total = 0
        for shift in frame.data.published:
            day = (shift.date - frame.data.info.start).days
            if shift.staff_id == row.staff_id and shift.shift_code and day in away:
                total += 60 * int(self.worked[frame.past + day, frame.codes[shift.shift_code]])
        return total


def zone_by_day(frame: Frame, dusk: int, dawn: int) -> Ints:
    """(D, A + 1) minutes in the zone of Sundays and holidays (§ 10-10 (1)) outside the night.

    The clock is changed at night, so that it does not matter here.
    """
    reach = int(frame.end.max()) // DAY + 1
    dates = [frame.dates[0] + day * ONE_DAY for day in range(len(frame.dates) + reach + 1)]
    free = [date.weekday() == 6 or (not frame.data.cyclic and is_free_day(date)) for date in dates]
    clock = np.arange(DAY)
    light = (clock < dusk) & (clock >= dawn - DAY)
    inside = np.zeros((len(dates) - 1, DAY), np.int64)
    for day, (is_free, next_free) in enumerate(pairwise(free)):
        short = not frame.data.cyclic and red_day(dates[day + 1]) in SHORT_EVES
        closes = 0 if not is_free else DAY if next_free else 1320
        opens = DAY if not next_free else 900 if short else 1080
        inside[day] = light & ((clock < closes) | (clock >= opens))
    upto = np.concatenate([[0], np.cumsum(inside.ravel())])
    begins = DAY * np.arange(len(frame.dates))[:, None]
    return np.asarray(np.where(frame.work, upto[begins + frame.end] - upto[begins + frame.start], 0))


def _up(aim: int, gap: int | None) -> int | None:
    """The least whole minute not below a limit."""
    return None if gap is None else -((-aim - gap) // 60)


def _down(aim: int, gap: int | None) -> int | None:
    """The greatest whole minute not above a limit."""
    return None if gap is None else (aim + gap) // 60


def _less(gap: int | None, lost: int) -> int | None:
    return None if gap is None else gap - lost
