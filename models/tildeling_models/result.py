"""What an engine returns: outcome and reason on two axes, a value and a proven bound per tier."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S")


class Outcome(StrEnum):
    """What is known of the problem."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


class Termination(StrEnum):
    """Why the engine stopped."""

    COMPLETED = "completed"
    TIME_LIMIT = "time_limit"
    WORK_LIMIT = "work_limit"
    GAP_LIMIT = "gap_limit"
    CANCELLED = "cancelled"


def gap(value: int | None, bound: int | None) -> float | None:
    """``|value - bound| / max(1, |value|)``, a fraction; None where either is unknown."""
    if value is None or bound is None:
        return None
    return abs(value - bound) / max(1, abs(value))


@dataclass(frozen=True, slots=True)
class Slope:
    """How a bound falls when the earlier tiers may be worse: ``floor - prices . (how much worse)``."""

    floor: float
    prices: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier's outcome.  ``bound`` holds given the earlier tiers at their reported values."""

    name: str
    value: int | None
    bound: int | None
    tolerance: float = 0.0
    sense: str = "min"
    runtime_s: float = 0.0
    slope: Slope | None = None

    @property
    def gap(self) -> float | None:
        """Relative gap, as :func:`gap`."""
        return gap(self.value, self.bound)

    @property
    def proven(self) -> bool:
        """Whether value and bound meet."""
        return self.value is not None and self.value == self.bound


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the incumbent/bound history: seconds since the start, tier, value, bound."""

    time: float
    tier: str
    value: int | None
    bound: int | None


@dataclass(frozen=True, slots=True)
class Ties(Generic[S]):
    """Alternatives of equal worth in every tier.

    ``alternatives`` are (subject, choice) pairs that stand in some optimal solution but not in the one
    returned.  ``complete`` says that no others exist; only then may an empty list be read as "unique".
    """

    alternatives: tuple[S, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Result(Generic[S]):
    """An engine's answer.  ``solution`` is None when none was found; bounds are kept even then."""

    outcome: Outcome
    termination: Termination
    solution: S | None
    tiers: tuple[Tier, ...]
    engine: str
    seed: int = 0
    reproducible: bool = False
    runtime_s: float = 0.0
    history: tuple[Moment, ...] = ()
    ties: Ties[tuple[str, int, int]] = field(default_factory=Ties)

    @property
    def value(self) -> int | None:
        """Value of the first tier."""
        return self.tiers[0].value if self.tiers else None

    @property
    def bound(self) -> int | None:
        """Bound of the first tier."""
        return self.tiers[0].bound if self.tiers else None

    @property
    def gap(self) -> float | None:
        """Gap of the first tier."""
        return self.tiers[0].gap if self.tiers else None
