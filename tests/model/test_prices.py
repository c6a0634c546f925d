"""Prices of cells against brute force: least never above what is exact, most never below; and their parts."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from tildeling_models.grouping import evaluate
from tildeling_models.grouping.exchange import Exchange, Found, Ground
from tildeling_models.grouping.linear import build
from tildeling_models.grouping.prices import Price, Prices, forced, merged_pairs
from tildeling_models.grouping.problem import Assignment, GroupingProblem, ints
from tildeling_models.grouping.regions import Region
from tildeling_models.stop import Stop

from .random_grouping import plain_problem, random_problem
from .tiny import every_assignment, tiny_problem

Solutions = list[tuple[tuple[int, ...], Assignment]]


def solutions(problem: GroupingProblem) -> Solutions:
    """Every feasible assignment with its values, best first."""
    found = [
        (tuple(int(v) for v in evaluate.values(problem, each)), each)
        for each in every_assignment(problem)
        if not evaluate.violations(problem, each)
    ]
    return sorted(found, key=lambda pair: pair[0])


def exact(problem: GroupingProblem, found: Solutions, cell: int) -> tuple[int, ...] | None:
    """The least values of a solution that holds a cell."""
    item, slot = problem.cell_item[cell], problem.cell_slot[cell]
    return next((values for values, each in found if each.item_slot[item] == slot), None)


def assert_holds(price: Price, best: tuple[int, ...] | None, reference: tuple[int, ...]) -> None:
    """What is claimed is true, whether much or little is."""
    if best is None:
        assert price.possible is not True
        assert price.most is None
        return
    assert price.possible is not False
    change = tuple(v - was for v, was in zip(best, reference, strict=True))
    for tier, floor in enumerate(price.floors):
        assert any(change[:tier]) or floor <= change[tier]
    if price.most is None:
        # a bound holds given no change before
        for tier, least in enumerate(price.least):
            if any(change[:tier]):
                break
            assert least is None or least <= change[tier]
        return
    assert change <= price.most
    for tier, least in enumerate(price.least):
        assert least is None or least <= price.most[tier]
        if change[:tier] == price.most[:tier]:
            assert least is None or least <= change[tier]


def is_settled(price: Price) -> bool:
    """Whether the first tier that changes is proven."""
    if price.most is None:
        return price.possible is False
    decides = next((t for t, by in enumerate(price.most) if by), len(price.most) - 1)
    return all(price.least[t] == price.most[t] for t in range(decides + 1))


def assert_priced(seeds: range, later: bool) -> None:
    """From the optimum, proven or not, and from any other solution; items into slots and slots' items alike."""
    for seed in seeds:
        problem = tiny_problem(seed)
        found = solutions(problem)
        if not found:
            continue
        dice = random.Random(seed)
        for values, reference in (found[0], dice.choice(found)):
            proven = [0] * len(values) if values == found[0][0] and dice.random() < 0.5 else ()
            prices = Prices(problem, reference, proven).of(range(problem.n_cells), Stop(20), later=later)
            assert prices.keys() == set(range(problem.n_cells))
            for cell, price in prices.items():
                best = exact(problem, found, cell)
                assert_holds(price, best, values)
                assert is_settled(price), (seed, cell, price)
                if later and best is not None:
                    change = tuple(v - was for v, was in zip(best, values, strict=True))
                    assert price.least == price.most == change


@pytest.mark.parametrize("tens", range(4))
@pytest.mark.parametrize("later", [False, True])
def test_prices_agree_with_brute_force(tens: int, later: bool) -> None:
    assert_priced(range(10 * tens, 10 * tens + 10), later)


@pytest.mark.slow
@pytest.mark.parametrize("tens", range(4, 30))
@pytest.mark.parametrize("later", [False, True])
def test_prices_agree_with_brute_force_on_many(tens: int, later: bool) -> None:
    assert_priced(range(10 * tens, 10 * tens + 10), later)


def test_without_exact_solves_the_bounds_still_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Prices, "_solve_again", lambda *_: None)
    monkeypatch.setattr(Prices, "_branch", lambda *_: None)
    settled = total = 0
    for seed in range(100, 150):
        problem = tiny_problem(seed)
        found = solutions(problem)
        if not found:
            continue
        values, reference = found[0]
        for cell, price in Prices(problem, reference).of(range(problem.n_cells), Stop(20)).items():
            best = exact(problem, found, cell)
            assert_holds(price, best, values)
            if best is not None:
                settled, total = settled + is_settled(price), total + 1
    assert settled > 0.6 * total


@pytest.mark.parametrize("seed", range(6))
def test_larger_problems_are_priced_between_what_is_solved_exactly(seed: int) -> None:
    """The price of a cell is the optimum of the problem with the cell chosen, which another way finds."""
    from tildeling_models.grouping.engines import engine
    from tildeling_models.options import Options
    from tildeling_models.progress import Progress

    problem = random_problem(seed)

    def solved(each: GroupingProblem) -> tuple[tuple[int, ...], Assignment] | None:
        result = engine("mip")(each, Options(find_ties=False), Stop(), Progress(), None)
        if result.solution is None:
            return None
        return tuple(int(v) for v in evaluate.values(problem, result.solution)), result.solution

    reference = solved(problem)
    assert reference is not None
    for cell, price in Prices(problem, reference[1]).of(range(problem.n_cells), Stop(20)).items():
        other = solved(forced(problem, cell))
        assert_holds(price, None if other is None else other[0], reference[0])


def test_without_time_nothing_is_claimed() -> None:
    for seed in range(40):
        problem = tiny_problem(seed)
        found = solutions(problem)
        if not found:
            continue
        values, reference = found[0]
        for stop in (Stop(0.0), Stop(None)):
            if stop.seconds is None:
                stop.cancel()
            for cell, price in Prices(problem, reference).of(range(problem.n_cells), stop).items():
                assert_holds(price, exact(problem, found, cell), values)
                assert price.possible is not False


def test_more_is_heard_of_as_it_is_settled() -> None:
    heard: list[tuple[int, int]] = []
    problem = plain_problem([1, 1, 1], [[1, 2, 9], [3, 1, 9], [2, 2, None]])
    prices = Prices(problem, Assignment(ints([-1, -1, -1]), ints([-1, -1, -1])))
    prices.of(range(problem.n_cells), Stop(20), lambda settled, of: heard.append((settled, of)))
    assert heard[-1] == (problem.n_cells, problem.n_cells)
    assert sorted(heard) == heard


# --- chains ---------------------------------------------------------------------------------------------


def plain(seed: int) -> GroupingProblem:
    """An assignment problem: rewards, capacities, forbidden cells and nothing else."""
    dice = random.Random(seed)
    slots, items = dice.randint(2, 4), dice.randint(2, 5)
    cost: list[list[int | None]] = [
        [None if dice.random() < 0.25 else -dice.randint(1, 30) for _ in range(slots)] for _ in range(items)
    ]
    capacity = [dice.randint(1, 2) for _ in range(slots)]
    return plain_problem(capacity, cost, group_open=np.ones(slots, dtype=bool))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("guided", [False, True])
def test_chains_are_exact_where_only_capacities_bind(seed: int, guided: bool) -> None:
    """Around the optimum the residual network's cheapest path is the price, whether everyone is in view or not."""
    problem = plain(seed)
    found = solutions(problem)
    values, reference = found[0]
    around = Exchange(Ground(problem), Found(reference, values))
    for cell in range(problem.n_cells):
        item, slot = int(problem.cell_item[cell]), int(problem.cell_slot[cell])
        chain = around.insert(item, slot, None, guided)
        assert chain is not None
        assert chain.values == exact(problem, found, cell)
        assert chain.assignment.item_slot[item] == slot


@pytest.mark.parametrize("tens", range(5))
def test_chains_are_feasible_and_promise_what_is_better(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        problem = tiny_problem(seed)
        for values, reference in solutions(problem)[:3]:
            around = Exchange(Ground(problem), Found(reference, values))
            for item, slot in zip(problem.cell_item.tolist(), problem.cell_slot.tolist(), strict=True):
                chain = around.insert(item, slot)
                if chain is None:
                    continue
                assert evaluate.violations(problem, chain.assignment) == []
                assert chain.values == tuple(evaluate.values(problem, chain.assignment).tolist())
                assert chain.assignment.item_slot[item] == slot
                lower = around.insert(item, slot, chain.values)
                assert lower is None or lower.values <= chain.values or lower.assignment is reference


# --- the relaxation -------------------------------------------------------------------------------------


@pytest.mark.parametrize("tens", range(5))
def test_regions_bound_every_cell(tens: int) -> None:
    """Whatever was solved before, a bound that needs no solving is none too high, nor is one after a split."""
    for seed in range(10 * tens, 10 * tens + 10):
        problem = tiny_problem(seed)
        found = solutions(problem)
        if not found:
            continue
        model = build(problem, 0)
        region = Region(model, Stop())
        assert region.optimise()
        assert region.floor <= found[0][0][0] + 1e-6
        for cell in range(problem.n_cells):
            best = exact(problem, found, cell)
            value = region.least(cell, np.inf)
            if best is not None:
                assert value <= best[0] + 1e-6
            halves = region.halves(np.inf, cell)
            if best is not None:
                assert min((half.least(cell, np.inf) for half in halves), default=np.inf) <= best[0] + 1e-6
        for cell in range(problem.n_cells):
            best = exact(problem, found, cell)
            if best is not None:
                assert region.known(cell) <= best[0] + 1e-6
                assert region.exactly(cell, 10.0)[0] <= best[0] + 1e-6


def test_pairs_that_are_merged_are_worth_the_same() -> None:
    for seed in range(60):
        problem = tiny_problem(seed)
        if not len(problem.affinity):
            continue
        twice = replace(problem, affinity=np.vstack([problem.affinity, problem.affinity[:, [0, 2, 1, 3, 4]]]))
        merged = replace(problem, affinity=merged_pairs(twice))
        assert len(merged.affinity) <= len(problem.affinity)
        for values, each in solutions(problem)[:20]:
            del values
            assert (evaluate.values(twice, each) == evaluate.values(merged, each)).all()
