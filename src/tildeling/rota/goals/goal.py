"""What a goal is: id, texts, parameters, a value recomputed from the rows, and a way to lower it; one file per goal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tildeling.rota.case import Case
from tildeling.rota.rules.rule import Params
from tildeling.texts import Lang

if TYPE_CHECKING:
    from tildeling.rota.compiling.builder import Builder
    from tildeling.rota.compiling.frame import Frame


@dataclass(frozen=True)
class Goal:
    """Something to have as little of as can be.

    Parameters
    ----------
    unit
        nb and en: what one unit of the value is.
    value
        The goal's value of a rota, a whole number, at least 0: what the lowering sums up to at weight 1.
    lower
        (frame, params, builder, tier, weight) adds costs and priced primitives.
    """

    id: str
    nb: str
    en: str
    unit: Mapping[Lang, str]
    params: type[Params]
    value: Callable[[Case, Any], int]
    lower: Callable[[Frame, Any, Builder, int, int], None]
