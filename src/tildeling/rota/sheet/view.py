"""A rota as rows to read: people with their days, sums and counts; the cover plan; wishes; breaches.

Sheet, page and picture show the same rows; only here are they gathered.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tildeling.rota import cover_days
from tildeling.rota.calendar import red_day
from tildeling.rota.case import DAY, Case, Duty
from tildeling.rota.check import Report
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.goals.wishes import met
from tildeling.rota.rules.rule import Breach, Used
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Absence, CoverNeed, ShiftKind, Staff, Wish

Minutes = Callable[[Duty], int]
"""Minutes of a duty that count as worked."""
LONGEST_NOTED = 10
"""Days of one breach that are marked one by one; a longer stretch (a week's sum, a period) is marked on its first."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What stands in the sheet beside the rota itself.

    Parameters
    ----------
    marks
        (person, day) -> F1..F5, on free days.
    targets
        Person -> minutes of the position over the whole plan; none: not shown.
    base
        The base rota laid on the plan's dates, where the plan was rolled out from one.
    used
        Limits that agreements allowed.
    """

    marks: Mapping[tuple[str, dt.date], str]
    targets: Mapping[str, int]
    base: Rota | None = None
    used: Sequence[Used] = ()


NO_EXTRAS = Extras({}, {})


@dataclass(frozen=True, slots=True)
class Cell:
    """A person's day.

    ``text`` is the shift code or the mark of a free day, empty for a plain day off.
    """

    day: dt.date
    code: str | None
    mark: str
    absence: Absence | None
    unmet: tuple[Wish, ...]
    breaches: tuple[int, ...]

    @property
    def text(self) -> str:
        """What stands in the cell."""
        return self.code or self.mark


@dataclass(frozen=True, slots=True)
class Line:
    """A person's row; minutes of work by week and in all."""

    person: Staff
    cells: tuple[Cell, ...]
    weeks: tuple[int, ...]
    target: int | None
    nights: int
    weekends: int
    unwanted: int
    base: tuple[str | None, ...] | None

    @property
    def worked(self) -> int:
        """Minutes in the whole plan."""
        return sum(self.weeks)

    @property
    def off_target(self) -> int | None:
        """Minutes above the target."""
        return None if self.target is None else self.worked - self.target

    @property
    def unmet(self) -> int:
        """Wishes not met."""
        return sum(len(cell.unmet) for cell in self.cells)

    @property
    def departures(self) -> tuple[bool, ...]:
        """Days on which the plan is not the base rota's."""
        if self.base is None:
            return ()
        return tuple(cell.code != code for cell, code in zip(self.cells, self.base, strict=True))


@dataclass(frozen=True, slots=True)
class CoverCell:
    """A day of a line of the cover plan; ``needed`` is None where the line does not hold."""

    day: dt.date
    needed: int | None
    wanted: int
    most: int | None
    planned: int

    @property
    def short(self) -> int:
        """How many are missing."""
        return max(0, (self.needed or 0) - self.planned)

    @property
    def over(self) -> int:
        """How many there is no room for."""
        return 0 if self.needed is None or self.most is None else max(0, self.planned - self.most)


@dataclass(frozen=True, slots=True)
class CoverLine:
    """A line of the cover plan with each day's numbers."""

    need: CoverNeed
    cells: tuple[CoverCell, ...]


class View:
    """A rota's rows.

    Parameters
    ----------
    report
        What the checker found; none: nothing is said of breaches.
    worked
        Minutes of a duty that count.
    """

    def __init__(
        self, data: RotaDataset, rota: Rota, worked: Minutes, report: Report | None = None,
        extras: Extras = NO_EXTRAS,
    ) -> None:  # fmt: skip
        self.data, self.rota, self.worked, self.report, self.extras = data, rota, worked, report, extras
        self.case = Case(data, rota)

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days that are planned."""
        return self.data.days

    @cached_property
    def red(self) -> Mapping[dt.date, str]:
        """Public holidays of a plan for dates, by their Norwegian name."""
        if self.data.cyclic:
            return {}
        return {day: name for day in self.days if (name := red_day(day)) is not None}

    @cached_property
    def notices(self) -> tuple[Breach, ...]:
        """Breaches first, then what is only pointed out; cells name them by their place here."""
        return () if self.report is None else (*self.report.breaches, *self.report.remarks)

    @cached_property
    def _noticed(self) -> Mapping[tuple[str, dt.date], tuple[int, ...]]:
        found: dict[tuple[str, dt.date], list[int]] = defaultdict(list)
        planned = set(self.days)
        for at, breach in enumerate(self.notices):
            if breach.day is None or not breach.staff_id:
                continue
            length = ((breach.last_day or breach.day) - breach.day).days
            for later in range(length + 1 if length < LONGEST_NOTED else 1):
                day = breach.day + later * DAY
                if day in planned:
                    found[breach.staff_id, day].append(at)
        return {place: tuple(numbers) for place, numbers in found.items()}

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every person's row, in the order of the data set."""
        return tuple(self._line(person) for person in self.data.staff)

    def _line(self, person: Staff) -> Line:
        name = person.staff_id
        duties = [duty for duty in self.case.duties[name] if duty.planned]
        weeks = [0] * self.data.info.weeks
        for duty in duties:
            weeks[(duty.day - self.data.info.start).days // 7] += self.worked(duty)
        kinds = Counter(duty.shift.kind for duty in duties)
        base = self.extras.base
        return Line(
            person, tuple(self._cell(name, day) for day in self.days), tuple(weeks),
            self.extras.targets.get(name), kinds[ShiftKind.NIGHT],
            len({duty.day - duty.day.weekday() * DAY for duty in duties if duty.day.weekday() >= 5}),
            sum(duty.shift.unwanted for duty in duties),
            None if base is None else tuple(base.shift(name, day) for day in self.days),
        )  # fmt: skip

    def _cell(self, name: str, day: dt.date) -> Cell:
        code = self.rota.shift(name, day)
        mark = "" if code is not None else self.extras.marks.get((name, day), "")
        unmet = tuple(wish for wish in self._wishes.get((name, day), ()) if not met(self.case, wish))
        return Cell(day, code, mark, self._absent.get((name, day)), unmet, self._noticed.get((name, day), ()))

    @cached_property
    def _wishes(self) -> Mapping[tuple[str, dt.date], list[Wish]]:
        found: dict[tuple[str, dt.date], list[Wish]] = defaultdict(list)
        for wish in self.data.wishes:
            found[wish.staff_id, wish.date].append(wish)
        return found

    @cached_property
    def _absent(self) -> Mapping[tuple[str, dt.date], Absence]:
        return {
            (row.staff_id, day): row
            for row in self.data.absences
            for day in self.days
            if row.first_day <= day <= row.last_day
        }

    @cached_property
    def unmet(self) -> tuple[Wish, ...]:
        """Wishes not met, by day."""
        found = [wish for line in self.lines for cell in line.cells for wish in cell.unmet]
        return tuple(sorted(found, key=lambda wish: (wish.date, wish.staff_id, wish.kind)))

    @cached_property
    def cover(self) -> tuple[CoverLine, ...]:
        """Every line of the cover plan that holds on some planned day."""
        found = (self._cover_line(need) for need in self.data.cover)
        return tuple(line for line in found if any(cell.needed is not None for cell in line.cells))

    def _cover_line(self, need: CoverNeed) -> CoverLine:
        cells = []
        for day in self.days:
            needed = need.least if cover_days.holds(self.case, need, day) else None
            planned = cover_days.present(self.case, day, need.shift_codes, need.competence)
            wanted = need.least if need.wanted is None else need.wanted
            cells.append(CoverCell(day, needed, wanted, need.most, planned))
        return CoverLine(need, tuple(cells))

    @cached_property
    def duties(self) -> tuple[tuple[str, Duty], ...]:
        """Every planned duty with who has it."""
        return tuple(
            (name, duty) for name, duties in self.case.duties.items() for duty in duties if duty.planned
        )

    @property
    def short(self) -> int:
        """Persons missing, over all days and lines."""
        return sum(cell.short for line in self.cover for cell in line.cells)

    def noted(self, cell: Cell) -> Iterable[Breach]:
        """The breaches of a cell."""
        return (self.notices[at] for at in cell.breaches)
