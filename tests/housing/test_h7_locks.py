"""H7: decided and offered placements stand; residents move only when they asked, or agreed to be reassessed."""

from __future__ import annotations

import pytest

from .builders import dataset, home, homes, lives, lock, mover, person, policy
from .judging import broken


def test_h7_lock_kept() -> None:
    data = dataset(person("a"), homes("u1 u2"), lock("a", "u1"))
    assert broken(data, {"a": "u1"}) == []


@pytest.mark.parametrize("proposed", [{}, {"a": "u2"}])
def test_h7_lock_broken_by_leaving_it_out_or_changing_it(proposed: dict[str, str]) -> None:
    data = dataset(person("a"), homes("u1 u2"), lock("a", "u1"))
    assert broken(data, proposed) == ["H7.lock"]


def test_h7_locked_home_is_taken() -> None:
    data = dataset(person("a"), person("b"), homes("u1 u2"), lock("a", "u1"))
    assert broken(data, {"a": "u1", "b": "u1"}) == ["H1.one_household"]


@pytest.mark.parametrize("application", ["transfer", "reassessment"])
def test_h7_resident_who_asked_or_agreed_may_move(application: str) -> None:
    data = dataset(mover("m", "u1", application=application), lives("m", "u1"), home("u1"),
                   home("u2", max_persons=2))  # fmt: skip
    assert broken(data, {"m": "u2"}) == []
    assert broken(data) == []


def test_h7_resident_who_did_not_ask_is_not_moved() -> None:
    data = dataset(lives("r", "u1"), person("a"), homes("u1 u2"))
    assert "H7.resident" in broken(data, {"r": "u2"})


def test_h7_switched_off_frees_the_locked() -> None:
    data = dataset(person("a"), homes("u1 u2"), lock("a", "u1"), rules=policy(H7={"enabled": False}))
    assert broken(data) == []
    assert broken(data, {"a": "u2"}) == []
