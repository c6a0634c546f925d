"""Engines by name.  A new engine is one module with a function of the protocol and one entry here."""

from __future__ import annotations

from typing import Protocol

from tildeling_models.engines import UnknownEngine, load
from tildeling_models.grouping.problem import Assignment, GroupingProblem
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Result
from tildeling_models.stop import Stop


class Engine(Protocol):
    """Solves a grouping problem, from a start where one is given."""

    def __call__(
        self,
        problem: GroupingProblem,
        options: Options,
        stop: Stop,
        progress: Progress,
        start: Assignment | None,
    ) -> Result[Assignment]: ...


ENGINES: dict[str, tuple[str, str]] = {
    "auto": ("tildeling_models.grouping.auto", "solve"),
    "mip": ("tildeling_models.grouping.mip", "solve"),
    "priced": ("tildeling_models.grouping.priced", "solve"),
    "knapsacks": ("tildeling_models.grouping.knapsacks.engine", "solve"),
    "mip-highs": ("tildeling_models.grouping.mip_pulp", "solve_highs"),
    "mip-cbc": ("tildeling_models.grouping.mip_pulp", "solve_cbc"),
    "mip-gurobi": ("tildeling_models.grouping.mip_pulp", "solve_gurobi"),
    "mip-cplex": ("tildeling_models.grouping.mip_pulp", "solve_cplex"),
    "cpsat": ("tildeling_models.grouping.cpsat", "solve"),
    "vacancy": ("tildeling_models.grouping.baselines", "solve_vacancy"),
    "queue": ("tildeling_models.grouping.baselines", "solve_queue"),
    "deferred": ("tildeling_models.grouping.baselines", "solve_deferred"),
}
"""Name -> (module, function); imported only when chosen."""


def engine(name: str) -> Engine:
    """The engine of a name.

    Raises
    ------
    UnknownEngine
        If there is none.
    """
    found: Engine = load(ENGINES, name)
    return found


__all__ = ["ENGINES", "Engine", "UnknownEngine", "engine"]
