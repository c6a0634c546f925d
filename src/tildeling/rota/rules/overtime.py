"""OVERTIME: hours beyond the ordinary week, in a week, four weeks, half a year and a year.

A plan that keeps WEEK, or the AVG rule of its agreement, has no overtime.  The rule is for plans that are let to
pass those, as when shifts are taken after sickness: hours of a calendar week beyond ``ordinary`` are overtime.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota import windows
from tildeling.rota.case import DAY, Case, Duty
from tildeling.rota.compiling import windows as spans
from tildeling.rota.compiling.minutes import present, worked
from tildeling.rota.counting import ordinary_minutes
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule
from tildeling.rota.rules.terms import terms
from tildeling.rota.tables import Staff, WeekCategory
from tildeling.texts import Lang
from tildeling_models.roster.problem import Ints

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-6 (4)-(7)"


class OvertimeParams(Params):
    """Hours of overtime in so many weeks; ``ordinary``: the week by kind of work, wider with averages agreed."""

    ordinary: Mapping[WeekCategory, Limit]
    week: Limit
    four_weeks: Limit
    half_year: Limit
    year: Limit

    @property
    def limits(self) -> tuple[tuple[str, int, Limit], ...]:
        """Name, weeks, hours; the shortest first."""
        return (
            ("week", 1, self.week), ("four_weeks", 4, self.four_weeks),
            ("half_year", 26, self.half_year), ("year", 52, self.year),
        )  # fmt: skip


def check(case: Case, params: OvertimeParams) -> Iterator[Breach]:
    """Weeks and runs of weeks with too much overtime."""
    for person in case.data.staff:
        for name, weeks, limits in params.limits:
            for window in windows.of_weeks(case, weeks):
                limit = limits.over(case.data, person.staff_id, window.first, window.last)
                found = windows.above(
                    case, person.staff_id, window, partial(_overtime, case, params, person),
                    60 * limit.value,
                )  # fmt: skip
                if found is not None:
                    yield Breach(
                        "OVERTIME", f"OVERTIME.{name}", SOURCE, person.staff_id, window.first, window.last,
                        found / 60, limit.value, "h", limit.agreement,
                    )  # fmt: skip


def _overtime(case: Case, params: OvertimeParams, person: Staff, duties: list[Duty]) -> int:
    how = terms(case.data)
    weeks: dict[dt.date, list[Duty]] = {}
    for duty in duties:
        weeks.setdefault(duty.day - duty.day.weekday() * DAY, []).append(duty)
    found = 0
    for monday, week in weeks.items():
        ordinary = params.ordinary[person.category].over(case.data, person.staff_id, monday, monday + 6 * DAY)
        found += max(0, ordinary_minutes(week, how) - round(60 * ordinary.value))
    return found


def lower(frame: Frame, params: OvertimeParams, builder: Builder) -> None:
    """A limit on each week, and on weeks together that could pass theirs.

    Overtime of some weeks is the largest, over sets of these weeks, of the hours beyond the ordinary ones in the
    set: four weeks are kept exactly by one sum for each set.  Longer stretches have too many sets: where their
    limit could be reached, each planned week is kept to its even share of it, which is stricter than the check.
    """
    for person in frame.data.staff:
        weeks = _Weeks(frame, params, builder, person)
        for name, length, limits in params.limits:
            for window in spans.of_weeks(frame, length):
                limit = limits.over(frame.data, person.staff_id, window.first, window.last)
                tag = builder.demand("OVERTIME", f"OVERTIME.{name}_need", staff_id=person.staff_id,
                                     agreement=limit.agreement, limit=limit.value)  # fmt: skip
                weeks.keep(window, round(60 * limit.value), length, tag)


class _Weeks:
    """The weeks of one person: ordinary minutes, and how much overtime each can have."""

    def __init__(self, frame: Frame, params: OvertimeParams, builder: Builder, person: Staff) -> None:
        self.builder, self.row = builder, frame.people[person.staff_id]
        self.how = terms(frame.data)
        self.minutes, self.whole = worked(frame, self.how), present(frame, self.how)
        self.past = frame.past
        ceilings = spans.week_ceilings(frame, person.staff_id)
        self.ordinary, self.most = [], []
        own = params.ordinary[person.category]
        for week, ceiling in zip(spans.of_seven_days(frame, rolling=False), ceilings.tolist(), strict=True):
            ordinary = round(60 * own.over(frame.data, person.staff_id, week.first, week.last).value)
            limit = round(60 * params.week.over(frame.data, person.staff_id, week.first, week.last).value)
            reach = spans.within_reach(builder, self.row, week.numbers, self.whole)
            self.ordinary.append(ordinary)
            self.most.append(max(0, min(limit, reach - ordinary, ceiling - ordinary)))
        self.before = round(60 * own.over(frame.data, person.staff_id, frame.dates[0], frame.dates[0]).value)
        self.capped = False

    def keep(self, window: spans.Days, limit: int, length: int, tag: int) -> None:
        """Keep the overtime of a window of weeks."""
        rows = window.numbers.reshape(-1, 7)
        planned = {int(days[0] - self.past) // 7: days for days in rows if days[0] >= self.past}
        planned = {week: days for week, days in planned.items() if self.most[week] > 0}
        before = sum(self._had(days) for days in rows if days[0] < self.past)
        room = max(limit, before) - before
        if length == 1:
            for week, days in planned.items():
                one = spans.Days(days, window.first, window.last)
                most = self.ordinary[week] + limit
                spans.week_at_most(self.builder, self.row, one, self.minutes, self.whole, self.how, most, tag)
        elif sum(self.most[week] for week in planned) > room:
            self._cap(tag)
            if length == 4:
                for size in range(1, len(planned) + 1):
                    for some in combinations(planned, size):
                        if sum(self.most[week] for week in some) > room:
                            self._sum([planned[week] for week in some],
                                      sum(self.ordinary[week] for week in some) + room, tag)  # fmt: skip
            else:
                for week, days in planned.items():
                    self._sum([days], self.ordinary[week] + room // len(planned), tag)

    def _had(self, days: Ints) -> int:
        """Overtime of a past week."""
        counted = spans.given(self.builder, self.row, days, self.minutes)
        whole = spans.given(self.builder, self.row, days, self.whole)
        return max(0, max(counted, whole - self.how.passive_week) - self.before)

    def _sum(self, weeks: list[Ints], most: int, tag: int) -> None:
        days = spans.Days(np.concatenate(weeks), dt.date.min, dt.date.max)
        spans.at_most(self.builder, self.row, days, self.minutes, most, tag)

    def _cap(self, tag: int) -> None:
        if not self.capped:
            spans.cap_passive(self.builder, self.row, self.whole - self.minutes, self.how, tag)
            self.capped = True


def _texts() -> dict[str, dict[Lang, str]]:
    found: dict[str, dict[Lang, str]] = {}
    for name, nb, en in (
        ("week", "i løpet av sju dager", "in seven days"),
        ("four_weeks", "i løpet av fire uker", "in four weeks"),
        ("half_year", "i løpet av 26 uker", "in 26 weeks"),
        ("year", "i løpet av 52 uker", "in 52 weeks"),
    ):
        found[f"OVERTIME.{name}"] = {
            "nb": f"{{staff}} har {{found}} timer overtid {{day}}–{{last_day}}; grensen er {{limit}} {nb}",
            "en": f"{{staff}} has {{found}} hours of overtime {{day}}–{{last_day}}; the limit is {{limit}} {en}",
        }
        found[f"OVERTIME.{name}_need"] = {
            "nb": f"{{staff}} skal ha høyst {{limit}} timer overtid {nb}",
            "en": f"{{staff}} may have at most {{limit}} hours of overtime {en}",
        }
    return found


RULE = Rule(
    id="OVERTIME",
    source=SOURCE,
    trust="H",
    nb="Overtid",
    en="Overtime",
    params=OvertimeParams,
    texts=_texts(),
    check=check,
    lower=lower,
)
