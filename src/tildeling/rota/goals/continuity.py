"""Different staff that a group of residents meets beyond its own team, in each stretch of weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from tildeling.rota.case import Case
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules.rule import Params
from tildeling_models.roster.problem import Blocks

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


class ContinuityParams(Params):
    """Weeks of a stretch: someone who comes several times in it counts once."""

    weeks: int = Field(default=4, ge=1, le=53)


def value(case: Case, params: ContinuityParams) -> int:
    """Over stretches and groups of residents: persons of another team, or none, who work there."""
    met = set()
    for person in case.data.staff:
        for day, code in case.rota.work.get(person.staff_id, {}).items():
            team = case.data.shift[code].team
            if team is not None and team != person.team:
                stretch = (day - case.data.info.start).days // (7 * params.weeks)
                met.add((stretch, team, person.staff_id))
    return len(met)


def lower(frame: Frame, params: ContinuityParams, builder: Builder, tier: int, weight: int) -> None:
    """Each stretch in which someone works for another team is a block that costs."""
    block = np.full(frame.shape[1], -1)
    block[frame.planned] = (frame.planned - frame.past) // (7 * params.weeks)
    for team in sorted({row.team for row in frame.data.shifts if row.team is not None}):
        others = [person for person, row in enumerate(frame.data.staff) if row.team != team]
        if others:
            builder.add(
                Blocks(
                    people=np.array(others),
                    block=block,
                    of=np.array([False, *(row.team == team for row in frame.data.shifts)]),
                    high=0,
                    over=builder.price(tier, weight),
                    tag=builder.demand("continuity", "continuity", team=team),
                )
            )


GOAL = Goal(
    id="continuity",
    nb="Kontinuitet",
    en="Continuity",
    unit={"nb": "ansatte utenfor teamet", "en": "staff from outside the team"},
    params=ContinuityParams,
    value=value,
    lower=lower,
)
