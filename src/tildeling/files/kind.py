"""What a kind of data sets is: its tables and what their columns name, its policy, and how one is made of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from tildeling.errors import Fault
from tildeling.rows import Row


class Data(Protocol):
    """What every kind of data set can do."""

    @property
    def policy(self) -> Any:
        """The policy in force."""

    def table(self, name: str) -> tuple[Row, ...]:
        """The rows of a table."""

    def faults(self) -> list[Fault]:
        """Every fault that reaches across rows or tables."""


D = TypeVar("D", bound=Data)


class Declared(Protocol):
    """A rule or goal, as far as its parameters go."""

    @property
    def params(self) -> type[BaseModel]:
        """What parameters it takes."""


class Named(Protocol):
    """What a code of the policy is called."""

    @property
    def nb(self) -> str:
        """Its Norwegian name."""

    @property
    def en(self) -> str:
        """Its English name."""


class Known(Protocol):
    """What is known of rows that could not be read, so that nothing is said twice."""

    def may_hold(self, table: str, word: Any, column: str) -> bool:
        """Whether a name may stand in a row that could not be read."""

    def whole(self, table: str) -> bool:
        """Whether every row of a table could be read."""


@dataclass(frozen=True, eq=False)
class PolicyKind:
    """The policy of a kind of data sets.

    Parameters
    ----------
    merged
        Lays a data set's own tables over the embedded defaults.
    rules, goals
        Those that exist, by id; called late, since they need more than a reader does.
    laid_under
        The settings of each rule that a data set's own are laid over, given the data set's tables; empty where
        every parameter has a default of its own.
    deviations
        The deviations that a limit may name in ``by``, given the data set's tables; None where limits have none.
    names
        Reference targets that are names of the policy, and the way to them in it.
    """

    model: type[BaseModel]
    default: Callable[[], Any]
    merged: Callable[[Mapping[str, Any]], dict[str, Any]]
    rules: Callable[[], Mapping[str, Declared]]
    goals: Callable[[], Mapping[str, Declared]]
    names: Mapping[str, str]
    laid_under: Callable[[Mapping[str, Any]], Mapping[str, Mapping[str, Any]]] = lambda _: {}
    deviations: Callable[[Mapping[str, Any]], Collection[str]] | None = None

    def named(self, policy: Any, target: str) -> Mapping[str, Named]:
        """The codes a target may mean, with their names."""
        found: Mapping[str, Named] = attrgetter(self.names[target])(policy)
        return found


@dataclass(frozen=True, eq=False)
class Kind(Generic[D]):
    """A kind of data sets, which readers and writers are told of.

    Parameters
    ----------
    tables
        Row classes by table, in the order files are read and shown.
    filled
        Tables that must have a row where they are given.
    references
        Columns that name a row or a name of the policy: table, column, target.
    targets
        Where the names stand that a reference may mean: target -> (table, column).
    persons
        Columns that name people, by table.
    stand_in
        The row of ``dataset`` where that could not be read.
    follows
        Whether a fault across rows only says again that another row could not be read.
    prefix
        Begins the names of text files and keys that are this kind's own.
    nine_is_empty
        Whether 9 in a score from 1 to 5 is "not relevant", as in IPLOS.
    """

    name: str
    dataset: type[D]
    tables: Mapping[str, type[Row]]
    required: frozenset[str]
    references: tuple[tuple[str, str, str], ...]
    targets: Mapping[str, tuple[tuple[str, str], ...]]
    persons: Mapping[str, tuple[str, ...]]
    policy: PolicyKind
    stand_in: Row
    follows: Callable[[Fault, Known], bool]
    prefix: str = ""
    nine_is_empty: bool = False
    filled: frozenset[str] = frozenset()

    def place_of(self, target: str) -> tuple[str, str] | None:
        """The one table and column where a target's names stand, if it is one."""
        places = self.targets.get(target, ())
        return places[0] if len(places) == 1 else None

    def made(self, info: Row, policy: Any, tables: Mapping[str, tuple[Row, ...]]) -> D:
        """The data set of these rows."""
        make: Callable[..., D] = self.dataset
        return make(info=info, policy=policy, **tables)
