"""Who solves which part when: jobs of one large part or many small ones, and a fair share of time for each.

The heaviest job first, so that the workers end together (Graham 1969, "Bounds on multiprocessing timing
anomalies"); each has its share of what all workers have left, and leaves over what it does not need.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

BATCH = 3_000
"""Cells of small parts that make one job."""

SMALL = 600
"""Parts with at most this many cells are solved together with others."""

LEAST_S = 5.0
"""Seconds that a job has at least."""

EASY = 10_000
"""Cells below which a part is so easy that its weight falls off faster."""


@dataclass(frozen=True, slots=True)
class Job:
    """Parts to solve one after the other, and what they weigh when time is shared out."""

    parts: tuple[int, ...]
    weight: float


def jobs(cells: Sequence[int], which: Sequence[int]) -> list[Job]:
    """Jobs over some parts, heaviest first; ``cells[k]`` is the size of part k."""
    found: list[Job] = []
    batch: list[int] = []
    for k in which:
        if cells[k] > SMALL:
            found.append(_job([k], cells))
            continue
        batch.append(k)
        if sum(cells[j] for j in batch) > BATCH:
            found.append(_job(batch, cells))
            batch = []
    if batch:
        found.append(_job(batch, cells))
    return sorted(found, key=lambda job: -job.weight)


def weight(cells: int) -> float:
    """What a part weighs when time is shared out: the root of its cells, less where it is easy."""
    return float((100 + cells) ** 0.5) * min(1.0, (100 + cells) / EASY)


def _job(parts: Sequence[int], cells: Sequence[int]) -> Job:
    return Job(tuple(parts), sum(weight(cells[k]) for k in parts))


@dataclass(slots=True)
class Schedule:
    """Hands out jobs, each with the seconds it may take (infinite without a limit)."""

    waiting: deque[Job]
    workers: int
    running: dict[Job, float] = field(default_factory=dict)

    def next(self, left: float) -> tuple[Job, float] | None:
        """A job for a free worker, with ``left`` seconds until the whole must end."""
        if not self.waiting:
            return None
        job = self.waiting.popleft()
        if left == float("inf"):
            self.running[job] = left
            return job, left
        all_waiting = job.weight + sum(other.weight for other in self.waiting)
        pot = self.workers * left - sum(min(left, until) for until in self.running.values())
        seconds = min(left, max(LEAST_S, pot * job.weight / all_waiting))
        self.running[job] = seconds
        return job, seconds

    def passed(self, seconds: float) -> None:
        """Time has gone by."""
        self.running = {job: max(0.0, until - seconds) for job, until in self.running.items()}

    def done(self, job: Job) -> None:
        """A job has ended."""
        self.running.pop(job, None)
