"""The grouping problem as a mixed-integer linear model, built from arrays: one function per family.

Columns: x (cells), y (opening, for groups not open from the start), z (arcs), and auxiliaries that a family
adds for itself.  Formulas stand in models/README.md under the same names.  Auxiliaries of a goal are only
built from the tier on that needs them, so early tiers stay small.
"""

from __future__ import annotations

import numpy as np

from tildeling_models.grouping.evaluate import chosen_arcs, chosen_cells, open_groups
from tildeling_models.grouping.linear.goals import excess, overload, spread
from tildeling_models.grouping.linear.model import Builder, Floats, LinearModel
from tildeling_models.grouping.linear.pairs import affinity, conflicts, exclusions, meetings, together
from tildeling_models.grouping.linear.placing import items, limits, linking, open_with_min_max, slots
from tildeling_models.grouping.linear.service import service
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Ints, ints

__all__ = ["Floats", "LinearModel", "build", "decode", "encode"]

STRONG_LINKING_CELLS = 60_000
"""Up to this many cells, x <= y is written cell by cell (stronger bound, more rows)."""


def build(problem: GroupingProblem, last_tier: int, *, core: bool = False) -> LinearModel:
    """The model with the auxiliaries that tiers up to ``last_tier`` need.

    With ``core`` the rows that are many and seldom bind are left out, for :mod:`cuts` to add when violated:
    conflicts, linking, what makes two items meet, and the whole family of spread, whose cost is never below 0.
    """
    model = Builder(len(problem.tiers))
    x = model.columns(problem.n_cells)
    y = model.columns(problem.n_groups, np.ones(problem.n_groups))
    model.bounds[-1][0][problem.group_open] = 1.0
    z = model.columns(problem.n_arcs)
    for tier in range(len(problem.tiers)):
        model.cost(tier, x, problem.cell_cost[tier])
        if problem.n_arcs:
            model.cost(tier, z, problem.arc_cost[tier])
    tiers = set(range(last_tier + 1))
    items(model, problem, x)
    slots(model, problem, x)
    open_with_min_max(model, problem, x, y)
    limits(model, problem, x)
    exclusions(model, problem, x)
    together(model, problem, x)
    loads = service(model, problem, x, y, z, tiers)
    overload(model, problem, z, loads, tiers)
    excess(model, problem, x, tiers)
    meet = ints()
    if core:
        meet = meetings(model, problem)
    else:
        conflicts(model, problem, x, y)
        if problem.n_cells <= STRONG_LINKING_CELLS:
            linking(model, problem, x, y)
        affinity(model, problem, x, tiers)
        spread(model, problem, x, tiers)
    return model.finish(problem.constant, x, y, z, meet)


def decode(problem: GroupingProblem, model: LinearModel, columns: Floats) -> Assignment:
    """The assignment that a solver's column values stand for."""
    item_slot = np.full(problem.n_items, -1, np.int64)
    picked = np.flatnonzero(columns[model.x] > 0.5)
    item_slot[problem.cell_item[picked]] = problem.cell_slot[picked]
    group_server = np.full(problem.n_groups, -1, np.int64)
    arcs = np.flatnonzero(columns[model.z] > 0.5)
    group_server[problem.arc_group[arcs]] = problem.arc_server[arcs]
    return Assignment(item_slot, group_server)


def encode(problem: GroupingProblem, model: LinearModel, start: Assignment) -> tuple[Ints, Floats]:
    """Columns x, y, z and their values for a start; the solver completes the auxiliaries."""
    chosen = chosen_cells(problem, start)
    opened = open_groups(problem, chosen)
    arcs = chosen_arcs(problem, start, opened)
    columns = np.concatenate([model.x, model.y, model.z])
    return columns, np.concatenate([chosen, opened, arcs]).astype(np.float64)
