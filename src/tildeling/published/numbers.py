"""Text files that are numbers between blanks: how they fall on lines means nothing, but faults name the line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tildeling.published.lines import MOST, Faults, Line

PLACES = 6
"""Most decimals a number may have."""
_DECIMAL = re.compile(r"-?\d+(\.\d*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Exact:
    """A decimal number without rounding: ``digits`` divided by ten to the power of ``places``."""

    digits: int
    places: int

    def times(self, scale: int) -> int:
        """The number in units of 1/scale; the scale is a power of ten of at least ``places``."""
        return int(self.digits * (scale // 10**self.places))


def scale_of(numbers: Sequence[Exact]) -> int:
    """The least power of ten that makes all of them whole: trailing zeros count for nothing."""
    places = max((number.places for number in numbers), default=0)
    return int("1" + "0" * places)


def exact(faults: Faults, line: Line, word: str, column: str) -> Exact | None:
    """A number of at least 0 with a few decimals, small enough that sums of many fit 64 bits."""
    if not _DECIMAL.fullmatch(word):
        faults.add("number", line, column, word)
        return None
    whole, _, part = word.partition(".")
    part = part.rstrip("0")
    if len(part) > PLACES:
        faults.add("decimals", line, column, word, places=PLACES)
        return None
    high = MOST // 10 ** len(part)
    if whole.startswith("-") or len(whole) > 20 or int(whole) > high:
        faults.add("between", line, column, word, low=0, high=high)
        return None
    return Exact(int(whole + part), len(part))


class Numbers:
    """The words of a file one after the other; what is wrong or missing reads as 0, and reading goes on."""

    def __init__(self, text: str, faults: Faults) -> None:
        self.faults = faults
        self.words = [
            (word, number) for number, line in enumerate(text.split("\n"), start=1) for word in line.split()
        ]
        self.at = 0

    def _next(self, count: int, column: str) -> list[tuple[str, Line]]:
        """So many words more; that there are fewer is one fault, told where it first shows."""
        found = self.words[self.at : self.at + count]
        if len(found) < count and self.at <= len(self.words):
            self.faults.add("numbers_missing", column=column, wanted=count, found=len(found))
            self.at = len(self.words) + 1
        self.at += count
        return [(word, Line(number, "", ())) for word, number in found]

    def whole(self, count: int, column: str, low: int = 0, high: int = MOST) -> list[int]:
        """Whole numbers between two limits; zeros after a decimal point are allowed, as some files have them."""
        found = []
        for word, line in self._next(count, column):
            head, point, tail = word.partition(".")
            plain = head if point and head and not tail.strip("0") else word
            found.append(self.faults.whole(line, plain, column, low, high) or 0)
        return found

    def exact(self, count: int, column: str) -> list[Exact]:
        """Numbers that may have decimals."""
        none = Exact(0, 0)
        return [exact(self.faults, line, word, column) or none for word, line in self._next(count, column)]

    def end(self) -> None:
        """Nothing may follow."""
        if self.at < len(self.words):
            word, number = self.words[self.at]
            left = len(self.words) - self.at
            self.faults.add("numbers_left", Line(number, "", ()), value=word, count=left)


def rows(numbers: Sequence[int], width: int) -> tuple[tuple[int, ...], ...]:
    """One row after the other."""
    return tuple(tuple(numbers[at : at + width]) for at in range(0, len(numbers), width))
