"""Gurobi and CPLEX through PuLP's interfaces to them, where they are installed."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pulp

from tildeling_models.solvers.search import ABSOLUTE_GAP, Run, Search, in_turns


def run_gurobi(found: pulp.LpProblem, search: Search) -> Run:
    """Solve with Gurobi through its Python interface; columns get their values."""
    return in_turns(partial(_gurobi, found, search), search)


def _gurobi(found: pulp.LpProblem, search: Search, seconds: float) -> Run:
    options = search.options
    params = {"MIPGap": options.gap, "MIPGapAbs": ABSOLUTE_GAP, "Seed": options.seed,
              "Threads": options.workers}  # fmt: skip
    if options.deterministic:
        params["NodeLimit"] = options.work_limit
    limit = seconds if math.isfinite(seconds) else None
    solver = pulp.GUROBI(msg=False, timeLimit=limit, warmStart=bool(search.started), **params)

    def watch(inner: Any, _where: int) -> None:
        if search.stop.cancelled:
            inner.terminate()

    found.solve(solver, callback=watch)
    inner = found.solverModel
    status, kinds = inner.Status, {"infeasible": (3, 4), "nodes": 8, "time": 9}  # GRB.Status
    infeasible, solved = status in kinds["infeasible"], bool(inner.SolCount)  # type: ignore[operator]
    bound = None if infeasible else float(inner.ObjBound)
    solver.close()
    return Run(solved, bound, infeasible, status == kinds["time"], status == kinds["nodes"])


def run_cplex(found: pulp.LpProblem, search: Search) -> Run:
    """Solve with CPLEX through its Python interface; columns get their values; a cancel is heeded afterwards."""
    return in_turns(partial(_cplex, found, search), search)


def _cplex(found: pulp.LpProblem, search: Search, seconds: float) -> Run:
    options = search.options
    params = {"mip.tolerances.mipgap": options.gap, "mip.tolerances.absmipgap": ABSOLUTE_GAP,
              "randomseed": options.seed}  # fmt: skip
    if options.deterministic:
        params["mip.limits.nodes"] = options.work_limit
    limit = seconds if math.isfinite(seconds) else None
    solver = pulp.CPLEX_PY(
        msg=False, timeLimit=limit, warmStart=bool(search.started), threads=options.workers, **params
    )
    found.solve(solver)
    inner = found.solverModel.solution
    status, solved = int(inner.get_status()), bool(inner.is_primal_feasible())
    infeasible, clock, work = status in (3, 103, 119), status in (107, 108), status in (105, 106)
    bound = None
    if not infeasible and not (not solved and status in (101, 102)):
        bound = float(inner.MIP.get_best_objective())
    return Run(solved, bound, infeasible, clock, work)
