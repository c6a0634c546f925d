"""F2: the other day off of the week, beside the weekly rest day where it can be; pointed out, never a breach.

The goal ``second_day_off`` prices it for engines.
"""

from __future__ import annotations

from collections.abc import Iterator

from tildeling.rota.case import DAY, Case
from tildeling.rota.marks import weekly
from tildeling.rota.rules.rule import Breach, Params, Rule

SOURCE = "Practice: F2"


def check(case: Case, params: Params) -> Iterator[Breach]:
    """Weeks with one day off only, and weeks whose two days off are apart."""
    for person in case.data.staff:
        for marks in weekly(case, person.staff_id):
            week = (marks.monday, marks.monday + 6 * DAY)
            if marks.f1 is not None and marks.f2 is None:
                yield Breach("F2", "F2.none", SOURCE, person.staff_id, *week, 1, 2, "days", hard=False)
            elif marks.f1 is not None and not marks.beside:
                yield Breach("F2", "F2.apart", SOURCE, person.staff_id, *week, hard=False)


RULE = Rule(
    id="F2",
    source=SOURCE,
    trust="H",
    nb="Ukas andre fridag (F2), helst ved siden av F1",
    en="The other day off of the week (F2), preferably beside F1",
    params=Params,
    texts={
        "F2.none": {
            "nb": "{staff} har bare én fridag fra {day} til {last_day}",
            "en": "{staff} has only one day off from {day} to {last_day}",
        },
        "F2.apart": {
            "nb": "{staff} har ikke F2 ved siden av F1 fra {day} til {last_day}",
            "en": "{staff} does not have F2 beside F1 from {day} to {last_day}",
        },
    },
    check=check,
)
