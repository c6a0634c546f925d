"""Figures of a run and of many, against numbers worked out by hand."""

from __future__ import annotations

import pytest
from tests.bench.rows import row

from tildeling.bench.comparing import compare
from tildeling.bench.measures import distance, primal_integral, references, shifted_mean, time_to, to_best


@pytest.mark.parametrize(
    ("value", "best", "found"),
    [(None, 10, 1.0), (10, 10, 0.0), (20, 10, 0.5), (0, 0, 0.0), (5, 0, 1.0), (-5, 10, 1.0), (-8, -10, 0.2)],
)
def test_distance(value: int | None, best: int, found: float) -> None:
    assert distance(value, best) == pytest.approx(found)


def test_the_integral_is_the_area_under_the_distance() -> None:
    history = [(2.0, None, 5), (4.0, 20, 5), (6.0, 10, 10)]
    assert primal_integral(history, 10, 10.0) == pytest.approx(4 * 1.0 + 2 * 0.5)
    assert primal_integral([], 10, 10.0) == 10.0
    assert primal_integral([(0.0, 10, None)], 10, 10.0) == 0.0
    assert primal_integral([(12.0, 10, None)], 10, 10.0) == 10.0


def test_time_to_a_target() -> None:
    history = [(1.0, 1100, None), (2.0, 1011, None), (3.0, 1010, None), (4.0, 1000, None)]
    assert time_to(history, 1000) == 3.0
    assert time_to(history, 1000, share=0.0) == 4.0
    assert time_to(history[:2], 1000) is None


def test_distances_from_the_best() -> None:
    assert to_best(11, 10) == pytest.approx(0.1)
    assert to_best(9, 10) == pytest.approx(-0.1)
    assert to_best(None, 10) is None
    assert to_best(3, None) is None


def test_the_best_is_what_is_known_or_found() -> None:
    assert references([row(value=9, best_known=10), row(value=12, seed=1)]) == {"d": 9}
    assert references([row(value=None, best_known=None)]) == {}


def test_the_shifted_mean() -> None:
    assert shifted_mean([0.0, 3.0]) == pytest.approx(1.0)


def test_a_comparison_counts_pairs_and_says_what_may_be_chance() -> None:
    one = [row(digest=f"d{n}", engine="one", value=100 + n) for n in range(12)]
    other = [row(digest=f"d{n}", engine="other", value=110 + 2 * n) for n in range(13)]
    found = compare(one, other)
    assert (found.pairs, found.alone, found.better, found.worse) == (12, 1, 12, 0)
    assert found.low < found.mean < found.high < 0
    assert found.p is not None
    assert found.p < 0.01
    turned = compare(other, one)
    assert turned.mean == pytest.approx(-found.mean)
    assert turned.p == found.p


def test_what_is_alike_is_said_so() -> None:
    alike = compare([row()], [row(engine="other")])
    assert (alike.better, alike.worse, alike.p, alike.mean) == (0, 0, None, 0.0)
    assert compare([row()], [row(digest="e")]).pairs == 0


def test_no_solution_counts_as_far_away() -> None:
    found = compare([row(value=None)], [row(engine="other", value=10)])
    assert (found.worse, found.mean) == (1, 1.0)


def test_nothing_found_is_never_better_than_something_poor() -> None:
    poor = [row(digest=f"d{n}", engine="poor", value=30, best_known=10) for n in range(8)]
    nothing = [row(digest=f"d{n}", engine="nothing", value=None, best_known=10) for n in range(8)]
    found = compare(poor, nothing)
    assert (found.better, found.worse) == (8, 0)
    assert found.mean == pytest.approx(2.0 - 4.0)


def test_runs_are_paired_with_those_of_the_same_limits() -> None:
    one = [row(engine="one", value=value, time_limit_s=limit) for limit, value in ((10.0, 13), (60.0, 10))]
    other = [row(engine="other", value=12, time_limit_s=limit) for limit in (60.0, 10.0)]
    for found in (compare(one, other), compare(one[::-1], other[::-1])):
        assert (found.pairs, found.alone, found.better, found.worse) == (2, 0, 1, 1)
        assert found.mean == pytest.approx(-0.05)


def test_seeds_of_one_instance_are_one_piece_of_evidence() -> None:
    one = [row(digest=f"d{n}", seed=seed, value=10) for n in range(2) for seed in range(10)]
    other = [row(digest=f"d{n}", seed=seed, value=11) for n in range(2) for seed in range(10)]
    found = compare(one, other)
    assert (found.pairs, found.instances) == (20, 2)
    assert found.p is not None
    assert found.p > 0.2


def test_pairs_without_any_value_are_counted() -> None:
    one = [row(value=None, best_known=None, digest="none"), row(value=9)]
    found = compare(one, [each.model_copy(update={"engine": "other"}) for each in one])
    assert (found.pairs, found.without, found.alone) == (1, 1, 0)
