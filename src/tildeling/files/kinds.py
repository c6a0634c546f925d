"""The kinds of data sets there are, and how the names of its tables tell which a data set is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from tildeling.files.cells import normal_title
from tildeling.files.homes import HOUSING
from tildeling.files.kind import Kind
from tildeling.files.rotas import ROTA

KINDS: tuple[Kind[Any], ...] = (HOUSING, ROTA)


def kind_called(name: str) -> Kind[Any]:
    """The kind of a name.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    return {kind.name: kind for kind in KINDS}[name]


def kind_of(dataset: Any) -> Kind[Any]:
    """The kind of a data set.

    Raises
    ------
    TypeError
        If it is none.
    """
    for kind in KINDS:
        if isinstance(dataset, kind.dataset):
            return kind
    raise TypeError(f"{type(dataset).__name__} is no data set")


@cache
def _table_titles(kind: Kind[Any]) -> Mapping[str, str]:
    known = {normal_title(row.nb): name for name, row in kind.tables.items()}
    return known | {normal_title(name): name for name in kind.tables}


def table_named(title: str, kind: Kind[Any]) -> str | None:
    """The table a file, sheet or JSON key means, by its name or its Norwegian title."""
    return _table_titles(kind).get(normal_title(title))


def kind_named(titles: Iterable[str]) -> Kind[Any]:
    """The kind that most of the names are tables of; the first of them where they do not tell."""
    words = {normal_title(title) for title in titles}
    return max(KINDS, key=lambda kind: len(words & _table_titles(kind).keys()))


def foreign_to(kind: Kind[Any], titles: Iterable[str]) -> Kind[Any] | None:
    """The other kind that the names are of, where none of them is a table that only this kind has."""
    words = {normal_title(title) for title in titles}
    found = kind_named(words)
    own, others = _table_titles(kind).keys(), _table_titles(found).keys()
    return found if words & (others - own) and not words & (own - others) else None
