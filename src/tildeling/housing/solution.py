"""What an allocation decides: who gets which unit, and which base serves each open group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Solution:
    """A proposal's decisions.

    Attributes
    ----------
    placements
        applicant id -> unit id, for everyone placed (locked placements included).  A resident who
        asked to move and stays is not in it.
    bases
        group id -> base id, for every group somebody lives in and a base serves.
    """

    placements: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
