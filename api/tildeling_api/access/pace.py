"""How many requests a token may send: a bucket that fills steadily (RFC 2697 calls it a token bucket).

Each process counts for itself; what many of them let through together is theirs added up.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Pace:
    """So many requests at once, and so many a minute in the long run, for each name."""

    def __init__(self, per_minute: int, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._room, self._clock = per_minute / 60, float(at_once), clock
        self._level: dict[str, tuple[float, float]] = {}

    def wait(self, name: str) -> int:
        """Take one; 0 if there was one, else the seconds after which there will be."""
        now = self._clock()
        if len(self._level) > 10_000:  # names whose buckets are full again need no place
            full = self._room / self._rate
            self._level = {key: kept for key, kept in self._level.items() if now - kept[1] < full}
        level, since = self._level.get(name, (self._room, now))
        level = min(self._room, level + (now - since) * self._rate)
        if level < 1:
            self._level[name] = level, now
            return math.ceil((1 - level) / self._rate)
        self._level[name] = level - 1, now
        return 0
