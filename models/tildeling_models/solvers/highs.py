"""HiGHS through PuLP's interface to it."""

from __future__ import annotations

import math
from typing import Any

import highspy
import numpy as np
import pulp

from tildeling_models.solvers.arrays import Floats, arrays
from tildeling_models.solvers.mip_start import MipStart
from tildeling_models.solvers.search import ABSOLUTE_GAP, Run, Search
from tildeling_models.solvers.threads import scheduler

_KINDS = highspy.HighsModelStatus
_ENDED = (
    _KINDS.kOptimal, _KINDS.kTimeLimit, _KINDS.kSolutionLimit, _KINDS.kIterationLimit, _KINDS.kInterrupt,
    _KINDS.kModelEmpty,
)  # fmt: skip


class _Highs(pulp.HiGHS):  # type: ignore[misc]  # PuLP is untyped to us
    """PuLP's HiGHS, that hands the problem over as arrays and listens; names of methods are PuLP's.

    Row by row, as PuLP does it, a large problem takes longer to hand over than to write down, and no clock is heard.
    """

    def __init__(self, search: Search) -> None:
        options = search.options
        more = {"mip_max_nodes": options.work_limit} if options.deterministic else {}
        super().__init__(
            msg=False, gapRel=options.gap, gapAbs=ABSOLUTE_GAP, threads=options.workers,
            random_seed=options.seed, mip_feasibility_tolerance=1e-7, **more,
        )  # fmt: skip
        self.search = search
        self.place: dict[str, int] = {}
        """Where each column stands, by name; one that is in no row is unknown to PuLP, and may be anything."""

    def buildSolverModel(self, lp: pulp.LpProblem) -> None:  # noqa: N802
        """Hand the problem over, while there is time."""
        given = arrays(lp, self.search.stop)
        self.place = given.place
        lp.solverModel.passModel(
            len(given.columns), len(given.row_low), len(given.index), int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize), 0.0, given.cost, given.low, given.high, given.row_low, given.row_high,
            given.start, given.index, given.coef, given.whole.astype(np.int32),
        )  # fmt: skip

    def callSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802
        """Solve from the start, if there is one; heed a cancel, and a solution that is enough."""
        search, highs = self.search, lp.solverModel
        if math.isfinite(search.latest):
            highs.setOptionValue("time_limit", search.left(search.latest))
        started = [column for column in search.started if column.name in self.place]
        at = np.array([self.place[column.name] for column in started], np.int32)
        whole = np.array([column.cat == pulp.LpInteger for column in started], bool)
        start = MipStart(at, np.array([column.varValue for column in started], float), whole)
        start.give(highs)

        def interrupt(event: highspy.HighsCallbackEvent) -> None:
            any_yet = event.data_out.mip_primal_bound < highspy.kHighsInf
            if search.stop.cancelled or (any_yet and search.stop.elapsed >= search.until):
                event.interrupt()

        def interrupt_simplex(event: highspy.HighsCallbackEvent) -> None:
            if search.stop.cancelled:
                event.interrupt()

        def improved(event: highspy.HighsCallbackEvent) -> None:
            values = np.asarray(event.data_out.mip_solution)
            search.improved(lambda column: self._value(values, column), start.bound(event))

        highs.cbMipInterrupt += interrupt
        highs.cbSimplexInterrupt += interrupt_simplex
        highs.cbMipImprovingSolution += improved
        scheduler.use(search.options.workers)
        highs.run()

    def findSolutionValues(self, lp: pulp.LpProblem) -> tuple[int, int]:  # noqa: N802
        """Give columns their values, where there are any; outcome and bound are read from HiGHS itself."""
        values = np.asarray(lp.solverModel.getSolution().col_value) if _solved(lp.solverModel) else None
        for column in lp.variables():
            column.varValue = None if values is None else self._value(values, column)
        return pulp.LpStatusNotSolved, pulp.LpSolutionNoSolutionFound

    def _value(self, values: Floats, column: Any) -> float:
        place = self.place.get(column.name)
        return 0.0 if place is None else float(values[place])


def run(found: pulp.LpProblem, search: Search) -> Run:
    """Solve with HiGHS; columns get their values.

    Raises
    ------
    OutOfTime
        If the run is to stop while the problem is handed over.
    RuntimeError
        If HiGHS fails.
    """
    found.solve(_Highs(search))
    highs = found.solverModel
    status, solved = highs.getModelStatus(), _solved(highs)
    if status in (_KINDS.kInfeasible, _KINDS.kUnboundedOrInfeasible):
        return Run(False, None, True, False, False)
    if status not in _ENDED:
        raise RuntimeError(f"HiGHS stopped with status {status.name}")
    info = highs.getInfo()
    bound = info.mip_dual_bound
    if status == _KINDS.kModelEmpty or (status == _KINDS.kOptimal and not math.isfinite(bound)):
        bound = (
            info.objective_function_value
        )  # without columns or rows there is no search, and no bound of one
    clock = status == _KINDS.kTimeLimit or (status == _KINDS.kInterrupt and not search.stop.cancelled)
    work = status in (_KINDS.kSolutionLimit, _KINDS.kIterationLimit)
    return Run(solved, bound, False, clock, work)


def _solved(highs: Any) -> bool:
    return bool(highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible)
