"""H4: verified conflicts, and target groups that must not be gathered in one place."""

from __future__ import annotations

import pytest

from tildeling.housing.dataset import Dataset

from .builders import (
    DISABILITY,
    FRAIL,
    SUBSTANCE,
    community,
    dataset,
    group,
    home,
    homes,
    lives,
    lock,
    mover,
    person,
    policy,
    relation,
    site,
)
from .judging import broken, stands

NO_KINDS = policy(H4={"apart": []})
PLACES = (
    community("C"), group("G", community_id="C"), group("H", community_id="C"), group("I"),
    group("J", site_id="S2"), homes("g1 g2 g3"), homes("h1 h2", "H"), homes("i1 i2", "I"), homes("j1 j2", "J"),
    site(), site("S2", near_sites=("S",)),
)  # fmt: skip
"""Groups G and H in a community, I on the same site outside it, J on another, neighbouring site."""


@pytest.mark.parametrize(
    ("level", "apart", "met"),
    [("group", "h1", "g2"), ("community", "i1", "h1"), ("site", "j1", "i1")],
)
def test_h4_conflict_keeps_two_from_the_same_place(level: str, apart: str, met: str) -> None:
    data = dataset(
        PLACES, person("a"), person("b"), relation("conflict", "a", "b", level=level), rules=NO_KINDS
    )
    assert broken(data, {"a": "g1", "b": apart}) == []
    assert broken(data, {"a": "g1", "b": met}) == ["H4.conflict"]
    assert broken(data, {"a": "g1"}) == []


def test_h4_conflict_at_community_level_outside_communities_is_about_the_group() -> None:
    data = dataset(PLACES, person("a"), person("b"), relation("conflict", "a", "b", level="community"))
    assert broken(data, {"a": "i1", "b": "i2"}) == ["H4.conflict"]


@pytest.mark.parametrize("who", [("a", "r"), ("r", "a")])
def test_h4_conflict_with_a_resident_holds_either_way_round(who: tuple[str, str]) -> None:
    data = dataset(PLACES, person("a"), lives("r", "g2"), relation("conflict", *who))
    assert broken(data, {"a": "g1"}) == ["H4.conflict"]
    assert broken(data, {"a": "h1"}) == []


def test_h4_conflict_of_two_residents_stands() -> None:
    data = dataset(PLACES, person("a"), lives("r", "g1"), lives("q", "g2"), relation("conflict", "r", "q"))
    assert broken(data, {"a": "g3"}) == []
    assert stands(data, {"a": "g3"}) == ["H4.conflict"]


def test_h4_conflict_of_movers_stands_while_both_stay_and_ends_when_one_moves() -> None:
    data = dataset(
        PLACES, mover("m", "g1"), lives("m", "g1"), lives("r", "g2"), relation("conflict", "m", "r")
    )
    assert stands(data) == ["H4.conflict"]
    assert broken(data, {"m": "h1"}) == []
    assert stands(data, {"m": "h1"}) == []


def test_h4_conflict_of_a_locked_placement_stands() -> None:
    data = dataset(PLACES, person("a"), lock("a", "g1"), lives("r", "g2"), relation("conflict", "a", "r"))
    assert broken(data, {"a": "g1"}) == []
    assert stands(data, {"a": "g1"}) == ["H4.conflict"]


def test_h4_dislike_is_no_breach() -> None:
    data = dataset(PLACES, person("a"), person("b"), relation("wish_against", "a", "b"))
    assert broken(data, {"a": "g1", "b": "g2"}) == []


def kinds(level: str, *rows: object) -> Dataset:
    """Target groups frail and disability kept apart."""
    rules = policy(H4={"apart": [{"a": FRAIL, "b": DISABILITY, "level": level}]})
    return dataset(PLACES, *rows, rules=rules)


@pytest.mark.parametrize(
    ("level", "apart", "met"),
    [("group", "h1", "g2"), ("community", "i1", "h1"), ("site", "j1", "i1")],
)
def test_h4_apart_keeps_target_groups_from_the_same_place(level: str, apart: str, met: str) -> None:
    data = kinds(
        level, person("a"), person("b", target_group=DISABILITY), person("c", target_group=SUBSTANCE)
    )
    assert broken(data, {"a": "g1", "b": apart}) == []
    assert broken(data, {"a": "g1", "b": met}) == ["H4.apart"]
    assert broken(data, {"a": "g1", "c": met}) == []


@pytest.mark.parametrize(("one", "other"), [("g1", "j1"), ("j1", "g1"), ("g1", "h1")])
def test_h4_apart_near_holds_on_neighbouring_sites_either_way_round(one: str, other: str) -> None:
    data = kinds("near", person("a"), person("b", target_group=DISABILITY))
    assert "H4.apart" in broken(data, {"a": one, "b": other})


def test_h4_apart_near_leaves_other_sites_alone() -> None:
    far = group("K", site_id="S3"), home("k1", "K"), site("S3")
    data = kinds("near", *far, person("a"), person("b", target_group=DISABILITY))
    assert broken(data, {"a": "g1", "b": "k1"}) == []


def test_h4_apart_mix_that_stands_may_stay_but_not_grow() -> None:
    data = kinds("group", lives("r", "g1"), lives("q", "g2", target_group=DISABILITY), person("a"),
                 person("c", target_group=SUBSTANCE))  # fmt: skip
    assert stands(data) == ["H4.apart"]
    assert broken(data, {"a": "g3"}) == ["H4.apart"]
    assert broken(data, {"c": "g3"}) == []


def test_h4_default_policy_keeps_homeless_and_disability_apart_on_a_site() -> None:
    data = dataset(PLACES, person("a", target_group=SUBSTANCE), person("b", target_group=DISABILITY))
    assert broken(data, {"a": "g1", "b": "i1"}) == ["H4.apart"]
    assert broken(data, {"a": "g1", "b": "j1"}) == []


def test_h4_switched_off_asks_nothing() -> None:
    data = dataset(PLACES, person("a"), person("b"), relation("conflict", "a", "b"),
                   rules=policy(H4={"enabled": False}))  # fmt: skip
    assert broken(data, {"a": "g1", "b": "g2"}) == []
