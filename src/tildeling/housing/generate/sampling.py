"""Draws that keep their promised shares, on nothing but ``Generator.random``.

Only uniform numbers are taken from the generator, and everything else is computed from them, so a seed
gives the same data on every machine.  Shares are dealt out exactly (largest remainder) rather than drawn,
so that a small list reproduces a stated figure too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Option = TypeVar("Option")


def generator(seed: int) -> np.random.Generator:
    """The generator of a seed: PCG-64, whose uniform numbers are the same on every machine."""
    return np.random.Generator(np.random.PCG64(seed))


def order(rng: np.random.Generator, n: int) -> Ints:
    """A random permutation of 0..n-1, shape (n,)."""
    return np.asarray(np.argsort(rng.random(n), kind="stable"), dtype=np.int64)


def spread(rng: np.random.Generator, n: int) -> Floats:
    """Uniform numbers in (0, 1), one from each of n equal strata, in random order; shape (n,)."""
    return (order(rng, n) + 0.02 + 0.96 * rng.random(n)) / max(n, 1)


def apportion(total: int, weights: ArrayLike) -> Ints:
    """Whole numbers in proportion to ``weights`` that sum to ``total`` (Hamilton, largest remainder)."""
    w = np.asarray(weights, dtype=np.float64)
    quota = total * w / w.sum()
    counts = np.floor(quota + 1e-9).astype(np.int64)
    rest = total - int(counts.sum())
    counts[np.argsort(-(quota - counts), kind="stable")[:rest]] += 1
    return np.asarray(counts, dtype=np.int64)


def deal(rng: np.random.Generator, n: int, weights: ArrayLike) -> Ints:
    """Category numbers in the shares of ``weights``, exact up to rounding, in random order; shape (n,)."""
    counts = apportion(n, weights)
    return np.asarray(np.repeat(np.arange(len(counts)), counts)[order(rng, n)], dtype=np.int64)


def chance(rng: np.random.Generator, n: int, share: float) -> Bools:
    """True for ``share`` of n, exact up to rounding, in random order; shape (n,)."""
    return deal(rng, n, (1.0 - share, share)).astype(np.bool_)


def triangular(u: Floats, low: float, mode: float, high: float) -> Floats:
    """Quantiles of the triangular distribution on [low, high] with its peak at ``mode``."""
    if high <= low:
        return np.full_like(u, low)
    cut = (mode - low) / (high - low)
    left = low + np.sqrt(u * (high - low) * (mode - low))
    right = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u < cut, left, right)


def skewed(u: Floats, mean: float, sigma: float, low: float, high: float) -> Floats:
    """Log-normal quantiles clipped to [low, high], scaled so that the clipped mean is ``mean``.

    Rounded to half units.  ``sigma`` is the standard deviation of the logarithm.
    """
    if not len(u):
        return np.zeros(0)
    shape = np.exp(sigma * ndtri(u))
    mean = min(max(mean, low), high)
    small, large = low / shape.max() / 2, 2 * high / shape.min()
    for _ in range(80):
        scale = (small * large) ** 0.5
        if np.clip(scale * shape, low, high).mean() < mean:
            small = scale
        else:
            large = scale
    return np.asarray(np.round(2 * np.clip(scale * shape, low, high)) / 2, dtype=np.float64)


def pick_weighted(rng: np.random.Generator, weights: Floats, k: int) -> Ints:
    """Numbers of k rows drawn without replacement in proportion to weight (Efraimidis and Spirakis 2006)."""
    keys = np.log(np.maximum(rng.random(len(weights)), 1e-300)) / np.maximum(weights, 1e-12)
    return np.sort(np.argsort(-keys, kind="stable")[:k]).astype(np.int64)


def pairs_within(rng: np.random.Generator, block: Ints, n: int, near: int = 0) -> list[tuple[int, int]]:
    """Up to n different pairs (i < j) of rows with the same ``block`` number.

    With ``near`` above 0, partners stand at most so many places apart within their block, so that the
    pairs form circles of acquaintances rather than a web across all.
    """
    by_block = np.argsort(block, kind="stable")
    first = np.searchsorted(block[by_block], block, side="left")
    size = np.searchsorted(block[by_block], block, side="right") - first
    place = np.empty(len(block), dtype=np.int64)
    place[by_block] = np.arange(len(block)) - first[by_block]
    candidates = np.flatnonzero(size > 1)
    found: dict[tuple[int, int], None] = {}
    tries = 0
    while len(found) < n and len(candidates) and tries < 20:
        tries += 1
        one = candidates[(rng.random(2 * n + 8) * len(candidates)).astype(np.int64)]
        reach = size[one] - 1
        if near:
            reach = np.minimum(reach, near)
        step = 1 + (rng.random(len(one)) * reach).astype(np.int64)
        two = by_block[first[one] + (place[one] + step) % size[one]]
        for a, b in zip(one.tolist(), two.tolist(), strict=True):
            if len(found) < n:
                found.setdefault((min(a, b), max(a, b)))
    return list(found)


def weighted_choice(rng: np.random.Generator, options: Sequence[str], n: int) -> list[str]:
    """n options, each as often as any other, in random order."""
    return [options[i] for i in deal(rng, n, np.ones(len(options))).tolist()] if n else []


def interleaved(rng: np.random.Generator, counts: ArrayLike) -> Ints:
    """Label i ``counts[i]`` times, mixed so that every stretch holds all in proportion; shape (sum,).

    Label i stands at (0 + u, 1 + u, ...) / counts[i] of the whole, u its own draw: systematic sampling.
    """
    sizes = np.asarray(counts, dtype=np.int64)
    label = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(label)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    key = (place + rng.random(len(sizes))[label]) / sizes[label]
    return np.asarray(label[np.argsort(key, kind="stable")], dtype=np.int64)


def rounded(quota: Floats, u: float) -> Ints:
    """Whole numbers with the (whole) sum of ``quota``, each its floor or ceiling and on average itself.

    Runs of neighbours keep their sum within one too (systematic sampling from the start ``u``).
    """
    ends = np.cumsum(quota)
    ends[-1] = round(float(ends[-1]))
    return np.diff(np.floor(ends + u + 1e-9), prepend=np.floor(u + 1e-9)).astype(np.int64)


def picked(u: float, options: Mapping[Option, float]) -> Option:
    """The option at the quantile ``u`` of their weights, in the order given."""
    words = list(options)
    ends = np.cumsum([options[word] for word in words])
    return words[int(np.searchsorted(ends, min(u, 1 - 1e-12) * ends[-1], side="right"))]
