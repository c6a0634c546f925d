"""What registries of engines share, whatever the engines solve."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


class UnknownEngine(ValueError):
    """No engine of that name, or its solver is not installed."""


def load(engines: Mapping[str, tuple[str, str]], name: str) -> Any:
    """The function that a registry, name -> (module, function), has under a name; imported only now.

    Raises
    ------
    UnknownEngine
        If there is none.
    """
    if name not in engines:
        raise UnknownEngine(f"engine {name!r} is not one of {', '.join(engines)}")
    module, function = engines[name]
    return getattr(import_module(module), function)
