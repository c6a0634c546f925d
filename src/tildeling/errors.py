"""Everything tildeling raises, as one tree.

::

    TildelingError
    ├── DataError            bad input: carries every fault found, exit code 2
    ├── UsageError           an option or argument that cannot be used, exit code 2
    └── RejectedSolution     the checker refused an engine's solution: a bug, exit code 70
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tildeling.texts import Lang, text


class TildelingError(Exception):
    """Root of the tree."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the input: place, requirement and value.

    ``code`` names a text in ``texts/faults.toml``; ``params`` fill it.  ``row`` counts data rows from 0;
    ``line`` is what a person sees in the file or sheet (set by the reader).  ``section`` is the part of a
    text file it stands in ("" outside of them); None for tables, whose lines are rows.
    """

    code: str
    table: str = ""
    row: int | None = None
    column: str = ""
    value: Any = None
    params: dict[str, Any] = field(default_factory=dict)
    hint: str = ""
    file: str = ""
    sheet: str = ""
    line: int | None = None
    section: str | None = None

    def requirement(self, lang: Lang = "en") -> str:
        """What is required here, in words."""
        params = dict(self.params)
        if "target" in params:
            params["target"] = text(f"targets.{params['target']}", lang)
        return text(f"faults.{self.code}", lang, **params)

    def place(self, lang: Lang = "en") -> str:
        """Where it is: ``applicants.csv row 17 'severity'``, ``a.txt line 9 SECTION_STAFF 'MaxShifts'``."""
        words = [self.file or self.table or "policy"]
        if self.sheet:
            words.append(f"{text('faults.sheet', lang)} {_cut(self.sheet)}")
        number = self.line if self.line is not None else (None if self.row is None else self.row + 1)
        if number is not None:
            words.append(f"{text('faults.row' if self.section is None else 'faults.line', lang)} {number}")
        if self.section:
            words.append(self.section)
        if self.column:
            words.append(f"'{_cut(self.column, 120)}'")
        return " ".join(words)

    def message(self, lang: Lang = "en") -> str:
        """One line: place, value, requirement, hint."""
        shown = "" if self.value is None else f"{_shown(self.value)} "
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.place(lang)}: {shown}{self.requirement(lang)}{hint}"

    def at(self, **place: Any) -> Fault:
        """The same fault with its place filled in."""
        return replace(self, **place)


def _shown(value: Any) -> str:
    return repr(_cut(str(value)))


def _cut(words: str, longest: int = 60) -> str:
    """Words that a person reads, however long somebody made them."""
    return words if len(words) <= longest else words[: longest - 3] + "..."


class DataError(TildelingError):
    """Bad input; ``faults`` holds all of them, in file order, but for ``more`` that were left out."""

    def __init__(self, faults: Sequence[Fault], more: int = 0) -> None:
        self.faults, self.more = tuple(faults), more
        super().__init__(self.report())

    def __reduce__(self) -> tuple[type[DataError], tuple[tuple[Fault, ...], int]]:
        """Made again from its faults, not from its words, where it goes from one process to another."""
        return type(self), (self.faults, self.more)

    def first(self, most: int) -> DataError:
        """The same with no more faults than so many."""
        left = max(0, len(self.faults) - most)
        return DataError(self.faults[:most], self.more + left) if left else self

    def report(self, lang: Lang = "en") -> str:
        """Every fault, a line each."""
        return "\n".join(fault.message(lang) for fault in self.faults)


class UsageError(TildelingError):
    """An option or argument that cannot be used."""


class RejectedSolution(TildelingError):
    """The independent checker refused what an engine returned; never shown as a plan."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults[:20]))

    def __reduce__(self) -> tuple[type[RejectedSolution], tuple[tuple[str, ...]]]:
        """As :meth:`DataError.__reduce__`."""
        return type(self), (self.faults,)
