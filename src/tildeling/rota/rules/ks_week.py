"""KS-WEEK: on average over the plan nobody works more than a full-time week of their category."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tildeling.rota import targets
from tildeling.rota.case import Case
from tildeling.rota.compiling.targets import Hours, Reach
from tildeling.rota.rules.ks_terms import KsWeekParams
from tildeling.rota.rules.rule import Breach, Rule

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "HTA § 4.2"


def check(case: Case, params: KsWeekParams) -> Iterator[Breach]:
    """Ordinary hours of the plan above a full-time week times its weeks, less what absences that count take."""
    first, last = case.data.info.start, case.data.last_day
    for person in case.data.staff:
        tolerance = params.tolerance.for_(case.data, person.staff_id, first)
        most = targets.aim_seconds(case, person, full_time=True) + round(3600 * tolerance.value)
        worked = targets.worked_seconds(case, person.staff_id)
        if worked > most:
            yield Breach(
                "KS-WEEK", "KS-WEEK.above", SOURCE, person.staff_id, first, last, worked / 3600, most / 3600, "h",
                tolerance.agreement, not case.data.published or params.after_publication,
                {"weeks": case.data.info.weeks},
            )  # fmt: skip


def lower(frame: Frame, params: KsWeekParams, builder: Builder) -> None:
    """A sum for each, or a target where the rota itself lowers the week."""
    if frame.data.published and not params.after_publication:
        return
    hours = Hours(frame)
    for row in frame.data.staff:
        tolerance = params.tolerance.for_(frame.data, row.staff_id, frame.data.info.start)
        tag = builder.demand(
            "KS-WEEK", "KS-WEEK.need", staff_id=row.staff_id, agreement=tolerance.agreement,
            category=row.category.value, weeks=frame.data.info.weeks,
        )  # fmt: skip
        reach = Reach(most=round(3600 * tolerance.value))
        builder.add(hours.about(row, reach, tag, full_time=True))


RULE = Rule(
    id="KS-WEEK",
    source=SOURCE,
    trust="H",
    nb="Høyst full arbeidsuke i gjennomsnitt: 37,5, 35,5 eller 33,6 timer",
    en="At most a full-time week on average: 37.5, 35.5 or 33.6 hours",
    params=KsWeekParams,
    texts={
        "KS-WEEK.above": {
            "nb": "{staff} har {found} timer i {weeks} uker; full stilling er {limit}",
            "en": "{staff} has {found} hours in {weeks} weeks; a full-time position is {limit}",
        },
        "KS-WEEK.need": {
            "nb": "{staff} skal ha høyst full arbeidsuke ({category}) i gjennomsnitt over {weeks} uker",
            "en": "{staff} must have at most a full-time week ({category}) on average over {weeks} weeks",
        },
    },
    check=check,
    lower=lower,
)
