"""What a plain model reports: a solution, and the solver's own bound and seconds per tier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class PlainTier:
    """A tier that was tried: name, the solver's bound, seconds."""

    name: str
    bound: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class PlainResult(Generic[S]):
    """The last solution found; values are left to the checker.

    ``built`` is seconds of building, ``pairs`` of applicant and home there are, or variables of a roster (None:
    not all built), ``note`` says what time did not suffice for.
    """

    outcome: str
    solution: S | None
    tiers: tuple[PlainTier, ...]
    built: float
    pairs: int | None = None
    note: str = ""


def still_building(variables: int, seconds: float) -> PlainResult[Any]:
    """Time was up before there was a model."""
    return PlainResult(
        "unknown", None, (), seconds, note=f"still building when time was up, {variables} variables so far"
    )


def seconds_for(left: float, tier: int, tiers: int) -> float:
    """A tier's share of the time that is left: the same as the project's own engines give it."""
    return left * max(0.4, 1 / (tiers - tier))
