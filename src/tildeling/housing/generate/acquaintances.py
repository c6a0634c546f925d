"""Who knows whom: pairs in conflict, who live together, and wishes for and against housemates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from tildeling.errors import UsageError
from tildeling.housing.generate.relations import relation_rows
from tildeling.housing.generate.sampling import Bools, Ints, order, pairs_within
from tildeling.housing.tables import Relation

TOGETHER, WISHES_FOR, WISHES_AGAINST = 18 / 681, 170 / 681, 60 / 681
"""Pairs for each applicant in the Tromsø scenario."""
CIRCLE = 5
"""So many neighbours in a circle of acquaintances."""
OTHERS = 4
"""One in so many of those with a home, or one promised, knows somebody who waits."""


def draw_acquaintances(
    rng: np.random.Generator, ids: Sequence[str], block: Ints, free: Bools, conflicts: int, today: dt.date,
) -> list[Relation]:  # fmt: skip
    """Relations inside blocks, shape (n,), each pair in at most one.

    ``free`` are those who wait with nothing promised: one of each pair is, and both who want to live
    together.

    Raises
    ------
    UsageError
        If so few know each other that there are not ``conflicts`` pairs.
    """
    waiting = int(free.sum())
    known = free | (order(rng, len(ids)) % OTHERS == 0)
    place = order(rng, len(ids))
    place = place[known[place]]

    def pairs(count: int, circle: int) -> list[tuple[int, int]]:
        drawn = pairs_within(rng, block[place], count, near=circle)
        both = ((int(place[a]), int(place[b])) for a, b in drawn)
        return [(min(a, b), max(a, b)) for a, b in both if free[a] or free[b]]

    wide = max(CIRCLE, 4 * conflicts // max(1, waiting))
    opponents = pairs(round(conflicts * 1.3) + 20, wide)[:conflicts]
    if len(opponents) < conflicts:
        raise UsageError(f"--conflicts {conflicts}: no more than {len(opponents)} pairs know each other")
    taken = set(opponents)
    together, wishes_for, wishes_against = (
        round(waiting * share) for share in (TOGETHER, WISHES_FOR, WISHES_AGAINST)
    )
    total = together + wishes_for + wishes_against
    rest = [pair for pair in pairs(round(total * 1.6) + 20, CIRCLE) if pair not in taken]
    couples = [pair for pair in rest if free[pair[0]] and free[pair[1]]][:together]
    taken = set(couples)
    others = [pair for pair in rest if pair not in taken][: wishes_for + wishes_against]
    wishes_for = len(others) * wishes_for // max(1, wishes_for + wishes_against)
    return relation_rows(
        rng, ids, [*opponents, *couples, *others], today, conflicts=conflicts, together=len(couples),
        wishes_for=wishes_for, wishes_against=len(others) - wishes_for,
    )  # fmt: skip
