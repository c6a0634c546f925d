"""Repair of a published plan after absence: legal again, covered as well as can be, with the fewest changes.

What is past stands; what is to come may change, and each change counts before any other wish than cover.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.planning import Plan, plan
from tildeling.rota.policy import RotaPolicy, RotaTier
from tildeling.rota.solution import Rota
from tildeling.rota.tables import Absence, Planned, Published
from tildeling.settings import GoalSetting

CHANGES = "changes"
"""The goal that counts changed cells."""


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of a plan that is another now; None is off."""

    staff_id: str
    day: dt.date
    before: str | None
    after: str | None


def to_repair(
    data: RotaDataset, published: Rota, absences: Iterable[Absence] = (), since: dt.date | None = None
) -> RotaDataset:
    """The data set in which a published plan is to be repaired.

    Parameters
    ----------
    data
        The data set the plan was made for.
    published
        The plan.
    absences
        Who is away on top of those known.
    since
        The first day that may still change; None: the first day planned.
    """
    since = since or data.info.start
    more = (
        row.model_copy(update={"first_day": max(row.first_day, since)})
        for row in absences
        if row not in data.absences and row.last_day >= since
    )  # who is away from a day in the past has worked as published until now
    absent = (*data.absences, *more)
    stands = tuple(
        Planned(staff_id=row.staff_id, date=day, shift_code=published.shift(row.staff_id, day))
        for row in data.staff
        for day in data.days
        if day < since
    )
    away = {
        (row.staff_id, day) for row in absent for day in data.days if row.first_day <= day <= row.last_day
    }
    kept = tuple(row for row in data.fixed if row.date >= since and (row.staff_id, row.date) not in away)
    return replace(
        with_published(data, published),
        absences=absent,
        fixed=(*stands, *kept),
        policy=changes_first(data.policy),
    )


def with_published(data: RotaDataset, published: Rota) -> RotaDataset:
    """The data set with a plan as the published one, days off included."""
    rows = tuple(
        Published(staff_id=row.staff_id, date=day, shift_code=published.shift(row.staff_id, day))
        for row in data.staff
        for day in data.days
    )
    return replace(data, published=rows)


def changes_first(policy: RotaPolicy) -> RotaPolicy:
    """The policy with changes counted right after the first tier."""
    first, *rest = policy.tiers
    tiers = [first, RotaTier(name=CHANGES, goals=(GoalSetting(goal=CHANGES),))]
    for tier in rest:
        goals = tuple(setting for setting in tier.goals if setting.goal != CHANGES)
        if goals:
            tiers.append(tier.model_copy(update={"goals": goals}))
    return policy.model_copy(update={"tiers": tuple(tiers)})


def repair(
    data: RotaDataset,
    published: Rota,
    absences: Iterable[Absence] = (),
    since: dt.date | None = None,
    **how: Any,
) -> Plan:
    """Repair a plan; ``how`` as for :func:`tildeling.rota.planning.plan`, which starts from the plan itself."""
    return plan(to_repair(data, published, absences, since), previous=published, **how)


def changes(data: RotaDataset, before: Rota, after: Rota) -> Iterator[Change]:
    """The cells in which two plans differ, by person and day."""
    for row in data.staff:
        for day in data.days:
            was, now = before.shift(row.staff_id, day), after.shift(row.staff_id, day)
            if was != now:
                yield Change(row.staff_id, day, was, now)
