"""Those who are missing below what is wanted, and those beyond what there is room for, by the weight of the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota import cover_days
from tildeling.rota.case import Case
from tildeling.rota.compiling.cover_days import activities, on_days, qualified
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules.rule import Params
from tildeling_models.roster.problem import Cover

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


def value(case: Case, params: Params) -> int:
    """Persons below ``wanted`` (where it is not said: ``least``) or above ``most``, times weight."""
    total = 0
    for day, row in cover_days.lines(case):
        count = cover_days.present(case, day, row.shift_codes, row.competence)
        wanted = row.least if row.wanted is None else row.wanted
        beyond = 0 if row.most is None else max(0, count - row.most)
        total += row.weight * (max(0, wanted - count) + beyond)
    return total


def lower(frame: Frame, params: Params, builder: Builder, tier: int, weight: int) -> None:
    """A cover for each day and line, with a price on both sides."""
    for day, rows in on_days(frame):
        for row in rows:
            price = builder.price(tier, weight * row.weight)
            builder.add(
                Cover(
                    days=np.array([day]),
                    who=qualified(frame, row.competence),
                    of=activities(frame, row.shift_codes)[None],
                    low=row.least if row.wanted is None else row.wanted,
                    high=row.most,
                    under=price,
                    over=price,
                    tag=builder.demand(
                        "cover_wanted", "cover_wanted", cover_id=row.cover_id, day=frame.dates[day]
                    ),
                )
            )


GOAL = Goal(
    id="cover_wanted",
    nb="Ønsket bemanning",
    en="Wanted cover",
    unit={"nb": "for få eller for mange, vektet", "en": "too few or too many, weighted"},
    params=Params,
    value=value,
    lower=lower,
)
