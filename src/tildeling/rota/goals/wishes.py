"""Wishes that are not met, each by how much it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tildeling.rota.case import Case
from tildeling.rota.compiling.cover_days import activities
from tildeling.rota.goals.goal import Goal
from tildeling.rota.rules.rule import Params
from tildeling.rota.tables import Wish, WishKind

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


def value(case: Case, params: Params) -> int:
    """Weights of wishes not met."""
    return sum(row.weight for row in case.data.wishes if not met(case, row))


def met(case: Case, row: Wish) -> bool:
    """Whether someone got what they wished: a shift of those named, or none of them."""
    shift = case.rota.shift(row.staff_id, row.date)
    named = shift is not None and (not row.shift_codes or shift in row.shift_codes)
    return named if row.kind is WishKind.WORK else not named


def lower(frame: Frame, params: Params, builder: Builder, tier: int, weight: int) -> None:
    """A cost on the cells that do not meet a wish."""
    number = {date: day for day, date in enumerate(frame.dates)}
    for row in frame.data.wishes:
        named = activities(frame, row.shift_codes or tuple(frame.codes))
        unmet = named if row.kind is WishKind.OFF else ~named
        builder.cost[tier, frame.people[row.staff_id], number[row.date]] += np.where(
            unmet, weight * row.weight, 0
        )


GOAL = Goal(
    id="wishes",
    nb="Ønsker",
    en="Wishes",
    unit={"nb": "uoppfylte ønsker, vektet", "en": "unmet wishes, weighted"},
    params=Params,
    value=value,
    lower=lower,
)
