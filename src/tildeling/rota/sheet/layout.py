"""Where things stand in the sheet: columns of days and sums, rows of people and cover."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tildeling.rota.dataset import RotaDataset

WEEK_ROW = 3
"""The row of the weeks' headings, counted from 0; weekdays stand below it, then the dates of a dated plan."""
TOTALS = ("sum", "target", "difference", "nights", "weekends", "unwanted", "unmet", "breach_count")
"""Columns after the weeks, by their text."""
IN_WEEK = 8
"""Columns of a week: seven days and their sum."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns and rows, counted from 0; ``two_lines`` where the holiday plan stands under the base rota."""

    data: RotaDataset
    two_lines: bool

    @property
    def first(self) -> int:
        """The first day's column: after who, the line where there are two, and the position."""
        return 3 if self.two_lines else 2

    def day(self, day: dt.date) -> int:
        """A day's column."""
        week, weekday = divmod((day - self.data.info.start).days, 7)
        return self.first + IN_WEEK * week + weekday

    def week_sum(self, week: int) -> int:
        """The column of a week's sum."""
        return self.first + IN_WEEK * week + 7

    @property
    def totals(self) -> int:
        """The first of the columns after the weeks."""
        return self.first + IN_WEEK * self.data.info.weeks

    @property
    def people_row(self) -> int:
        """The first person's row."""
        return WEEK_ROW + (2 if self.data.cyclic else 3)

    @property
    def high(self) -> int:
        """Rows of a person."""
        return 2 if self.two_lines else 1
