"""Published research formats: read a file, solve it, judge any solution of it.

A new format is a module with a :class:`~tildeling.published.format.Format` of the name ``FORMAT``, and one
entry here.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tildeling.errors import UsageError
from tildeling.published.format import Format

FORMATS: dict[str, str] = {
    "curtois": "tildeling.published.curtois",
    "gap": "tildeling.published.gap",
    "sscflp": "tildeling.published.sscflp",
    "mdgp": "tildeling.published.mdgp",
    "inrc2": "tildeling.published.inrc2",
}
"""Name -> module; imported only when chosen."""


def format_of(name: str) -> Format[Any, Any]:
    """The format of a name.

    Raises
    ------
    UsageError
        If there is none.
    """
    if name not in FORMATS:
        raise UsageError(f"--format {name}: is not one of {', '.join(FORMATS)}")
    found: Format[Any, Any] = import_module(FORMATS[name]).FORMAT
    return found


__all__ = ["FORMATS", "Format", "format_of"]
