"""What a file in the format holds: agents with capacities, jobs with a cost and a use for each agent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

Table = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Instance:
    """A whole file; ``cost[agent][job]``, ``use[agent][job]``, ``capacity[agent]``."""

    name: str
    cost: Table
    use: Table
    capacity: tuple[int, ...]

    @property
    def agents(self) -> int:
        """How many agents there are."""
        return len(self.capacity)

    @property
    def jobs(self) -> int:
        """How many jobs there are."""
        return len(self.cost[0])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content; blanks and the file's name do not count."""
        return hashlib.sha256(repr((self.cost, self.use, self.capacity)).encode()).hexdigest()
