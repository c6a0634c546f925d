"""F5: a weekly rest day (F1) on a holiday that is not a Sunday gives an extra day off, or a day's pay."""

from __future__ import annotations

from collections.abc import Iterator

from tildeling.rota.calendar import red_day
from tildeling.rota.case import Case
from tildeling.rota.marks import weekly
from tildeling.rota.rules.rule import Breach, Params, Rule

SOURCE = "HTA, F5"


class F5Params(Params):
    """Whether the day is paid in place of given."""

    pay: bool = False


def check(case: Case, params: F5Params) -> Iterator[Breach]:
    """A remark for each F1 that could not but fall on such a day; what a base rota owes is ``marks.red_days``'."""
    if case.data.cyclic:
        return
    text = "F5.paid" if params.pay else "F5.owed"
    for person in case.data.staff:
        for marks in weekly(case, person.staff_id):
            if marks.f1 is not None and marks.f1.weekday() != 6 and red_day(marks.f1) is not None:
                yield Breach(
                    "F5", text, SOURCE, person.staff_id, marks.f1, marks.f1, 1, 0, "days", None, False
                )


RULE = Rule(
    id="F5",
    source=SOURCE,
    trust="H",
    nb="F1 på en helligdag som ikke er søndag gir en ekstra fridag eller en dagslønn",
    en="F1 on a holiday that is not a Sunday gives an extra day off or a day's pay",
    params=F5Params,
    texts={
        "F5.owed": {
            "nb": "{staff} har F1 på helligdagen {day}: en fridag (F5) til gode",
            "en": "{staff} has F1 on the holiday {day}: a day off (F5) is owed",
        },
        "F5.paid": {
            "nb": "{staff} har F1 på helligdagen {day}: en dagslønn",
            "en": "{staff} has F1 on the holiday {day}: a day's pay",
        },
    },
    check=check,
)
