"""H1: one unit per applicant, one household per unit, the household fits; a mover's home becomes free."""

from __future__ import annotations

import pytest

from .builders import dataset, home, homes, lives, lock, mover, person, policy
from .judging import broken, stands


def test_h1_kept_by_one_household_per_home() -> None:
    data = dataset(person("a"), person("b"), homes("u1 u2"))
    assert broken(data, {"a": "u1", "b": "u2"}) == []


def test_h1_one_household_broken_by_two_applicants_in_one_home() -> None:
    data = dataset(person("a"), person("b"), homes("u1 u2"))
    assert broken(data, {"a": "u1", "b": "u1"}) == ["H1.one_household"]


def test_h1_one_household_broken_in_the_home_of_a_resident_who_stays() -> None:
    data = dataset(person("a"), homes("u1 u2"), lives("r", "u1"))
    assert broken(data, {"a": "u1"}) == ["H1.one_household"]


def test_h1_home_of_a_mover_is_free_in_the_same_proposal() -> None:
    data = dataset(person("a"), mover("m", "u1"), lives("m", "u1"), home("u1"), home("u2", max_persons=2))
    assert broken(data, {"m": "u2", "a": "u1"}) == []


def test_h1_home_of_a_mover_who_stays_is_not_free() -> None:
    data = dataset(person("a"), mover("m", "u1"), lives("m", "u1"), homes("u1 u2"))
    assert broken(data, {"a": "u1"}) == ["H1.one_household"]


def test_h1_two_movers_may_swap() -> None:
    data = dataset(mover("m", "u1"), mover("n", "u2"), lives("m", "u1"), lives("n", "u2"),
                   home("u1"), home("u2", max_persons=2))  # fmt: skip
    assert broken(data, {"m": "u2", "n": "u1"}) == []


def test_h1_home_of_a_mover_locked_elsewhere_is_free() -> None:
    data = dataset(person("a"), mover("m", "u1"), lives("m", "u1"), homes("u1 u2"), lock("m", "u2"))
    assert broken(data, {"m": "u2", "a": "u1"}) == []


@pytest.mark.parametrize(("size", "found"), [(2, []), (3, ["H1.fits"])])
def test_h1_fits_up_to_exactly_the_number_of_persons(size: int, found: list[str]) -> None:
    data = dataset(person("a", household_size=size), home("u1", max_persons=2))
    assert broken(data, {"a": "u1"}) == found


def test_h1_household_that_lives_too_close_today_stands() -> None:
    data = dataset(lives("r", "u1", household_size=3), person("a"), homes("u1 u2"))
    assert broken(data, {"a": "u2"}) == []
    assert stands(data, {"a": "u2"}) == ["H1.fits"]


def test_h1_locked_household_too_large_stands() -> None:
    data = dataset(person("a", household_size=2), home("u1"), lock("a", "u1"))
    assert broken(data, {"a": "u1"}) == []
    assert stands(data, {"a": "u1"}) == ["H1.fits"]


def test_h1_reserved_home_is_not_offered() -> None:
    data = dataset(person("a"), home("u1", reserved=True), home("u2"))
    assert broken(data, {"a": "u2"}) == []
    assert broken(data, {"a": "u1"}) == ["H1.reserved"]


def test_h1_unknown_ids_are_named() -> None:
    data = dataset(person("a"), home("u1"))
    assert broken(data, {"x": "u1"}) == ["H1.applicant"]
    assert broken(data, {"a": "x"}) == ["H1.known_unit"]


def test_h1_switched_off_lets_households_be_larger() -> None:
    data = dataset(person("a", household_size=3), home("u1"), rules=policy(H1={"enabled": False}))
    assert broken(data, {"a": "u1"}) == []


def test_h1_switched_off_still_gives_one_home_each() -> None:
    data = dataset(person("a"), person("b"), homes("u1 u2"), rules=policy(H1={"enabled": False}))
    assert broken(data, {"a": "u1", "b": "u1"}) == ["H1.one_household"]
