"""What a published format has to bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from tildeling.published.judging import Judgement


class Named(Protocol):
    """An instance: the name results are filed under, and a digest of its content."""

    @property
    def name(self) -> str:
        """For folders and tables."""

    @property
    def digest(self) -> str:
        """Hexadecimal; the same for the same content."""


Instance = TypeVar("Instance", bound=Named)
Solution = TypeVar("Solution")


def _one(_: object) -> int:
    return 1


@dataclass(frozen=True, slots=True)
class Format(Generic[Instance, Solution]):
    """Functions over instances and solutions of a format.

    Attributes
    ----------
    name
        As in ``--format``; results give it as their rule set.
    read
        A file's instance, or DataError with every fault.
    engines
        Names of engines for its problems.
    compile
        Its problem: of a kind that ``tildeling_models.kinds`` knows.
    solution
        An engine's arrays in the instance's own ids.
    start
        The other way: a solution as an engine's start.
    judge
        The independent checker.
    read_solution
        A solution from the file that ``write`` wrote, or from the folder that holds it.
    write
        Writes the solution's ``files`` to a folder.
    files
        Their names; ``*`` is any part of one.
    size
        What tables call large: people, items.
    unit
        What 1 of a published value is in the tier, which is whole and minimised: 100 where it counts in
        hundredths, below 0 where the published value is maximised.
    """

    name: str
    read: Callable[[Path], Instance]
    engines: Callable[[], Iterable[str]]
    compile: Callable[[Instance], Any]
    solution: Callable[[Instance, Any], Solution]
    start: Callable[[Instance, Solution], Any]
    judge: Callable[[Instance, Solution], Judgement]
    read_solution: Callable[[Instance, Path], Solution]
    write: Callable[[Instance, Solution, Path], None]
    files: frozenset[str]
    size: Callable[[Instance], int]
    unit: Callable[[Instance], int] = _one
