"""HEALTH: what raises risk is pointed out: backward rotation, long days, long weeks."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from tildeling.rota.case import DAY, Case
from tildeling.rota.counting import worked_minutes
from tildeling.rota.rotation import backward
from tildeling.rota.rules.rule import Breach, Params, Rule
from tildeling.rota.rules.terms import terms

SOURCE = "National Institute of Occupational Health"


class HealthParams(Params):
    """Hours of a day and of a week above which risk rises."""

    hours_of_day: float = Field(gt=0)
    hours_of_week: float = Field(gt=0)


def check(case: Case, params: HealthParams) -> Iterator[Breach]:
    """Remarks on shifts (from beginning to end, at work), weeks from Monday to Sunday, and successions."""
    rules = terms(case.data)
    for person in case.data.staff:
        name = person.staff_id
        duties = [duty for duty in case.duties[name] if duty.at_work]
        on = {duty.day: duty.shift for duty in duties}
        for duty in duties:
            if not duty.planned:
                continue
            if duty.minutes > 60 * params.hours_of_day:
                yield Breach(
                    "HEALTH", "HEALTH.day", SOURCE, name, duty.day, duty.day, duty.minutes / 60,
                    params.hours_of_day, "h", None, False,
                )  # fmt: skip
            before = on.get(duty.day - DAY)
            if before is not None and backward(before, duty.shift):
                values = {"before": before.shift_code, "after": duty.shift.shift_code}
                yield Breach(
                    "HEALTH",
                    "HEALTH.backward",
                    SOURCE,
                    name,
                    duty.day - DAY,
                    duty.day,
                    hard=False,
                    values=values,
                )
        for monday in case.weeks:
            sunday = monday + 6 * DAY
            minutes = sum(worked_minutes(duty, rules) for duty in case.worked(name, monday, sunday))
            if minutes > 60 * params.hours_of_week:
                yield Breach(
                    "HEALTH", "HEALTH.week", SOURCE, name, monday, sunday, minutes / 60, params.hours_of_week,
                    "h", None, False,
                )  # fmt: skip


RULE = Rule(
    id="HEALTH",
    source=SOURCE,
    trust="M",
    nb="Råd om helse: rotasjon med klokka, korte dager og uker",
    en="Advice on health: forward rotation, short days and weeks",
    params=HealthParams,
    texts={
        "HEALTH.day": {
            "nb": "{staff} er på arbeid {found} timer {day}; risikoen øker over {limit}",
            "en": "{staff} is at work for {found} hours on {day}; risk rises above {limit}",
        },
        "HEALTH.week": {
            "nb": "{staff} arbeider {found} timer fra {day} til {last_day}; risikoen øker over {limit}",
            "en": "{staff} works {found} hours from {day} to {last_day}; risk rises above {limit}",
        },
        "HEALTH.backward": {
            "nb": "{staff} går fra {before} {day} til {after} {last_day}: mot klokka",
            "en": "{staff} goes from {before} on {day} to {after} on {last_day}: backward",
        },
    },
    check=check,
)
