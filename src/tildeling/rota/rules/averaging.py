"""What the three rules on averages (§ 10-5) share: one agreement level each, the widest in force holds.

The order of width is that of the law's own text: an agreement with the Labour Inspectorate goes furthest, then
one with elected representatives, then an individual one.  Each rule names the wider ones in ``unless`` and is
silent for whoever one of them binds, so exactly one holds for a person and a window.

Hours of absence are not made up for: an average is over all weeks of its window, weeks away among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tildeling.rota import windows
from tildeling.rota.case import Case, Duty
from tildeling.rota.compiling import windows as spans
from tildeling.rota.compiling.minutes import present, worked
from tildeling.rota.counting import ordinary_minutes
from tildeling.rota.rules.rule import Breach, Params, Rule, agreed_over
from tildeling.rota.rules.terms import Terms, terms
from tildeling.rota.tables import WeekCategory
from tildeling.texts import Lang

if TYPE_CHECKING:
    import datetime as dt

    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame
    from tildeling.rota.dataset import RotaDataset


class AverageParams(Params):
    """Limits under an agreement on averages.

    Attributes
    ----------
    agreed, unless
        The deviation that the rule is about, and wider ones under which it gives way.
    period_weeks, hours
        Longest period that hours are averaged over, and the weekly average in it by kind of work.
    average_weeks, average
        The running average: so many hours a week over so many weeks.
    week
        Hours of any week, where there is a limit.
    """

    agreed: str
    unless: tuple[str, ...] = ()
    period_weeks: int
    hours: Mapping[WeekCategory, float]
    average_weeks: int = 8
    average: float = 48.0
    week: float | None = None


def averaging_rule(rule_id: str, source: str, nb: str, en: str) -> Rule:
    """The rule of one level of agreement."""

    def check(case: Case, params: AverageParams) -> Iterator[Breach]:
        how = terms(case.data)
        for person in case.data.staff:
            own = params.hours[person.category]
            for name, weeks, limit in _limits(params, own):
                for window in windows.of_weeks(case, weeks):
                    agreement = _agreement(params, case.data, person.staff_id, window.first, window.last)
                    if agreement is None:
                        continue
                    most = 60 * limit * window.weeks
                    found = windows.above(
                        case, person.staff_id, window, lambda duties: _by_week(duties, how), most
                    )
                    if found is not None:
                        yield Breach(
                            rule_id, f"{rule_id}.{name}", source, person.staff_id, window.first, window.last,
                            found / 60 / window.weeks, limit, "h", agreement,
                        )  # fmt: skip

    def lower(frame: Frame, params: AverageParams, builder: Builder) -> None:
        how = terms(frame.data)
        minutes, whole = worked(frame, how), present(frame, how)
        for person in frame.data.staff:
            row = frame.people[person.staff_id]
            capped = False
            for name, weeks, limit in _limits(params, params.hours[person.category]):
                for window in spans.of_weeks(frame, weeks):
                    agreement = _agreement(params, frame.data, person.staff_id, window.first, window.last)
                    if agreement is None:
                        continue
                    tag = builder.demand(rule_id, f"{rule_id}.{name}_need", staff_id=person.staff_id,
                                         agreement=agreement, limit=limit)  # fmt: skip
                    most = 60 * limit * len(window.numbers) / 7
                    if weeks == 1:
                        spans.week_at_most(builder, row, window, minutes, whole, how, most, tag)
                        continue
                    if not capped:
                        spans.cap_passive(builder, row, whole - minutes, how, tag)
                        capped = True
                    most -= spans.passive_beyond(builder, row, window, whole - minutes, how)
                    spans.at_most(builder, row, window, minutes, most, tag)

    return Rule(
        id=rule_id, source=source, trust="H", nb=nb, en=en, params=AverageParams,
        texts={f"{rule_id}.{name}": text for name, text in _TEXTS.items()}, check=check, lower=lower,
    )  # fmt: skip


def _limits(params: AverageParams, own: float) -> Iterator[tuple[str, int, float]]:
    yield "period", params.period_weeks, own
    yield "average", params.average_weeks, params.average
    if params.week is not None:
        yield "week", 1, params.week


def _agreement(
    params: AverageParams, data: RotaDataset, staff_id: str, first: dt.date, last: dt.date
) -> str | None:
    """The agreement by which the rule holds for someone in a window, None where it does not."""
    agreed = agreed_over(data, staff_id, first, last)
    if params.agreed not in agreed or agreed.keys() & set(params.unless):
        return None
    return agreed[params.agreed].agreement_id


def _by_week(duties: list[Duty], how: Terms) -> int:
    """Ordinary minutes of duties of several weeks: the cap on passive duty is a week's."""
    weeks: dict[int, list[Duty]] = {}
    for duty in duties:
        weeks.setdefault((duty.day.toordinal() - 1) // 7, []).append(duty)
    return sum(ordinary_minutes(week, how) for week in weeks.values())


_TEXTS: dict[str, dict[Lang, str]] = {
    "period": {
        "nb": "{staff} arbeider i snitt {found} timer per uke {day}–{last_day}; avtalen tillater {limit}",
        "en": "{staff} works {found} hours a week on average {day}–{last_day}; the agreement allows {limit}",
    },
    "average": {
        "nb": "{staff} arbeider i snitt {found} timer per sju dager {day}–{last_day}; grensen er {limit}",
        "en": "{staff} works {found} hours per seven days on average {day}–{last_day}; the limit is {limit}",
    },
    "week": {
        "nb": "{staff} arbeider {found} timer i uken {day}–{last_day}; grensen er {limit} i enhver uke",
        "en": "{staff} works {found} hours in the week {day}–{last_day}; the limit of any week is {limit}",
    },
    "period_need": {
        "nb": "{staff} skal i snitt over perioden arbeide høyst {limit} timer per uke",
        "en": "{staff} may work at most {limit} hours a week on average over the period",
    },
    "average_need": {
        "nb": "{staff} skal i snitt arbeide høyst {limit} timer per sju dager",
        "en": "{staff} may work at most {limit} hours per seven days on average",
    },
    "week_need": {
        "nb": "{staff} skal arbeide høyst {limit} timer i enhver uke",
        "en": "{staff} may work at most {limit} hours in any week",
    },
}
