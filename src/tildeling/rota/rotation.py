"""The order in which shifts should follow each other, as the checker sees it: day, evening, night.

Forward rotation disturbs sleep less (National Institute of Occupational Health).
"""

from __future__ import annotations

from tildeling.rota.tables import Shift, ShiftKind

ORDER = {
    ShiftKind.DAY: 0,
    ShiftKind.LONG: 0,
    ShiftKind.EVENING: 1,
    ShiftKind.NIGHT: 2,
    ShiftKind.SLEEPING_NIGHT: 2,
}
"""Duty at home and live-in stays are outside the order."""


def backward(before: Shift, after: Shift) -> bool:
    """Whether a shift comes earlier in the order than that of the day before."""
    first, then = ORDER.get(before.kind), ORDER.get(after.kind)
    return first is not None and then is not None and then < first
