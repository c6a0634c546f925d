"""PERCENT: rota hours are the position's percentage of a full-time week times the weeks, within a tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tildeling.rota import targets
from tildeling.rota.case import Case
from tildeling.rota.compiling.targets import Hours, Reach
from tildeling.rota.rules.rule import Breach, Limit, Params, Rule

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame

SOURCE = "Practice: hours of the position"


class PercentParams(Params):
    """Hours of the plan above or below the position's that are let pass.

    ``after_publication``: whether it is a breach in a plan that was published too, where more are extra hours and
    fewer are owed.
    """

    tolerance: Limit
    after_publication: bool = False


def check(case: Case, params: PercentParams) -> Iterator[Breach]:
    """Positions whose hours are outside the tolerance; who wants more hours may have up to a full-time week."""
    first, last = case.data.info.start, case.data.last_day
    hard = not case.data.published or params.after_publication
    for person in case.data.staff:
        if not person.position_percent:
            continue
        allowed = params.tolerance.for_(case.data, person.staff_id, first)
        tolerance = round(3600 * allowed.value)
        aim = targets.aim_seconds(case, person)
        worked = targets.worked_seconds(case, person.staff_id)
        values = {"aim": f"{aim / 3600:.2f}", "percent": f"{person.position_percent:g}"}
        most = aim + targets.room_seconds(case, person) + tolerance
        if worked < aim - tolerance:
            yield Breach(
                "PERCENT", "PERCENT.below", SOURCE, person.staff_id, first, last, worked / 3600,
                (aim - tolerance) / 3600, "h", allowed.agreement, hard, values,
            )  # fmt: skip
        elif worked > most:
            yield Breach(
                "PERCENT", "PERCENT.above", SOURCE, person.staff_id, first, last, worked / 3600, most / 3600, "h",
                allowed.agreement, hard, values,
            )  # fmt: skip


def lower(frame: Frame, params: PercentParams, builder: Builder) -> None:
    """A range of hours for everyone with a position."""
    if frame.data.published and not params.after_publication:
        return
    hours = Hours(frame)
    for row in frame.data.staff:
        if row.position_percent == 0:
            continue
        allowed = params.tolerance.for_(frame.data, row.staff_id, frame.data.info.start)
        gap = round(3600 * allowed.value)
        tag = builder.demand(
            "PERCENT", "PERCENT.need", staff_id=row.staff_id, agreement=allowed.agreement,
            percent=f"{row.position_percent:g}", limit=allowed.value,
        )  # fmt: skip
        builder.add(hours.about(row, Reach(least=-gap, most=hours.room(row) + gap), tag))


RULE = Rule(
    id="PERCENT",
    source=SOURCE,
    trust="M",
    nb="Timene i planen svarer til stillingsprosenten",
    en="The hours of the plan are those of the position",
    params=PercentParams,
    texts={
        "PERCENT.below": {
            "nb": "{staff} har {found} timer; {percent} % stilling er {aim}, og minst {limit} kreves",
            "en": "{staff} has {found} hours; a position of {percent} % is {aim}, and at least {limit} are required",
        },
        "PERCENT.above": {
            "nb": "{staff} har {found} timer; {percent} % stilling er {aim}, og høyst {limit} er tillatt",
            "en": "{staff} has {found} hours; a position of {percent} % is {aim}, and at most {limit} are allowed",
        },
        "PERCENT.need": {
            "nb": "{staff} skal ha timer for {percent} % stilling, med {limit} timers slingringsmonn",
            "en": "{staff} must have the hours of a position of {percent} %, within {limit} hours",
        },
    },
    check=check,
    lower=lower,
)
