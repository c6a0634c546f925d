"""How unevenly people live: shares of inhabitants by municipality, largest first."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from tildeling.housing.generate.sampling import Floats

LARGEST = (0.128, 0.053, 0.039, 0.027)
"""Shares of the four largest municipalities of 2024."""
MEDIAN = 5_000 / 5_550_000
UPPER, LOWER = 1.46, 1.15
"""Standard deviations of the logarithm of size, above and below the median."""
LEAST_FOR_LARGEST = 50
"""With fewer municipalities the largest is no capital, and all follow the curve."""


def inhabitant_shares(n: int) -> Floats:
    """Shares of n municipalities, largest first, that sum to 1; shape (n,).

    Rank r of n stands at the quantile (n - r + 0.5) / n of a two-sided log-normal curve round the median;
    at 357 the curve gives some 80,000 inhabitants at rank 12, 25,000 at rank 50 and 2,000 at rank 280.
    """
    rank = np.arange(1, n + 1)
    z = ndtri((n - rank + 0.5) / n)
    size = MEDIAN * np.exp(np.where(z > 0, UPPER, LOWER) * z)
    if n < LEAST_FOR_LARGEST:
        return np.asarray(size / size.sum(), dtype=np.float64)
    top = np.array(LARGEST)
    rest = np.minimum(size[len(top) :], top[-1])
    return np.concatenate([top, rest * (1 - top.sum()) / rest.sum()])
