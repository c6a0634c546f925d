"""Progress of a run, as events to a listener whose base class does nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Where a run is: phase, tier, incumbent, bound, seconds since the start and left."""

    phase: str
    tier: str = ""
    value: int | None = None
    bound: int | None = None
    elapsed: float = 0.0
    left: float | None = None
    part: int = 0
    parts: int = 0


class Progress:
    """Listens to a run; override what is needed."""

    def event(self, event: Event) -> None:
        """Something moved on."""

    def incumbent(self, solution: object) -> None:
        """A better complete solution was found (kept outside, so that a crash loses nothing)."""
