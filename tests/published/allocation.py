"""Allocations of published formats for tests: random instances, their files, brute force."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import strategies as st

from tildeling.published.assignment_files import Plan
from tildeling.published.format import Format
from tildeling.published.gap import Instance as Gap
from tildeling.published.mdgp import Instance as Mdgp
from tildeling.published.sscflp import Instance as Sscflp


@st.composite
def gaps(draw: st.DrawFn) -> Gap:
    """A few jobs and agents; some jobs fit nowhere."""
    agents, jobs = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    row = st.lists(st.integers(0, 9), min_size=jobs, max_size=jobs).map(tuple)
    table = st.lists(row, min_size=agents, max_size=agents).map(tuple)
    capacity = draw(st.lists(st.integers(0, 20), min_size=agents, max_size=agents))
    return Gap("made", draw(table), draw(table), tuple(capacity))


@st.composite
def sscflps(draw: st.DrawFn) -> Sscflp:
    """A few customers and facilities."""
    facilities, customers = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    scale = draw(st.sampled_from((1, 100)))

    def some(count: int, high: int) -> tuple[int, ...]:
        return tuple(draw(st.lists(st.integers(0, high), min_size=count, max_size=count)))

    cost = tuple(some(facilities, 9 * scale) for _ in range(customers))
    if scale > 1:  # one number that needs all decimals, so that a file gives the same scale again
        cost = ((1, *cost[0][1:]), *cost[1:])
    return Sscflp("made", some(facilities, 20), some(facilities, 30 * scale), some(customers, 9), cost, scale)


@st.composite
def mdgps(draw: st.DrawFn) -> Mdgp:
    """A few elements; sizes that may not fit."""
    elements, groups = draw(st.integers(2, 6)), draw(st.integers(1, 3))
    scale = draw(st.sampled_from((1, 1000)))
    sizes = tuple(
        tuple(sorted(draw(st.lists(st.integers(0, elements), min_size=2, max_size=2))))
        for _ in range(groups)
    )  # fmt: skip
    pairs = list(itertools.combinations(range(elements), 2))
    worth = draw(st.lists(st.integers(0, 99 * scale), min_size=len(pairs), max_size=len(pairs)))
    worth[0] = 1
    distance = tuple((i, j, number) for (i, j), number in zip(pairs, worth, strict=True))
    return Mdgp("made", elements, tuple((low, high) for low, high in sizes), distance, scale)


MADE: dict[str, st.SearchStrategy[Any]] = {"gap": gaps(), "sscflp": sscflps(), "mdgp": mdgps()}


def shape(instance: Any) -> tuple[int, int]:
    """Items, groups."""
    if isinstance(instance, Gap):
        return instance.jobs, instance.agents
    if isinstance(instance, Sscflp):
        return len(instance.demand), len(instance.capacity)
    return instance.elements, len(instance.sizes)


def plans(instance: Any) -> st.SearchStrategy[Plan]:
    """Any assignment."""
    items, groups = shape(instance)
    return st.lists(st.integers(0, groups - 1), min_size=items, max_size=items).map(tuple)


def least(form: Format[Any, Any], instance: Any) -> int | None:
    """The optimum as a tier has it, by the checker alone; None if there is no solution."""
    items, groups = shape(instance)
    found = (form.judge(instance, plan) for plan in itertools.product(range(groups), repeat=items))
    return min((each.tier_value for each in found if each.ok), default=None)


def text_of(instance: Any) -> str:
    """A file that reads as the instance."""
    if isinstance(instance, Gap):
        lines: list[Any] = [
            (instance.agents, instance.jobs), *instance.cost, *instance.use, instance.capacity,
        ]  # fmt: skip
    elif isinstance(instance, Sscflp):
        scale = instance.scale
        lines = [
            (len(instance.capacity), len(instance.demand)), instance.capacity,
            [number / scale for number in instance.opening], instance.demand,
            *([number / scale for number in row] for row in instance.cost),
        ]  # fmt: skip
    else:
        limits = itertools.chain.from_iterable(instance.sizes)
        lines = [
            (instance.elements, len(instance.sizes), "ds", *limits),
            *((i, j, number / instance.scale) for i, j, number in instance.distance),
        ]
    return "".join(" ".join(map(str, line)) + " \n" for line in lines)
