"""Engine ``cpsat``: a roster as a constraint program for OR-Tools' CP-SAT.

A 0-1 variable for each allowed cell; rules become clauses over sets of activities where they can, and sums where
they must.  One model serves all tiers: only the objective, the caps and the hint change between them.
"""

from __future__ import annotations

from ortools.sat.python import cp_model

from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Result
from tildeling_models.roster import evaluate
from tildeling_models.roster.cpsat.families import keep_all
from tildeling_models.roster.cpsat.model import INT_MIN, Model, bound_of
from tildeling_models.roster.cpsat.search import new_solver, search
from tildeling_models.roster.lexicographic import Answer, Task, solve_tiers
from tildeling_models.roster.problem import Roster, RosterProblem
from tildeling_models.stop import Stop

__all__ = ["Tiers", "solve"]


class _Watch(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # OR-Tools is untyped to us
    """Tells of better rosters."""

    def __init__(self, task: Task, model: Model) -> None:
        super().__init__()
        self.task, self.model = task, model
        self.solved = task.start is not None

    def enough(self, seconds: float) -> bool:
        """Whether to go on to the next tier: never before there is a roster, which all tiers wait for."""
        return self.solved and seconds >= self.task.seconds

    def on_solution_callback(self) -> None:
        self.solved = True
        found = self.model.roster(self.boolean_value)
        value = int(evaluate.values(self.task.problem, found)[self.task.tier])
        self.task.moment(found, value, bound_of(self.best_objective_bound))


class Tiers:
    """One model, one tier after the other; what a tier reached caps it from then on."""

    def __init__(self, problem: RosterProblem) -> None:
        self.model = Model(problem)
        keep_all(self.model)
        self.capped = 0

    def __call__(self, task: Task) -> Answer:
        model, program = self.model, self.model.program
        for tier, most in task.caps[self.capped :]:
            program.add_linear_constraint(model.paid[tier].expression, INT_MIN, most)
        self.capped = len(task.caps)
        program.clear_objective()
        program.minimize(model.paid[task.tier].expression)
        if task.hint is not None:
            model.hint(task.hint)
        solver, watch = new_solver(task.options, task.stop), _Watch(task, model)
        found = search(program, solver, task.stop, watch, watch.enough)
        if found.infeasible:
            return Answer(Outcome.INFEASIBLE, None, None)
        if not found.solved:
            return Answer(Outcome.UNKNOWN, task.start, found.bound, found.clock, found.work)
        roster = model.roster(solver.boolean_value)
        value = int(evaluate.values(task.problem, roster)[task.tier])
        outcome = Outcome.OPTIMAL if found.bound == value else Outcome.FEASIBLE
        return Answer(outcome, roster, found.bound, found.clock, found.work)


def solve(
    problem: RosterProblem,
    options: Options,
    stop: Stop,
    progress: Progress,
    start: Roster | None = None,
) -> Result[Roster]:
    """Solve all tiers with one model."""
    return solve_tiers(problem, Tiers(problem), "cpsat", options, stop, progress, start)
