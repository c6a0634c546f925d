"""A rota's rows with all that the rules know of it: hours as they count, targets, marks of free days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial

from tildeling.rota.case import Case
from tildeling.rota.check import Report
from tildeling.rota.counting import worked_minutes
from tildeling.rota.dataset import RotaDataset
from tildeling.rota.marks import weekly
from tildeling.rota.rules.rule import Used
from tildeling.rota.rules.terms import terms
from tildeling.rota.sheet.view import Extras, View
from tildeling.rota.solution import Rota
from tildeling.rota.targets import aim_seconds


def whole_view(
    data: RotaDataset,
    rota: Rota,
    report: Report | None = None,
    *,
    marks: Mapping[tuple[str, dt.date], str] | None = None,
    base: Rota | None = None,
    used: Sequence[Used] = (),
) -> View:
    """The rows of a rota under its data set's own rule set.

    Parameters
    ----------
    marks
        Marks of free days beyond F1 and F2, such as F3 and F5; they stand before those.
    base
        The base rota laid on the plan's dates.
    used
        Limits that agreements allowed.
    """
    case = Case(data, rota)
    targets = {person.staff_id: aim_seconds(case, person) // 60 for person in data.staff}
    every = weekly_marks(case) | dict(marks or {})
    worked = partial(worked_minutes, terms=terms(data))
    return View(data, rota, worked, report, Extras(every, targets, base, tuple(used)))


def weekly_marks(case: Case) -> dict[tuple[str, dt.date], str]:
    """F1 and F2 of everyone's weeks."""
    found = {}
    for person in case.data.staff:
        for week in weekly(case, person.staff_id):
            for day, mark in ((week.f1, "F1"), (week.f2, "F2")):
                if day is not None:
                    found[person.staff_id, day] = mark
    return found
