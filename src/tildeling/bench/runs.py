"""A run: what is asked of it, what it is known by, and the row that it leaves."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

FAILED = ("crashed", "no_engine")
"""Outcomes of runs that failed for reasons of their own: no result, and done again."""

SHORT = 16
"""Hexadecimal digits of a key that tell runs apart."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One run: an instance, an engine, a seed and limits.

    ``path`` must lead to the instance wherever the run is done; ``memory_mb`` is of all its processes together.
    """

    form: str
    path: str
    instance: str
    digest: str
    best: int | None
    unit: int
    engine: str
    seed: int
    seconds: float
    workers: int
    memory_mb: float

    @property
    def key(self) -> str:
        """The same for the same run, wherever the file lies and whatever is known of it."""
        same = {
            name: value
            for name, value in asdict(self).items()
            if name not in ("path", "best", "unit", "memory_mb")
        }
        return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:SHORT]


class Row(BaseModel):
    """What came of a run.

    Attributes
    ----------
    outcome
        optimal, feasible, infeasible, unknown; or what went wrong: rejected, crashed, no_engine, out_of_memory, late.
    value, bound, best_known
        Of the first tier, whole numbers; as published they are divided by ``unit``.
    to_best
        (value - best known) / max(1, |best known|).
    primal_integral
        Seconds times the distance from the best known value, or from the run's own where none is known, up to the
        time limit; the distance is 1 while there is no solution (Berthold 2013).
    time_to_target_s
        Seconds until the value was within 1 % of that value.
    history
        (seconds, value, bound) of the first tier.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    form: str
    instance: str
    digest: str
    size: int
    engine: str
    seed: int
    time_limit_s: float
    workers: int
    outcome: str
    termination: str = ""
    value: int | None = None
    bound: int | None = None
    gap: float | None = None
    best_known: int | None = None
    unit: int = 1
    to_best: float | None = None
    primal_integral: float | None = None
    time_to_target_s: float | None = None
    wall_s: float
    peak_memory_mb: float
    versions: dict[str, str]
    machine: str
    started_at: str
    note: str = ""
    history: tuple[tuple[float, int | None, int | None], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether it is to be done again."""
        return self.outcome in FAILED

    @property
    def found(self) -> bool:
        """Whether there is a solution, checked."""
        return self.value is not None

    def flat(self) -> dict[str, Any]:
        """For a table: no history, versions in one cell."""
        shown = self.model_dump(exclude={"history"})
        return shown | {"versions": " ".join(f"{name}={number}" for name, number in self.versions.items())}
