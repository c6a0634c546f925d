"""How much of a proposal the page shows; the workbook and the CSV files hold all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Most:
    """Most rows of each list on the page: what a browser opens at once and a person can look through."""

    units: int = 3_000
    waiting: int = 500
    placed: int = 2_000
    messages: int = 300
    bases: int = 150
    categories: int = 400


MOST = Most()


@dataclass(frozen=True, slots=True)
class Excerpt(Generic[Row]):
    """The rows that are shown, and how many are not."""

    rows: Sequence[Row]
    left_out: int


def excerpt(rows: Sequence[Row], most: int, together: Callable[[Row], object] | None = None) -> Excerpt[Row]:
    """The first rows, and those after them that belong together with the last of them."""
    end = min(most, len(rows))
    if together is not None:
        while 0 < end < len(rows) and together(rows[end]) == together(rows[end - 1]):
            end += 1
    return Excerpt(rows[:end], len(rows) - end)
