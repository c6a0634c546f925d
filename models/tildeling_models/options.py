"""What every engine is told: limits, workers, seed, whether to be deterministic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Limits and switches common to engines.

    Parameters
    ----------
    gap
        Stop a tier once its gap (fraction) is at most this; 0 asks for proof.
    workers
        Threads in total, at least 1.
    deterministic
        Stop on work, never on the clock; the clock stays as a safety net and then the result says so.
    work_limit
        Branch-and-bound nodes (MIP) a tier and part may take in deterministic mode; CP-SAT takes a hundredth
        of it as deterministic seconds.
    find_ties
        Look for alternatives of equal worth after the last tier.
    scheduler
        Address of a Dask scheduler that independent parts are solved on (``auto`` of allocations); None: here.
    """

    gap: float = 0.0
    workers: int = 1
    seed: int = 0
    deterministic: bool = False
    work_limit: int = 20_000
    find_ties: bool = True
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.gap <= 1:
            raise ValueError(f"gap: {self.gap} is not in 0..1")
        if self.workers < 1:
            raise ValueError(f"workers: {self.workers} is below 1")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed: {self.seed} is not in 0..2147483647")
