"""H3: a newly opened group between its minimum and maximum of expected residents; a community its maximum."""

from __future__ import annotations

from typing import Any

import pytest

from tildeling.housing.dataset import Dataset

from .builders import community, dataset, group, home, homes, lives, lock, mover, person, policy
from .judging import broken, stands

NAMES = ("u1", "u2", "u3", "u4", "u5", "u6")


def with_group(
    *rows: Any, sizes: tuple[int | None, int | None], kind: str = "shared", **more: Any
) -> Dataset:
    """Six applicants, six homes in one group."""
    low, high = sizes
    return dataset(
        *(person(f"a{i}") for i in range(1, 7)), homes(" ".join(NAMES)),
        group(min_residents=low, max_residents=high, kind=kind), *rows, **more,
    )  # fmt: skip


def first(n: int) -> dict[str, str]:
    """Put the first n applicants in the first n homes."""
    return {f"a{i}": f"u{i}" for i in range(1, n + 1)}


@pytest.mark.parametrize(("count", "found"), [(0, []), (2, ["H3.group_min"]), (3, []), (4, []),
                                             (5, ["H3.group_max"])])  # fmt: skip
def test_h3_group_holds_nobody_or_between_minimum_and_maximum(count: int, found: list[str]) -> None:
    assert broken(with_group(sizes=(3, 4)), first(count)) == found


def test_h3_group_size_counts_persons_not_households() -> None:
    couple, home_for_two = person("a", household_size=2), home("u1", max_persons=2)
    data = dataset(couple, person("b"), home_for_two, home("u2"), group(min_residents=2, max_residents=2))
    assert broken(data, {"a": "u1"}) == []
    assert broken(data, {"b": "u2"}) == ["H3.group_min"]
    assert broken(data, {"a": "u1", "b": "u2"}) == ["H3.group_max"]


def test_h3_sizes_not_given_are_the_policys_for_shared_groups() -> None:
    data = with_group(sizes=(None, None), rules=policy(H3={"min_residents": 3, "max_residents": 4}))
    assert [broken(data, first(n)) for n in (2, 3, 4, 5)] == [["H3.group_min"], [], [], ["H3.group_max"]]


def test_h3_sizes_not_given_are_one_and_the_homes_for_other_groups() -> None:
    rules = policy(H3={"min_residents": 3, "max_residents": 4})
    data = with_group(sizes=(None, None), kind="cluster", rules=rules)
    assert [broken(data, first(n)) for n in (1, 6)] == [[], []]


def test_h3_group_min_counts_reserved_homes_as_expected() -> None:
    data = dataset(
        person("a"), person("b"), homes("u1 u2"), home("u3", reserved=True), group(min_residents=3)
    )
    assert broken(data, {"a": "u1", "b": "u2"}) == []
    assert broken(data) == []
    assert stands(data) == ["H3.group_min"]  # opened by the promise, so no minimum applies


def test_h3_group_max_counts_reserved_homes_as_expected() -> None:
    data = dataset(person("a"), home("u1"), home("u3", reserved=True), group(max_residents=1))
    assert broken(data, {"a": "u1"}) == ["H3.group_max"]


def test_h3_occupied_group_has_no_minimum() -> None:
    data = with_group(lives("r", "u6"), sizes=(4, 6))
    assert broken(data, first(1)) == []
    assert stands(data, first(1)) == ["H3.group_min"]


def test_h3_group_opened_by_a_lock_has_no_minimum() -> None:
    data = with_group(lock("a1", "u1"), sizes=(4, 6))
    assert broken(data, first(1)) == []
    assert broken(data, first(2)) == []


def test_h3_group_lived_in_by_a_mover_alone_has_no_minimum() -> None:
    data = dataset(mover("m", "u1"), lives("m", "u1"), person("a"), homes("u1 u2"), group(min_residents=3))
    assert broken(data) == []
    assert broken(data, {"a": "u2"}) == []


def test_h3_group_above_its_maximum_may_stay_so_but_not_grow() -> None:
    data = with_group(*(lives(f"r{i}", f"u{i}") for i in (4, 5, 6)), sizes=(1, 2))
    assert broken(data) == []
    assert stands(data) == ["H3.group_max"]
    assert broken(data, first(1)) == ["H3.group_max"]


def test_h3_group_above_its_maximum_may_exchange_a_mover_for_another() -> None:
    data = dataset(mover("m", "u1"), lives("m", "u1"), lives("r", "u2"), person("a"), homes("u1 u2"),
                   home("v", "H"), group(max_residents=1), group("H"))  # fmt: skip
    assert broken(data, {"m": "v", "a": "u1"}) == []
    assert broken(data, {"m": "v"}) == []


COMMUNITY = (community(max_residents=3), group("G", community_id="C"), group("H", community_id="C"))


@pytest.mark.parametrize(("count", "found"), [(3, []), (4, ["H3.community_max"])])
def test_h3_community_max_sums_all_groups(count: int, found: list[str]) -> None:
    data = dataset(*COMMUNITY, homes("u1 u2"), homes("u3 u4", "H"), *(person(f"a{i}") for i in range(1, 5)))
    assert broken(data, first(count)) == found


def test_h3_community_max_not_given_is_the_policys() -> None:
    data = dataset(
        community(), group(community_id="C"), homes("u1 u2"), person("a1"), person("a2"),
        rules=policy(H3={"community_max": 1}),
    )  # fmt: skip
    assert broken(data, first(1)) == []
    assert broken(data, first(2)) == ["H3.community_max"]


def test_h3_community_max_counts_reserved_homes() -> None:
    data = dataset(community(max_residents=2), group(community_id="C"), homes("u1 u2"),
                   home("u3", reserved=True), person("a1"), person("a2"))  # fmt: skip
    assert broken(data, first(1)) == []
    assert broken(data, first(2)) == ["H3.community_max"]


def test_h3_community_above_its_maximum_may_stay_so_but_not_grow() -> None:
    data = dataset(
        community(max_residents=1), group("G", community_id="C"), group("H", community_id="C"),
        homes("u1 u2"), homes("u3 u4", "H"), lives("r", "u3"), mover("m", "u4"), lives("m", "u4"), person("a1"),
    )  # fmt: skip
    assert stands(data) == ["H3.community_max"]
    assert broken(data, {"m": "u1"}) == []  # within the community
    assert broken(data, {"a1": "u1"}) == ["H3.community_max"]
    assert broken(data, {"a1": "u4", "m": "u1"}) == ["H3.community_max"]


def test_h3_switched_off_asks_nothing() -> None:
    data = with_group(sizes=(3, 4), rules=policy(H3={"enabled": False}))
    assert broken(data, first(1)) == []
    assert broken(data, first(6)) == []
