"""Checks that every data set needs: keys that stand once, references that lead somewhere, hints for misspelt words."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tildeling.errors import Fault
from tildeling.rows import Row

Table = Callable[[str], Sequence[Row]]
"""The rows of a table by its name."""

_MOST_COMPARED = 5_000
"""Comparing a word with more would cost a second each in a file with thousands of faults."""


def closest(word: str, known: Iterable[str]) -> str:
    """A hint naming the known word nearest to this one, or nothing."""
    words = list(known)
    if len(words) > _MOST_COMPARED:
        return ""
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"{near[0]}?" if near else ""


def unique_keys(tables: Mapping[str, type[Row]], rows_of: Table) -> Iterator[Fault]:
    """Rows whose key stands in an earlier row of their table."""
    for name, kind in tables.items():
        seen: dict[tuple[Any, ...], int] = {}
        for index, row in enumerate(rows_of(name)):
            key = tuple(getattr(row, part) for part in kind.key)
            if key in seen:
                first = {"first": seen[key] + 1}
                yield Fault("duplicate_key", name, index, kind.key[-1], " ".join(map(str, key)), first)
            else:
                seen[key] = index


def unknown_references(
    references: Iterable[tuple[str, str, str]], targets: Mapping[str, Iterable[str]], rows_of: Table
) -> Iterator[Fault]:
    """Words in columns that name something which is not there; ``references`` are (table, column, target)."""
    for table, column, target in references:
        known = targets[target]
        for index, row in enumerate(rows_of(table)):
            value = getattr(row, column)
            for word in (value,) if isinstance(value, str) else (value or ()):
                if word not in known:
                    hint = closest(word, known)
                    yield Fault("unknown_reference", table, index, column, word, {"target": target}, hint)
