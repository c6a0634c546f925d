"""Those who are missing below the fewest that are safe, each times the weight of its line."""

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
    """Missing persons times weight, over days and lines."""
    return sum(
        row.weight * max(0, row.least - cover_days.present(case, day, row.shift_codes, row.competence))
        for day, row in cover_days.lines(case)
    )


def lower(frame: Frame, params: Params, builder: Builder, tier: int, weight: int) -> None:
    """A priced cover for each day and line; the rule COVER makes hard what must be."""
    for day, rows in on_days(frame):
        for row in rows:
            if row.least:
                builder.add(
                    Cover(
                        days=np.array([day]),
                        who=qualified(frame, row.competence),
                        of=activities(frame, row.shift_codes)[None],
                        low=row.least,
                        under=builder.price(tier, weight * row.weight),
                        tag=builder.demand(
                            "cover_least", "cover_least", cover_id=row.cover_id, day=frame.dates[day]
                        ),
                    )
                )


GOAL = Goal(
    id="cover_least",
    nb="Minstebemanning",
    en="Fewest that are safe",
    unit={"nb": "manglende, vektet", "en": "missing persons, weighted"},
    params=Params,
    value=value,
    lower=lower,
)
