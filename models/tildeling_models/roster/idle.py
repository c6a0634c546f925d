"""Idle intervals that a rule of rest is content with, by what each forbids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from tildeling_models.roster.problem import DAY, Ints, Rest, RosterProblem

Blockers = tuple[tuple[int, tuple[int, ...]], ...]
"""(day, activities) that none may be done of."""


def intervals(problem: RosterProblem, rule: Rest) -> Iterator[Blockers]:
    """What each interval worth a try forbids, as (day, activities); none that forbids what another does and more."""
    start, stop, day, code = _activities(problem)
    begins = np.unique(np.append(stop[(stop > rule.begin) & (stop + rule.length <= rule.end)], rule.begin))
    found: list[frozenset[tuple[int, int]]] = []
    for begin in begins[begins + rule.length <= rule.end].tolist():
        hit = (start < begin + rule.length) & (stop > begin)
        found.append(frozenset(zip(day[hit].tolist(), code[hit].tolist(), strict=True)))
    for number, cells in enumerate(found):
        if any(other < cells or (other == cells and k < number) for k, other in enumerate(found)):
            continue
        grouped = defaultdict(list)
        for each, activity in sorted(cells):
            grouped[each].append(activity)
        yield tuple((each, tuple(activities)) for each, activities in grouped.items())


def _activities(problem: RosterProblem) -> tuple[Ints, Ints, Ints, Ints]:
    """Start, end, day and activity of each that somebody may have, in a cycle also before and after it."""
    day, code = np.nonzero(problem.allowed.any(axis=0))
    day, code = day[code > 0], code[code > 0]
    turns = (-1, 0, 1) if problem.cyclic else (0,)
    shift = np.concatenate([DAY * (day + turn * problem.n_days) for turn in turns])
    day, code = np.tile(day, len(turns)), np.tile(code, len(turns))
    return shift + problem.start[code], shift + problem.end[code], day, code
