"""The engine's word against the checker's: nothing is shown where they differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tildeling.errors import RejectedSolution
from tildeling_models.result import Result


def require_agreement(
    result: Result[Any], breaches: Iterable[str], values: Iterable[tuple[str, int]]
) -> None:
    """See that an engine's solution breaks nothing and is worth what the engine says.

    Parameters
    ----------
    breaches
        What the checker found broken, in words.
    values
        Each tier's name and value as the checker finds them, in the engine's order.

    Raises
    ------
    RejectedSolution
        If anything is broken, a tier has another value, or a value lies below the engine's bound; all at once.
    """
    faults = list(breaches)
    for tier, (name, value) in zip(result.tiers, values, strict=True):
        if tier.value != value:
            faults.append(f"tier {name}: the engine says {tier.value}, the checker {value}")
        if tier.bound is not None and tier.bound > value:
            faults.append(f"tier {name}: bound {tier.bound} above value {value}")
    if faults:
        raise RejectedSolution(faults)
