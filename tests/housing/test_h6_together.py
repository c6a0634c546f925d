"""H6: these applicants share a group or community; "or none of us" only where they say so."""

from __future__ import annotations

import pytest

from .builders import community, dataset, group, homes, lives, lock, mover, person, policy, relation
from .judging import broken, stands

PLACES = (
    community("C"), group("G", community_id="C"), group("H", community_id="C"), group("I"),
    homes("g1 g2 g3"), homes("h1 h2", "H"), homes("i1 i2", "I"),
)  # fmt: skip
TWO = (PLACES, person("a"), person("b"))


@pytest.mark.parametrize(("level", "near", "far"), [("group", "g2", "h1"), ("community", "h1", "i1")])
def test_h6_together_in_the_same_place_or_one_waits(level: str, near: str, far: str) -> None:
    data = dataset(TWO, relation("together", "a", "b", level=level))
    assert broken(data, {"a": "g1", "b": near}) == []
    assert broken(data, {"a": "g1", "b": far}) == ["H6.together"]
    assert broken(data, {"b": "g1"}) == []
    assert broken(data) == []


def test_h6_together_at_community_level_outside_communities_is_the_group() -> None:
    data = dataset(TWO, relation("together", "a", "b", level="community"))
    assert broken(data, {"a": "i1", "b": "i2"}) == []


def test_h6_or_none_asks_for_both() -> None:
    data = dataset(TWO, relation("together", "a", "b", or_none=True))
    assert broken(data) == []
    assert broken(data, {"a": "g1", "b": "g2"}) == []
    assert broken(data, {"a": "g1"}) == ["H6.or_none"]
    assert broken(data, {"b": "g1"}) == ["H6.or_none"]
    assert broken(data, {"a": "g1", "b": "h1"}) == ["H6.together"]


@pytest.mark.parametrize("or_none", [False, True])
def test_h6_with_a_resident_is_where_the_resident_lives(or_none: bool) -> None:
    data = dataset(PLACES, person("a"), lives("r", "h1"), relation("together", "a", "r", or_none=or_none))
    assert broken(data) == []
    assert broken(data, {"a": "h2"}) == []
    assert broken(data, {"a": "g1"}) == ["H6.together"]


@pytest.mark.parametrize("or_none", [False, True])
def test_h6_with_a_locked_placement_is_where_it_is(or_none: bool) -> None:
    data = dataset(TWO, lock("b", "h1"), relation("together", "a", "b", or_none=or_none))
    assert broken(data, {"b": "h1"}) == []
    assert broken(data, {"b": "h1", "a": "h2"}) == []
    assert broken(data, {"b": "h1", "a": "g1"}) == ["H6.together"]


def test_h6_two_residents_apart_stand() -> None:
    data = dataset(TWO, lives("r", "g1"), lives("q", "h1"), relation("together", "r", "q"))
    assert broken(data) == []
    assert stands(data) == ["H6.together"]


def test_h6_mover_who_stays_can_be_joined() -> None:
    data = dataset(TWO, mover("m", "h1"), lives("m", "h1"), relation("together", "a", "m", or_none=True))
    assert broken(data, {"a": "h2"}) == []
    assert broken(data, {"a": "g1", "m": "g2"}) == []
    assert broken(data, {"a": "g1"}) == ["H6.or_none"]
    assert broken(data, {"m": "g1"}) == ["H6.or_none"]


def test_h6_mover_who_stays_counts_as_waiting() -> None:
    data = dataset(TWO, mover("m", "h1"), lives("m", "h1"), relation("together", "a", "m"))
    assert broken(data, {"a": "g1"}) == []
    assert broken(data, {"a": "g1", "m": "i1"}) == ["H6.together"]


def test_h6_switched_off_asks_nothing() -> None:
    data = dataset(TWO, relation("together", "a", "b"), rules=policy(H6={"enabled": False}))
    assert broken(data, {"a": "g1", "b": "h1"}) == []
