"""Kinds of problems, as far as whoever runs an engine has to know them.

A kind is told by the class of its problem.  A new one is a module with a :class:`Kind` of the name ``KIND``,
and one entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Generic, Protocol, TypeVar

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Result
from tildeling_models.stop import Stop

P = TypeVar("P")
S = TypeVar("S")
Q = TypeVar("Q", contravariant=True)


class Engine(Protocol[Q, S]):
    """Solves a problem, from a start where one is given."""

    def __call__(
        self, problem: Q, options: Options, stop: Stop, progress: Progress, start: S | None
    ) -> Result[S]: ...


@dataclass(frozen=True, slots=True)
class Kind(Generic[P, S]):
    """What can be said of a problem (P) and its solutions (S) without an engine.

    Attributes
    ----------
    engines
        Engines by name -> (module, function).
    engine
        The engine of a name, or UnknownEngine.
    tiers
        (name, tolerance) of each tier.
    values
        Value of each tier of a solution, straight from the definitions.
    least
        A bound of each tier that always holds.
    violations
        Hard rules that a solution breaks.
    """

    engines: Mapping[str, tuple[str, str]]
    engine: Callable[[str], Engine[P, S]]
    tiers: Callable[[P], Sequence[tuple[str, float]]]
    values: Callable[[P, S], Sequence[int]]
    least: Callable[[P], Sequence[int]]
    violations: Callable[[P, S], Sequence[object]]


KINDS: dict[str, str] = {
    "tildeling_models.grouping.problem.GroupingProblem": "tildeling_models.grouping.kind",
    "tildeling_models.roster.problem.RosterProblem": "tildeling_models.roster.kind",
}
"""Class of the problem -> module of its kind; imported only when such a problem is met."""


def kind_of(problem: object) -> Kind[Any, Any]:
    """The kind of a problem.

    Raises
    ------
    TypeError
        If it is none of ours.
    """
    for parent in type(problem).__mro__:
        module = KINDS.get(f"{parent.__module__}.{parent.__qualname__}")
        if module is not None:
            found: Kind[Any, Any] = import_module(module).KIND
            return found
    raise TypeError(f"{type(problem).__name__} is no problem of a known kind")


class Solver(Protocol):
    """Runs an engine by name on a problem of any kind: in this process, or in a child."""

    def __call__(
        self, name: str, problem: Any, options: Options, stop: Stop, progress: Progress, start: Any
    ) -> Result[Any]: ...


def solve_here(
    name: str, problem: P, options: Options, stop: Stop, progress: Progress, start: S | None
) -> Result[S]:
    """Run an engine in this process.

    Raises
    ------
    UnknownEngine
        If there is none of that name.
    """
    kind: Kind[P, S] = kind_of(problem)
    return kind.engine(name)(problem, options, stop, progress, start)
