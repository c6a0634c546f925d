"""Integer programs written down in PuLP, for the solvers that can be had: CBC, HiGHS, Gurobi, CPLEX."""

from __future__ import annotations

from tildeling_models.solvers.choosing import solver
from tildeling_models.solvers.search import OutOfTime, Run, Search, Solver, Value

__all__ = ["OutOfTime", "Run", "Search", "Solver", "Value", "solver"]
