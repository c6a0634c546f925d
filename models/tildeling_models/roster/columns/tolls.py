"""Tolls on blocks of days: what a weekend in use costs beside its rules while ruin and recreate is warm.

Where everyone works as many weekends as they may, a weekend of which one day is worked wastes the other, and no move
within some days trades it for a whole one far away.  A price on what is scarce lets each stretch decide by itself
(Everett 1963, "Generalized Lagrange multiplier method for solving problems of optimum allocation of resources"): at
first it is above what all days of a block but one are worth, so that only whole blocks are taken; then it falls below
that, and nobody pays in the end.
"""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.problem import Ints

ABOVE, BELOW = 0.1, 0.3
"""Units of cover above and below the worth of all days but one, at first and in the end (measured on 22: half a unit
above is no better in the end, and late to be good)."""

LONGEST = 3
"""Days of a block that pays, at most: longer ones can seldom be worked whole, and would not be worked at all."""

TOLLED = 0.9
"""Part of the work with tolls."""


def tolls(blocks: Ints, unit: float, done: float) -> Ints:
    """What a block costs after the part ``done`` of the work.

    Parameters
    ----------
    blocks
        Days of the longest block that each counter counts; 0 where it counts something else.
    unit
        What a person too few costs a cover.

    Returns
    -------
    Ints
        As ``blocks``; 0 for blocks of one day, which cannot be used in part, and for long ones.
    """
    if done >= TOLLED:
        return np.zeros_like(blocks)
    level = blocks - 1 + ABOVE - (ABOVE + BELOW) * done / TOLLED
    return np.where((blocks > 1) & (blocks <= LONGEST), np.rint(level * unit), 0).astype(np.int64)
