"""What a goal is: a whole number to make small; one file per goal.

``value`` recomputes it from the rows for the checker; ``lower`` puts it into a tier of the problem.  The two
share no helper.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from tildeling.housing.case import Case

if TYPE_CHECKING:
    from tildeling.housing.compiling.builder import Builder
    from tildeling.housing.compiling.frame import Frame


class GoalParams(BaseModel):
    """A goal's parameters, read from the policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Goal:
    """A goal: ``lower(frame, params, builder, tier, weight)`` adds weight times ``value(case, params)``."""

    id: str
    nb: str
    en: str
    unit_nb: str
    unit_en: str
    params: type[GoalParams]
    value: Callable[[Case, Any], int]
    lower: Callable[[Frame, Any, Builder, int, int], None]
