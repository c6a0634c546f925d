"""CP-SAT stopped before it knows anything: no bound may be claimed."""

from __future__ import annotations

from tildeling_models.grouping import cpsat
from tildeling_models.grouping.task import Task
from tildeling_models.options import Options
from tildeling_models.result import Outcome
from tildeling_models.stop import Stop

from .random_grouping import plain_problem


def test_no_bound_is_claimed_where_the_search_did_not_begin() -> None:
    """Values are negative where there are rewards, so the 0 of an unknown bound would be above them."""
    problem = plain_problem([1] * 40, [[-(i * j % 17) - 1 for j in range(40)] for i in range(60)])
    task = Task(problem, 0, (), None, 1e-6, Options(), Stop(), lambda *_: None)
    answer = cpsat.solve_tier(task)
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.bound is None
    assert answer.limit
