"""A bound for the whole from the bounds of its parts.

While every earlier tier is proven in every part, bounds add.  After that a part may give way in an earlier
tier so that another gains: only the sums are capped.  With part k's value v, and multipliers p of the caps that
its relaxation ended with (:class:`~tildeling_models.result.Slope`), linear duality gives::

    c[k,t] >= floor[k,t] - sum_s p[k,t,s] d[k,s],      d[k,s] = c[k,s] - v[k,s],      sum_k d[k,s] <= 0.

What some parts lose in tier s, others have won: at most ``S[s]`` in all.  So the whole's tier t is at least::

    B[t] = sum_k floor[k,t] - sum_(s<t) (max_k p[k,t,s] - min_k p[k,t,s]) S[s]
    S[t] = sum_k (v[k,t] - floor[k,t]) + sum_(s<t) max_k p[k,t,s] S[s]

(decomposition by prices, Lasdon 1970, "Optimization theory for large systems").
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tildeling_models.grouping.relaxation import whole
from tildeling_models.result import Slope, Tier


def joint_bounds(parts: Sequence[Sequence[Tier]], least: Sequence[Sequence[int]]) -> list[int]:
    """A bound per tier, given the parts' tiers and what always holds of each (``least[k][t]``).

    Holds given the earlier tiers of the whole at the sums of the parts' values, which must all be known.
    """
    tiers = len(least[0]) if least else 0
    bounds: list[int] = []
    moved = np.zeros(tiers)
    for t in range(tiers):
        always = sum(row[t] for row in least)
        values = sum(part[t].value or 0 for part in parts)
        if not moved[:t].any():
            proven = [part[t].bound for part in parts]
            total = sum(
                bound if bound is not None else row[t] for bound, row in zip(proven, least, strict=True)
            )
            moved[t] = values - total
        else:
            slopes = [_slope(part[t], row[t], tiers) for part, row in zip(parts, least, strict=True)]
            prices = np.maximum(0.0, np.array([slope.prices for slope in slopes]))[:, :t]
            floor = sum(slope.floor for slope in slopes)
            high, low = prices.max(axis=0), prices.min(axis=0)
            total = int(whole(floor - float(((high - low) * moved[:t]).sum())))
            moved[t] = values - floor + float((high * moved[:t]).sum())
        bounds.append(max(always, min(total, values)))
    return bounds


def _slope(tier: Tier, least: int, tiers: int) -> Slope:
    """A part's slope, or what always holds whatever the caps."""
    if tier.slope is None or tier.slope.floor < least:
        return Slope(float(least), (0.0,) * tiers)
    return tier.slope
