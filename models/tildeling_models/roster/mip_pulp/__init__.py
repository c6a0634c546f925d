"""Engines ``mip-highs``, ``mip-cbc``, ``mip-gurobi``, ``mip-cplex``: a roster as an integer program in PuLP, whole.

The yardstick for the others: what an able user writes for a solver of integer programs, rule by rule, with no column
generated and nothing taken apart.  One program serves all tiers: only the objective and the caps change between them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result
from tildeling_models.roster import evaluate
from tildeling_models.roster.engines import Engine
from tildeling_models.roster.lexicographic import Answer, Task, solve_tiers
from tildeling_models.roster.mip_pulp.families import keep_all
from tildeling_models.roster.mip_pulp.program import Program
from tildeling_models.roster.problem import Roster, RosterProblem
from tildeling_models.solvers import OutOfTime, Run, Search, Solver, Value, solver
from tildeling_models.stop import Stop


class Tiers:
    """One program, one tier after the other; what a tier reached caps it from then on."""

    def __init__(self, chosen: Solver) -> None:
        self.chosen = chosen
        self.program: Program | None = None
        self.capped = 0

    def __call__(self, task: Task) -> Answer:
        until, latest = task.stop.elapsed + task.seconds, task.stop.elapsed + task.stop.left
        if task.start is not None:
            latest = until
        try:
            program = self._prepared(task)
            if program.impossible:
                return Answer(Outcome.INFEASIBLE, None, None)
            started = _start(program, task)
            search = Search(task.options, task.stop, until, latest, started, _told(program, task))
            run = self.chosen(program.found, search)
        except OutOfTime:
            return Answer(Outcome.UNKNOWN, task.start, None, clock=not task.stop.cancelled)
        return _answer(task, program, run)

    def _prepared(self, task: Task) -> Program:
        """The program with the tier's objective, earlier tiers capped."""
        if self.program is None:
            program = Program(task.problem, task.stop)
            keep_all(program)
            self.program = program
        for tier, most in task.caps[self.capped :]:
            self.program.row(self.program.paid[tier], most=most)
        self.capped = len(task.caps)
        self.program.minimise(task.tier)
        return self.program


def _start(program: Program, task: Task) -> list[Any]:
    """Set the cells to the start's values; the solver completes the others."""
    if task.start is None:
        return []
    activity = task.start.activity
    started = []
    for (person, day, code), at in program.cell.items():
        program.columns[at].setInitialValue(float(activity[person, day] == code), check=False)
        started.append(program.columns[at])
    return started


def _told(program: Program, task: Task) -> Callable[[Value, float], None]:
    """What is done with a better roster, if the solver tells of it."""

    def improved(value: Value, bound: float) -> None:
        found = program.roster(value)
        worth = int(evaluate.values(task.problem, found)[task.tier])
        task.moment(found, worth, Run(True, bound, False, False, False).whole)

    return improved


def _answer(task: Task, program: Program, run: Run) -> Answer:
    """An honest answer: a roster only if it keeps every rule, a bound only as the solver claims it."""
    if run.infeasible and task.start is None:
        return Answer(Outcome.INFEASIBLE, None, None)
    found = program.roster(lambda column: column.varValue or 0.0) if run.solved else None
    if found is None or evaluate.violations(task.problem, found):
        return Answer(Outcome.UNKNOWN, task.start, run.whole, run.clock, run.work)
    value = int(evaluate.values(task.problem, found)[task.tier])
    outcome = Outcome.OPTIMAL if run.whole == value else Outcome.FEASIBLE
    return Answer(outcome, found, run.whole, run.clock, run.work)


def through(name: str) -> Engine:
    """The engine of this name: all tiers, with the solver that the name says.

    Raises
    ------
    UnknownEngine
        When it is called, if the solver is not there.
    """

    def solve(
        problem: RosterProblem, options: Options, stop: Stop, progress: Progress, start: Roster | None
    ) -> Result[Roster]:
        return solve_tiers(problem, Tiers(solver(name)), name, options, stop, progress, start)

    return solve


solve_highs = through("mip-highs")
solve_cbc = through("mip-cbc")
solve_gurobi = through("mip-gurobi")
solve_cplex = through("mip-cplex")
