"""A rota: who has which shift on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rota:
    """Shifts by person and the day they begin on; days without one are off."""

    work: Mapping[str, Mapping[dt.date, str]] = field(default_factory=dict)

    def shift(self, staff_id: str, day: dt.date) -> str | None:
        """The code someone has on a day, None when off."""
        return self.work.get(staff_id, {}).get(day)

    def changed(self, staff_id: str, day: dt.date, code: str | None) -> Rota:
        """The same rota with one cell changed."""
        row = {other: shift for other, shift in self.work.get(staff_id, {}).items() if other != day}
        if code is not None:
            row[day] = code
        return Rota({**self.work, staff_id: dict(sorted(row.items()))})
