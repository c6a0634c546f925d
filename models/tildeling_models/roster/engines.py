"""Engines by name.  A new engine is one module with a function of the protocol and one entry here."""

from __future__ import annotations

from typing import Protocol

from tildeling_models.engines import UnknownEngine, load
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Result
from tildeling_models.roster.problem import Roster, RosterProblem
from tildeling_models.stop import Stop


class Engine(Protocol):
    """Solves a roster problem, from a start where one is given."""

    def __call__(
        self, problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
    ) -> Result[Roster]: ...


ENGINES: dict[str, tuple[str, str]] = {
    "auto": ("tildeling_models.roster.auto", "solve"),
    "cpsat": ("tildeling_models.roster.cpsat", "solve"),
    "neighbourhoods": ("tildeling_models.roster.neighbourhoods", "solve"),
    "columns": ("tildeling_models.roster.columns", "solve"),
    "mip-highs": ("tildeling_models.roster.mip_pulp", "solve_highs"),
    "mip-cbc": ("tildeling_models.roster.mip_pulp", "solve_cbc"),
    "mip-gurobi": ("tildeling_models.roster.mip_pulp", "solve_gurobi"),
    "mip-cplex": ("tildeling_models.roster.mip_pulp", "solve_cplex"),
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
