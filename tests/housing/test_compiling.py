"""From data set to problem: blocks of any size give the same cells, and pairs that can never meet are left out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tildeling.housing.check import check
from tildeling.housing.compiling import compiler
from tildeling.housing.compiling.builder import by_value
from tildeling.housing.compiling.compiler import compile_dataset
from tildeling.housing.compiling.frame import hundredths
from tildeling.housing.solution import Solution
from tildeling_models.grouping.problem import GroupingProblem, Sparse, ints

from .builders import DISABILITY, FRAIL, dataset, group, home, person, relation, site
from .strategies import thrown_dataset


def arrays(problem: GroupingProblem) -> dict[str, object]:
    """A problem's fields as plain values."""
    found: dict[str, object] = {}
    for each in dataclasses.fields(problem):
        value = getattr(problem, each.name)
        if isinstance(value, Sparse):
            value = [value.start.tolist(), value.cell.tolist(), value.coef.tolist()]
        found[each.name] = value.tolist() if isinstance(value, np.ndarray) else value
    return found


@pytest.mark.parametrize("block", [1, 7])
def test_cells_found_in_small_blocks_are_the_same(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    for seed in range(60):
        data = thrown_dataset(seed, 12, 16)
        whole = arrays(compile_dataset(data).problem)
        monkeypatch.setattr(compiler, "BLOCK", block)
        assert arrays(compile_dataset(data).problem) == whole
        monkeypatch.undo()


def test_items_of_a_municipality_meet_its_own_slots_and_those_of_none() -> None:
    """Whoever has no municipality may go anywhere, and a site without one takes anybody."""
    data = dataset(
        site("A", municipality="oslo"), site("B", municipality="bergen"), site("C"),
        group("ga", site_id="A"), group("gb", site_id="B"), group("gc", site_id="C"),
        home("ua", "ga"), home("ub", "gb"), home("uc", "gc"),
        person("p1", municipality="oslo"), person("p2", municipality="bergen"), person("p3"),
        person("p4", municipality="hamar"),
    )  # fmt: skip
    compiled = compile_dataset(data)
    problem, frame = compiled.problem, compiled.frame
    found = {
        (frame.items[i].applicant_id, frame.slots[s][0].unit_id)
        for i, s in zip(problem.cell_item, problem.cell_slot, strict=True)
    }
    assert found == {
        ("p1", "ua"), ("p1", "uc"), ("p2", "ub"), ("p2", "uc"), ("p3", "ua"), ("p3", "ub"), ("p3", "uc"),
        ("p4", "uc"),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["conflict", "wish_for", "wish_against"])
def test_a_pair_that_can_never_meet_is_left_out(kind: str) -> None:
    """Two of target groups that no group takes both of; on one site they could meet, and are kept apart there."""
    homes = (
        group("G", target_groups=(FRAIL,)), group("H", target_groups=(DISABILITY,)), home("u", "G"), home("v", "H"),
        person("a"), person("b", target_group=DISABILITY),
    )  # fmt: skip
    for level, carried in (("group", 0), ("community", 0), ("site", 1)):
        data = dataset(*homes, relation(kind, "a", "b", level=level))
        problem = compile_dataset(data).problem
        assert len(problem.conflict) + len(problem.affinity) == carried, level
        apart = "H4.conflict" in {
            breach.requirement for breach in check(data, Solution({"a": "u", "b": "v"})).breaches
        }
        assert apart == (kind == "conflict" and carried == 1)


def test_together_is_kept_where_two_can_never_meet() -> None:
    """It still lets only one of them be placed."""
    data = dataset(
        group("G", target_groups=(FRAIL,)), group("H", target_groups=(DISABILITY,)), home("u", "G"), home("v", "H"),
        person("a"), person("b", target_group=DISABILITY), relation("together", "a", "b"),
    )  # fmt: skip
    assert len(compile_dataset(data).problem.together) == 1
    assert [b.requirement for b in check(data, Solution({"a": "u", "b": "v"})).breaches] == ["H6.together"]


def test_by_value_sorts_cells_out() -> None:
    assert by_value(ints()) == {}
    found = by_value(ints([3, 1, 3, 0]))
    assert {value: cells.tolist() for value, cells in found.items()} == {0: [3], 1: [1], 3: [0, 2]}
    some = by_value(ints([3, 1, 3]), ints([5, 8, 9]))
    assert {value: cells.tolist() for value, cells in some.items()} == {1: [8], 3: [5, 9]}


def test_hours_in_hundredths() -> None:
    from decimal import Decimal

    assert [hundredths(hours) for hours in (0, 7, Decimal("7.25"), Decimal("0.29"), Decimal("1E+1"))] == [
        0, 700, 725, 29, 1000,
    ]  # fmt: skip
