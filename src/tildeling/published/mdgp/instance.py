"""What a file in the format holds: elements with distances, groups with a least and a most of elements."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Instance:
    """A whole file.

    Attributes
    ----------
    elements
        How many there are.
    sizes
        (least, most) of each group.
    distance
        (i, j, distance) with i < j, every pair once, in their order.
    scale
        Distances are counted in this part of the file's unit: 1, or a power of ten where the file has decimals.
    """

    name: str
    elements: int
    sizes: tuple[tuple[int, int], ...]
    distance: tuple[tuple[int, int, int], ...]
    scale: int = 1

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content; the order of lines and the file's name do not count."""
        parts = (self.elements, self.sizes, self.distance, self.scale)
        return hashlib.sha256(repr(parts).encode()).hexdigest()
