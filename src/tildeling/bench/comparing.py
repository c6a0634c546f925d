"""Two engines, or one at two versions, on the same instances and seeds: who is better, and is it chance?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import wilcoxon

from tildeling.bench.measures import references, to_best
from tildeling.bench.runs import Row

RESAMPLES = 10_000
LEVEL = 0.95
NO_SOLUTION = 1.0
"""Distance from the best of a run that found nothing, at least; or twice that of the farthest that was found."""

Pair = tuple[str, int, float, int]
"""Instance, seed, limit and threads: what two runs must have in common."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One against another, pair by pair; differences are one's distance from the best less the other's.

    Attributes
    ----------
    low, high
        Of the mean difference, 95 %, by resampling instances (bootstrap, percentiles).
    p
        Two-sided Wilcoxon signed-rank test (Wilcoxon 1945; ties in half by Pratt 1959) of the instances' mean
        differences, since seeds of one instance are alike; None where all are 0.
    alone
        Pairs that only one of them has: left out.
    without
        Pairs of instances of which no value at all is known: left out.
    """

    pairs: int
    instances: int
    alone: int
    without: int
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
    """Set runs side by side that have instance, seed, limit and threads in common."""
    best = references([*one, *other])
    far = _farthest([*one, *other], best)
    first, second = _distances(one, best, far), _distances(other, best, far)
    mine, theirs = {_pair(row) for row in one}, {_pair(row) for row in other}
    both, alone = mine & theirs, len(mine ^ theirs)
    common = sorted(first.keys() & second.keys())
    if not common:
        return Comparison(0, 0, alone, len(both), 0, 0, 0.0, 0.0, 0.0, None)
    differences = np.array([first[pair] - second[pair] for pair in common])
    names, number = np.unique([pair[0] for pair in common], return_inverse=True)
    totals, sizes = np.bincount(number, differences), np.bincount(number)
    low, high = _interval(totals, sizes)
    p = float(wilcoxon(totals / sizes, zero_method="pratt").pvalue) if np.any(totals) else None
    return Comparison(
        len(common), len(names), alone, len(both) - len(common), int((differences < 0).sum()),
        int((differences > 0).sum()), float(differences.mean()), low, high, p,
    )  # fmt: skip


def _pair(row: Row) -> Pair:
    return row.digest, row.seed, row.time_limit_s, row.workers


def _farthest(rows: Sequence[Row], best: Mapping[str, int]) -> dict[str, float]:
    """By instance, how far the farthest of what was found is from the best."""
    found: dict[str, float] = {}
    for row in rows:
        if row.digest in best:
            share = to_best(row.value, best[row.digest]) or 0.0
            found[row.digest] = max(found.get(row.digest, 0.0), share)
    return found


def _distances(rows: Sequence[Row], best: Mapping[str, int], far: Mapping[str, float]) -> dict[Pair, float]:
    """How far each run stayed from the best that is known of its instance."""
    found: dict[Pair, float] = {}
    for row in rows:
        if row.digest in best:
            share = to_best(row.value, best[row.digest])
            found[_pair(row)] = max(NO_SOLUTION, 2 * far[row.digest]) if share is None else share
    return found


def _interval(totals: np.ndarray[Any, Any], sizes: np.ndarray[Any, Any]) -> tuple[float, float]:
    """Whole instances are drawn, since seeds of one are alike."""
    drawn = np.random.default_rng(0).integers(len(sizes), size=(RESAMPLES, len(sizes)))
    means = totals[drawn].sum(1) / sizes[drawn].sum(1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
