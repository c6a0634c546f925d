"""Ties: other choices that are worth just as much in every tier.

They are searched by asking, again and again, for an optimal solution with as many choices not seen yet as
possible, until there is none; then the list is complete.  Where it is not empty, one solution is picked by
seniority (longest waiting first) and then by a hash of seed, item and group, never by the order of rows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints, Keys
from tildeling_models.grouping.task import Task, TierSolver, with_tier
from tildeling_models.options import Options
from tildeling_models.result import Outcome, Ties
from tildeling_models.stop import Stop

ROUNDS = 60
"""Searches after which the list is given up as incomplete."""

SHARE, LEAST_S = 0.3, 5.0
"""Time for ties: this share of what the tiers took, but at least so many seconds."""

DETERMINISTIC_ROUNDS, DETERMINISTIC_SHARE = 6, 0.05
"""In deterministic mode: this many searches, each with this share of the work limit."""

Choice = tuple[str, int, int]
"""("item", item, group or -1) or ("group", group, server or -1)."""


def choices(problem: GroupingProblem, assignment: Assignment) -> set[Choice]:
    """What an assignment chooses: a group, or none, per item; a server per open group."""
    groups = evaluate.item_zones(problem, assignment, 0)
    opened = evaluate.open_groups(problem, evaluate.chosen_cells(problem, assignment))
    return {("item", i, int(g)) for i, g in enumerate(groups)} | {
        ("group", int(g), int(assignment.group_server[g]))
        for g in np.flatnonzero(opened & problem.group_served)
    }


def find_ties(
    problem: GroupingProblem,
    solver: TierSolver,
    best: Assignment,
    options: Options,
    stop: Stop,
    spent: float,
) -> tuple[Assignment, Ties[Choice]]:
    """Search ties of an optimal assignment; return the one picked and the others' choices.

    ``spent`` are the seconds the tiers took; the search is kept in proportion, and says when it is incomplete.
    """
    rounds = ROUNDS
    if options.deterministic:
        rounds = DETERMINISTIC_ROUNDS
        options = replace(options, work_limit=max(1, int(options.work_limit * DETERMINISTIC_SHARE)))
    else:
        stop = stop.part(max(LEAST_S, SHARE * spent))
    values = evaluate.values(problem, best)
    caps = tuple((tier, int(value)) for tier, value in enumerate(values))
    seen = choices(problem, best)
    complete = False
    for _ in range(rounds):
        if stop.now:
            break
        wanted = _unseen(problem, seen)
        answer = solver(Task(wanted, len(caps), caps, best, stop.left, options, stop, _silent))
        if answer.assignment is None:
            break
        found = choices(problem, answer.assignment) - seen
        if not found:
            complete = answer.outcome is Outcome.OPTIMAL
            break
        seen |= found
    if len(seen) > len(choices(problem, best)):
        best = _picked(problem, solver, best, caps, options, stop)
    return best, Ties(tuple(sorted(seen - choices(problem, best))), complete)


def _silent(*_: object) -> None:
    return None


def _unseen(problem: GroupingProblem, seen: set[Choice]) -> GroupingProblem:
    """One more tier: minus the number of choices not in ``seen``."""
    item_seen = {(i, g) for kind, i, g in seen if kind == "item"}
    arc_seen = {(g, b) for kind, g, b in seen if kind == "group"}
    cells = zip(problem.cell_item, problem.cell_group, strict=True)
    new = np.array([(int(i), int(g)) not in item_seen for i, g in cells], dtype=np.int64)
    waits = np.array([(i, -1) not in item_seen for i in range(problem.n_items)], dtype=np.int64)
    arcs = zip(problem.arc_group, problem.arc_server, strict=True)
    arc = np.array([(int(g), int(b)) not in arc_seen for g, b in arcs], dtype=np.int64)
    # an item that waits where it never did counts as one: 1 - sum of its cells
    cell_cost = -new + waits[problem.cell_item]
    return with_tier(problem, "unseen", cell_cost, -int(waits.sum()), -arc)


def mix(*keys: Keys | int) -> Keys:
    """Mix 64-bit keys into one, order of arguments counting (Steele, Lea and Flood 2014, SplitMix64)."""
    state = np.asarray(0x9E3779B97F4A7C15, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for key in keys:
            state = state ^ np.asarray(key, dtype=np.uint64)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return np.asarray(state, dtype=np.uint64)


def hash_costs(problem: GroupingProblem, seed: int) -> tuple[Ints, int, Ints]:
    """Pseudo-random cost of each cell against waiting, the constant, and the cost of each arc: 20 bits."""
    keep = np.uint64(2**20 - 1)
    wait = (mix(seed, problem.item_key, 1) & keep).astype(np.int64)
    cell = (
        mix(seed, problem.item_key[problem.cell_item], problem.group_key[problem.cell_group]) & keep
    ).astype(np.int64)
    arc = (
        mix(seed, problem.group_key[problem.arc_group], problem.server_key[problem.arc_server]) & keep
    ).astype(np.int64)
    return cell - wait[problem.cell_item], int(wait.sum()), arc


def _picked(
    problem: GroupingProblem,
    solver: TierSolver,
    best: Assignment,
    caps: tuple[tuple[int, int], ...],
    options: Options,
    stop: Stop,
) -> Assignment:
    """Break ties by seniority, then by hash."""
    none = np.zeros(problem.n_arcs, np.int64)
    steps = (
        ("seniority", -problem.item_queue[problem.cell_item], 0, none),
        ("hash", *hash_costs(problem, options.seed)),
    )
    for name, cell_cost, constant, arc_cost in steps:
        problem = with_tier(problem, name, cell_cost, constant, arc_cost)
        answer = solver(Task(problem, len(caps), caps, best, stop.left, options, stop, _silent))
        if answer.assignment is not None:
            best = answer.assignment
        caps = (*caps, (len(caps), int(evaluate.values(problem, best)[-1])))
    return best
