"""F4: holiday supplement taken as time off within a month, where that is chosen in place of pay."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from tildeling.rota.calendar import red_day
from tildeling.rota.case import DAY, Case
from tildeling.rota.counting import worked_minutes
from tildeling.rota.rules.rule import Breach, Params, Rule
from tildeling.rota.rules.terms import terms

SOURCE = "HTA § 5.3.2"


class F4Params(Params):
    """Hours off for each hour worked on a public holiday, and days within which they are taken."""

    factor: float = Field(ge=0)
    within_days: int = Field(ge=1)


def check(case: Case, params: F4Params) -> Iterator[Breach]:
    """A remark for each shift on a public holiday: hours owed, and by when."""
    if case.data.cyclic:
        return
    rules = terms(case.data)
    for person in case.data.staff:
        for duty in case.duties[person.staff_id]:
            if duty.planned and duty.at_work and red_day(duty.day) is not None:
                hours = params.factor * worked_minutes(duty, rules) / 60
                yield Breach(
                    "F4", "F4.owed", SOURCE, person.staff_id, duty.day, duty.day + params.within_days * DAY,
                    hours, 0, "h", None, False,
                )  # fmt: skip


RULE = Rule(
    id="F4",
    source=SOURCE,
    trust="H",
    nb="Helligdagstillegg tatt ut som fritid innen en måned",
    en="Holiday supplement as time off within a month",
    params=F4Params,
    texts={
        "F4.owed": {
            "nb": "{staff} har {found} timer fri til gode for vakten {day}, innen {last_day}",
            "en": "{staff} is owed {found} hours off for the shift on {day}, by {last_day}",
        },
    },
    check=check,
)
