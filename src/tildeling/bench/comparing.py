"""Two engines, or one at two versions, on the same instances and seeds: who is better, and is it chance?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import wilcoxon

from tildeling.bench.measures import references
from tildeling.bench.runs import Row

RESAMPLES = 10_000
LEVEL = 0.95
NO_SOLUTION = 1.0
"""Distance from the best of a run that found nothing."""

Pair = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One against another, pair by pair; differences are one's distance from the best less the other's.

    Attributes
    ----------
    low, high
        Of the mean difference, 95 %, by resampling instances (bootstrap, percentiles).
    p
        Two-sided Wilcoxon signed-rank test (Wilcoxon 1945; ties in half by Pratt 1959); None where all pairs tie.
    alone
        Pairs that only one of them has: left out.
    """

    pairs: int
    alone: int
    better: int
    worse: int
    mean: float
    low: float
    high: float
    p: float | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compare(one: Sequence[Row], other: Sequence[Row]) -> Comparison:
    """Set runs side by side that have instance and seed in common."""
    best = references([*one, *other])
    first, second = _distances(one, best), _distances(other, best)
    common = sorted(first.keys() & second.keys())
    differences = np.array([first[pair] - second[pair] for pair in common])
    alone = len(first.keys() ^ second.keys())
    if not common:
        return Comparison(0, alone, 0, 0, 0.0, 0.0, 0.0, None)
    low, high = _interval(differences, [digest for digest, _ in common])
    p = None
    if np.any(differences):
        p = float(wilcoxon(differences, zero_method="pratt").pvalue)
    return Comparison(
        len(common), alone, int((differences < 0).sum()), int((differences > 0).sum()),
        float(differences.mean()), low, high, p,
    )  # fmt: skip


def _distances(rows: Sequence[Row], best: Mapping[str, int]) -> dict[Pair, float]:
    """How far each run stayed from the best that is known of its instance."""
    return {
        (row.digest, row.seed): NO_SOLUTION
        if row.value is None
        else (row.value - best[row.digest]) / max(1, abs(best[row.digest]))
        for row in rows
        if row.digest in best
    }


def _interval(differences: np.ndarray[Any, Any], groups: Sequence[str]) -> tuple[float, float]:
    """Whole instances are drawn, since seeds of one are alike."""
    names, number = np.unique(groups, return_inverse=True)
    totals = np.bincount(number, differences)
    sizes = np.bincount(number)
    drawn = np.random.default_rng(0).integers(len(names), size=(RESAMPLES, len(names)))
    means = totals[drawn].sum(1) / sizes[drawn].sum(1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
