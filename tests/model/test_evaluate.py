"""The vectorised values, violations and parts against plain loops, on random problems and assignments."""

from __future__ import annotations

import pickle
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling_models.grouping import components, evaluate
from tildeling_models.grouping.problem import Assignment, GroupingProblem, Sparse, ints
from tildeling_models.grouping.restrict import can_meet, drop_strangers, restrict_cells

from . import plain_evaluate as plain
from .random_grouping import random_problem
from .tiny import tiny_problem


def drawn(problem: GroupingProblem, rng: random.Random) -> Assignment:
    """Any assignment: mostly allowed cells and arcs, now and then a slot or a server that is neither."""
    item_slot, group_server = [], []
    for item in range(problem.n_items):
        mine = problem.cell_slot[problem.cell_item == item].tolist()
        if rng.random() < 0.1:
            mine = list(range(len(problem.slot_group)))
        item_slot.append(rng.choice([-1, *mine, *mine]))
    for group in range(problem.n_groups):
        mine = problem.arc_server[problem.arc_group == group].tolist()
        if rng.random() < 0.1:
            mine = list(range(problem.n_servers))
        group_server.append(rng.choice([-1, *mine, *mine, *mine]))
    return Assignment(ints(item_slot), ints(group_server))


def cases(seed: int) -> list[GroupingProblem]:
    """A tiny and a small problem of a seed, the latter also with its cells in another order."""
    small = random_problem(seed)
    return [tiny_problem(seed), small, shuffled(small, random.Random(seed))]


def shuffled(problem: GroupingProblem, rng: random.Random) -> GroupingProblem:
    """The same problem, cells numbered otherwise, without the rows over cells."""
    order = ints(rng.sample(range(problem.n_cells), problem.n_cells))
    none = ints(np.empty((0, 2)))
    return replace(
        problem, cell_item=problem.cell_item[order], cell_slot=problem.cell_slot[order],
        cell_cost=problem.cell_cost[:, order], cell_start=problem.cell_start[order], limits=Sparse(),
        limit_rhs=ints(), presence=Sparse(), exclusion=none, excess=Sparse(), excess_base=ints(), excess_cost=none,
    )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**6))
def test_values_and_violations_are_those_of_plain_loops(seed: int) -> None:
    rng = random.Random(seed)
    for problem in cases(seed):
        for _ in range(3):
            tried = drawn(problem, rng)
            assert evaluate.values(problem, tried).tolist() == plain.values(problem, tried).tolist()
            assert sorted(evaluate.violations(problem, tried)) == sorted(plain.violations(problem, tried))
            chosen = plain.chosen_cells(problem, tried)
            assert (evaluate.chosen_cells(problem, tried) == chosen).all()
            for rows in (problem.limits, problem.presence, problem.excess):
                assert rows.dot(chosen).tolist() == rows.sum_at(ints(np.flatnonzero(chosen))).tolist()
            for level in range(len(problem.group_zone)):
                assert (
                    evaluate.item_zones(problem, tried, level) == plain.item_zones(problem, tried, level)
                ).all()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_dropped_pairs_change_neither_values_nor_violations(seed: int) -> None:
    """Of allowed assignments; a pair is kept if and only if some zone has a cell of both."""
    rng = random.Random(seed)
    for problem in (tiny_problem(seed), random_problem(seed)):
        sparse = restrict_cells(
            problem, np.array([rng.random() < 0.5 for _ in range(problem.n_cells)], dtype=bool)
        )
        less = drop_strangers(sparse)
        for name in ("conflict", "affinity"):
            rows = getattr(sparse, name)
            meet = can_meet(sparse, rows)
            for kept, (level, a, b, *_) in zip(meet, rows.tolist(), strict=True):
                zones = sparse.zone_of_cell(level)
                reach = [set(zones[sparse.cell_item == item].tolist()) - {-1} for item in (a, b)]
                assert kept == bool(reach[0] & reach[1])
            assert getattr(less, name).tolist() == rows[meet].tolist()
        for _ in range(3):
            tried = drawn(sparse, rng)
            broken = plain.violations(sparse, tried)
            if any(name.startswith("cell of item") for name in broken):
                continue
            assert len(plain.violations(less, tried)) == len(broken)
            assert plain.values(less, tried).tolist() == plain.values(sparse, tried).tolist()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_parts_add_up(seed: int) -> None:
    """Every index in one part, values and violations of the parts those of the whole, cut and merge inverse."""
    rng = random.Random(seed)
    for whole in (tiny_problem(seed), random_problem(seed)):
        keep = np.array([rng.random() < 0.5 for _ in range(whole.n_cells)], dtype=bool)
        problem = restrict_cells(whole, keep)
        parts = components.split(problem)
        for name, count in (
            ("items", problem.n_items),
            ("slots", len(problem.slot_group)),
            ("groups", problem.n_groups),
            ("servers", problem.n_servers),
        ):
            every = np.concatenate([getattr(part, name) for part in parts])
            assert sorted(every.tolist()) == list(range(count))
            assert all((np.diff(getattr(part, name)) > 0).all() for part in parts)
        assert sum(part.problem.n_cells for part in parts) == problem.n_cells
        tried = drawn(problem, rng)
        if any(name.startswith("cell of item") for name in plain.violations(problem, tried)):
            continue
        servers = np.where(
            [((problem.arc_group == g) & (problem.arc_server == b)).any() for g, b in enumerate(tried.group_server)],
            tried.group_server, -1,
        )  # fmt: skip
        tried = Assignment(tried.item_slot, ints(servers))
        shares = [components.cut(part, tried) for part in parts]
        again = components.merge(problem, parts, shares)
        assert again.item_slot.tolist() == tried.item_slot.tolist()
        assert again.group_server.tolist() == tried.group_server.tolist()
        sums = sum((plain.values(p.problem, s) for p, s in zip(parts, shares, strict=True)), problem.constant)
        assert sums.tolist() == plain.values(problem, tried).tolist()
        in_parts = [
            name for p, s in zip(parts, shares, strict=True) for name in plain.violations(p.problem, s)
        ]
        assert len(in_parts) == len(plain.violations(problem, tried))


def test_two_who_can_never_meet_stay_in_parts_of_their_own() -> None:
    """A conflict or a wish between two with no zone in common joins nothing; "together" still does."""
    apart = _two_groups()
    level, one, other = 0, 0, 1
    pair = [[level, one, other]]
    assert len(components.split(apart)) == 2
    assert len(components.split(replace(apart, conflict=ints(pair)))) == 2
    assert len(components.split(replace(apart, affinity=ints([[*pair[0], 0, -3]])))) == 2
    assert (
        len(components.split(replace(apart, conflict=ints([[1, one, other]])))) == 1
    )  # the level above is shared
    for both in (0, 1):
        assert len(components.split(replace(apart, together=ints([[*pair[0], both]])))) == 1


def _two_groups() -> GroupingProblem:
    from .random_grouping import plain_problem

    problem = plain_problem([1, 1], [[-1, None], [None, -1]])
    zones = problem.group_zone.copy()
    zones[1] = 0
    return replace(problem, group_zone=zones)


@pytest.mark.parametrize("seed", range(5))
def test_a_problem_travels_without_what_was_looked_up(seed: int) -> None:
    problem = random_problem(seed)
    size = len(pickle.dumps(problem))
    tried = drawn(problem, random.Random(seed))
    evaluate.values(problem, tried)
    evaluate.violations(problem, tried)
    assert len(pickle.dumps(problem)) == size
    again = pickle.loads(pickle.dumps(problem))
    assert evaluate.values(again, tried).tolist() == evaluate.values(problem, tried).tolist()
