"""WEEK: ordinary hours within seven days, by kind of work; an agreement on averages (§ 10-5) takes its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from tildeling.rota import windows
from tildeling.rota.case import Case
from tildeling.rota.compiling import windows as spans
from tildeling.rota.compiling.minutes import present, worked
from tildeling.rota.counting import ordinary_minutes
from tildeling.rota.rules.rule import Breach, Params, Rule, agreed_over
from tildeling.rota.rules.terms import terms
from tildeling.rota.tables import WeekCategory

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "AML § 10-4 (1), (4), (5)"


class WeekParams(Params):
    """Hours of a week by kind of work; ``window``: weeks of the calendar, or seven days from any day on.

    With any of the deviations ``averaging`` in force the limits of the AVG rules hold instead.
    """

    hours: Mapping[WeekCategory, float]
    averaging: tuple[str, ...] = ()
    window: Literal["week", "rolling"] = "week"


def check(case: Case, params: WeekParams) -> Iterator[Breach]:
    """Weeks with too many hours, of those without an agreement on averages."""
    how = terms(case.data)
    for person in case.data.staff:
        limit = params.hours[person.category]
        for window in windows.of_seven_days(case, params.window == "rolling"):
            agreed = agreed_over(case.data, person.staff_id, window.first, window.last)
            if agreed.keys() & set(params.averaging):
                continue
            found = windows.above(
                case, person.staff_id, window, lambda duties: ordinary_minutes(duties, how), 60 * limit
            )
            if found is not None:
                yield Breach("WEEK", "WEEK.hours", SOURCE, person.staff_id, window.first, window.last,
                             found / 60, limit, "h")  # fmt: skip


def lower(frame: Frame, params: WeekParams, builder: Builder) -> None:
    """A limit on each week; a second one, all counted, where passive duty could take off more than its cap."""
    how = terms(frame.data)
    minutes, whole = worked(frame, how), present(frame, how)
    for person in frame.data.staff:
        row, limit = frame.people[person.staff_id], params.hours[person.category]
        tag = builder.demand("WEEK", "WEEK.need", staff_id=person.staff_id, limit=limit)
        for window in spans.of_seven_days(frame, params.window == "rolling"):
            agreed = agreed_over(frame.data, person.staff_id, window.first, window.last)
            if not agreed.keys() & set(params.averaging):
                spans.week_at_most(builder, row, window, minutes, whole, how, 60 * limit, tag)


RULE = Rule(
    id="WEEK",
    source=SOURCE,
    trust="H",
    nb="Alminnelig arbeidstid i løpet av sju dager",
    en="Ordinary hours within seven days",
    params=WeekParams,
    texts={
        "WEEK.hours": {
            "nb": "{staff} arbeider {found} timer {day}–{last_day}; grensen er {limit} i løpet av sju dager",
            "en": "{staff} works {found} hours {day}–{last_day}; the limit is {limit} in seven days",
        },
        "WEEK.need": {
            "nb": "{staff} skal arbeide høyst {limit} timer i løpet av sju dager",
            "en": "{staff} may work at most {limit} hours in seven days",
        },
    },
    check=check,
    lower=lower,
)
