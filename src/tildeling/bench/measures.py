"""What is computed of a run's history, and of many runs together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from tildeling.bench.runs import Row

TARGET = 0.01
"""How near to the best known value a run's time to target counts."""

SHIFT_S = 1.0
"""Of the shifted geometric mean of seconds, so that runs of a moment do not rule it."""

Moment = tuple[float, int | None, int | None]


def distance(value: int | None, best: int) -> float:
    """How far a value is from the best: 0 at it, 1 without a value or at one of another sign (Berthold 2013)."""
    if value is None or ((value < 0) != (best < 0) and value != 0 and best != 0):
        return 1.0
    largest = max(abs(value), abs(best))
    return 0.0 if largest == 0 else min(1.0, abs(value - best) / largest)


def primal_integral(history: Sequence[Moment], best: int, seconds: float) -> float:
    """Distance from the best value, summed over the time from 0 to ``seconds``."""
    total, at, now = 0.0, 0.0, 1.0
    for moment, value, _ in history:
        if value is None:
            continue
        until = min(moment, seconds)
        total += now * max(0.0, until - at)
        at, now = max(at, until), min(now, distance(value, best))
    return total + now * max(0.0, seconds - at)


def time_to(history: Sequence[Moment], best: int, share: float = TARGET) -> float | None:
    """Seconds until the value was within a share of the best; None if it never was."""
    for moment, value, _ in history:
        if value is not None and value - best <= share * max(1, abs(best)):
            return moment
    return None


def to_best(value: int | None, best: int | None) -> float | None:
    """(value - best) / max(1, |best|); below 0 where a run is better than what was known."""
    return None if value is None or best is None else (value - best) / max(1, abs(best))


def references(rows: Iterable[Row]) -> dict[str, int]:
    """By instance the least of what is known and what was found: what all are measured against."""
    least: dict[str, int] = {}
    for row in rows:
        for value in (row.best_known, row.value):
            if value is not None:
                least[row.digest] = min(least.get(row.digest, value), value)
    return least


def shifted_mean(values: Sequence[float], shift: float = SHIFT_S) -> float:
    """The geometric mean of values with a shift added, less the shift."""
    return math.exp(sum(math.log(value + shift) for value in values) / len(values)) - shift
