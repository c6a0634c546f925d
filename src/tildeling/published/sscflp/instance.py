"""What a file in the format holds: facilities with capacities and opening costs, customers with demands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Instance:
    """A whole file.

    Attributes
    ----------
    capacity, opening
        Of each facility.
    demand
        Of each customer, who is served by one facility.
    cost
        ``cost[customer][facility]``, for the whole demand.
    scale
        Costs are counted in this part of the file's unit: 1, or a power of ten where the file has decimals.
    """

    name: str
    capacity: tuple[int, ...]
    opening: tuple[int, ...]
    demand: tuple[int, ...]
    cost: tuple[tuple[int, ...], ...]
    scale: int = 1

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content; blanks and the file's name do not count."""
        parts = (self.capacity, self.opening, self.demand, self.cost, self.scale)
        return hashlib.sha256(repr(parts).encode()).hexdigest()
