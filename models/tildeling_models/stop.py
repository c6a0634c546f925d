"""When to stop: a deadline on the clock and a cancel flag; state belongs to one run."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stop:
    """A deadline and a cancel flag shared by all parts of one run.

    Parameters
    ----------
    seconds
        Wall time from creation, or None for no deadline.
    """

    seconds: float | None = None
    started: float = field(default_factory=time.monotonic)
    _cancelled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask every part to stop and keep the best so far."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether someone asked to stop."""
        return self._cancelled.is_set()

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds left, infinite without a deadline, never negative."""
        if self.seconds is None:
            return float("inf")
        return max(0.0, self.seconds - self.elapsed)

    def part(self, seconds: float) -> Stop:
        """A stop for a part of the run: so many seconds at most, and cancelled with the whole."""
        least = min(seconds, self.left)
        return Stop(None if least == float("inf") else least, _cancelled=self._cancelled)

    def sooner(self, part: float) -> Stop:
        """The same run's stop, its clock too, at this part of the time left; itself without a deadline."""
        if self.seconds is None:
            return self
        return Stop(self.elapsed + part * self.left, self.started, self._cancelled)

    def share(self, part: float) -> Stop:
        """A stop for this part of the time left, cancelled with the whole; itself without a deadline."""
        return self if self.seconds is None else self.part(self.left * part)

    @property
    def now(self) -> bool:
        """Whether to stop at once."""
        return self.cancelled or self.left <= 0.0

    def slice(self, seconds: float) -> float:
        """``seconds``, or what is left if that is less."""
        return min(seconds, self.left)
