"""A MIP start that HiGHS completes, and what its events prove meanwhile: nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class MipStart:
    """Some columns, the values that a start gives them, and which are whole numbers; none: no start.

    HiGHS fixes the whole ones, and solves what is left as a problem of its own before it turns to all.  Its events
    tell of that problem too, with its bound, which is above what the problem as a whole can reach.
    """

    columns: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    whole: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))

    def give(self, highs: highspy.Highs) -> None:
        """Give HiGHS the start, if there is one."""
        if len(self.columns):
            highs.setSolution(len(self.columns), self.columns, self.values)

    def bound(self, event: highspy.HighsCallbackEvent) -> float:
        """The bound of a better solution's event; -inf where the solution has all that was fixed."""
        found = np.asarray(event.data_out.mip_solution)[self.columns[self.whole]]
        if len(self.columns) and (np.abs(found - self.values[self.whole]) < 0.5).all():
            return float("-inf")
        return float(event.data_out.mip_dual_bound)
