"""Solvers by the names of the engines that use them."""

from __future__ import annotations

import pulp

from tildeling_models.engines import UnknownEngine
from tildeling_models.solvers import cbc, commercial, highs
from tildeling_models.solvers.search import Solver

COMMERCIAL: dict[str, tuple[Solver, str, str]] = {
    "mip-gurobi": (commercial.run_gurobi, "GUROBI", "gurobipy"),
    "mip-cplex": (commercial.run_cplex, "CPLEX_PY", "cplex"),
}
"""Name -> (solver, PuLP's name of it, its package)."""


def solver(name: str) -> Solver:
    """The solver that an engine of this name uses.

    Raises
    ------
    UnknownEngine
        If it is not installed here, or has no licence.
    """
    if name == "mip-highs":
        return highs.run
    if name == "mip-cbc":
        if cbc.executable() is None:
            raise UnknownEngine(
                f"engine {name!r}: PuLP brings no CBC for this machine and none is on the path"
            )
        return cbc.run
    found, called, package = COMMERCIAL[name]
    if called not in pulp.listSolvers(onlyAvailable=False) or not _available(called):
        raise UnknownEngine(
            f"engine {name!r}: {package} is not installed here, or has no licence; "
            f"install it, or choose mip-highs or mip-cbc"
        )
    return found


def _available(called: str) -> bool:
    try:
        return bool(getattr(pulp, called)().available())
    except Exception:  # a licence fault surfaces as the vendor's own exception
        return False
