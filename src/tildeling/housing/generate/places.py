"""Where things stand: districts, positions, and the minutes between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tildeling.housing.generate.sampling import Floats, Ints
from tildeling.housing.tables import TravelTime


@dataclass(frozen=True, slots=True)
class District:
    """A part of a municipality.

    ``x`` and ``y`` are kilometres east and north of the centre, ``land`` the island or mainland it lies
    on (a bridge lies between two), ``share`` its share of the inhabitants.
    """

    code: str
    x: float
    y: float
    land: str
    share: float


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a site lies, as :class:`District` has it."""

    x: float
    y: float
    land: str


def minutes(spots: Sequence[Spot], bridges: Mapping[frozenset[str], float]) -> Ints:
    """Door-to-door minutes by car between all spots, symmetric, 0 on the diagonal; shape (n, n).

    3 minutes to get going, 1.8 minutes a kilometre as the crow flies, and for every bridge its own.
    """
    xy = np.array([(s.x, s.y) for s in spots], dtype=np.float64).reshape(-1, 2)
    km = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    lands = sorted({s.land for s in spots})
    extra = np.array([[0.0 if a == b else bridges[frozenset((a, b))] for b in lands] for a in lands])
    land = np.array([lands.index(s.land) for s in spots])
    result = np.round(3 + 1.8 * km + extra[land[:, None], land[None, :]]).astype(np.int64)
    np.fill_diagonal(result, 0)
    return np.asarray(result, dtype=np.int64)


def minutes_between(start: Floats, end: Floats) -> Ints:
    """Minutes as :func:`minutes` counts them without bridges, from rows (x, y) to others; shape (n, m)."""
    away = start[:, None, :] - end[None, :, :]
    km = np.sqrt((away**2).sum(axis=2))
    return np.asarray(np.round(3 + 1.8 * km), dtype=np.int64)


def travel_rows(sites: Sequence[str], table: Ints) -> list[TravelTime]:
    """Rows for all ordered pairs of different sites."""
    return [
        TravelTime(from_site_id=a, to_site_id=b, minutes=int(table[i, j]))
        for i, a in enumerate(sites)
        for j, b in enumerate(sites)
        if i != j
    ]
