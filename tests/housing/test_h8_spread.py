"""H8: at most a share of the placed residents of a district or site from one target group."""

from __future__ import annotations

from typing import Any

import pytest

from tildeling.housing.dataset import Dataset

from .builders import DISABILITY, FRAIL, dataset, group, home, homes, lives, mover, person, policy, site
from .judging import broken, stands


def spread(*rows: Any, level: str = "site", share: int = 50, allowance: int = 0) -> Dataset:
    """Frail a1-a4 and disabled d1-d4 may live in eight homes on site S; two more on S2, same district."""
    return dataset(
        *(person(f"a{i}") for i in range(1, 5)), *(person(f"d{i}", target_group=DISABILITY) for i in range(1, 5)),
        homes("u1 u2 u3 u4 u5 u6 u7 u8"), group(), group("H", site_id="S2"), homes("v1 v2", "H"),
        site(), site("S2"), rows,
        rules=policy(H8={"enabled": True, "level": level, "share_percent": share, "allowance": allowance}),
    )  # fmt: skip


def put(frail: int, disabled: int) -> dict[str, str]:
    """So many of each on site S."""
    return {f"a{i}": f"u{i}" for i in range(1, frail + 1)} | {
        f"d{i}": f"u{i + 4}" for i in range(1, disabled + 1)
    }


@pytest.mark.parametrize(("frail", "disabled", "found"), [(0, 0, []), (2, 2, []), (3, 2, ["H8.share"]),
                                                         (1, 0, ["H8.share"])])  # fmt: skip
def test_h8_share_at_most_exactly(frail: int, disabled: int, found: list[str]) -> None:
    assert broken(spread(), put(frail, disabled)) == found


@pytest.mark.parametrize(("frail", "found"), [(2, []), (3, ["H8.share"])])
def test_h8_share_so_many_are_never_too_many(frail: int, found: list[str]) -> None:
    assert broken(spread(allowance=2), put(frail, 0)) == found


def test_h8_share_counts_persons() -> None:
    data = spread(person("c", household_size=2), home("x", max_persons=2))
    assert broken(data, {**put(0, 2), "c": "x"}) == []
    assert broken(data, {**put(0, 1), "c": "x"}) == ["H8.share"]


def test_h8_share_of_a_district_spans_its_sites() -> None:
    apart = {"a1": "u1", "d1": "v1"}
    assert broken(spread(level="district"), apart) == []
    assert broken(spread(level="site"), apart) == ["H8.share", "H8.share"]


def test_h8_share_above_the_limit_may_stay_or_fall_but_not_grow() -> None:
    data = spread(lives("r", "u1"), lives("q", "u2"), lives("p", "u5", target_group=DISABILITY))
    assert broken(data) == []
    assert stands(data) == ["H8.share"]
    assert broken(data, {"a3": "u3"}) == ["H8.share"]
    assert broken(data, {"d4": "u8"}) == []
    assert stands(data, {"d4": "u8"}) == []
    assert broken(data, {"a3": "u3", "d4": "u8", "d3": "u7"}) == []  # 3 of 6


def test_h8_share_grows_when_one_of_the_others_leaves() -> None:
    data = spread(lives("r", "u1"), mover("m", "u5", target_group=DISABILITY),
                  lives("m", "u5", target_group=DISABILITY), lives("q", "v1", target_group=FRAIL))  # fmt: skip
    assert broken(data) == []
    assert broken(data, {"m": "v2"}) == ["H8.share"]


def test_h8_is_off_by_default() -> None:
    data = dataset(person("a"), home("u"))
    assert not data.policy.rules["H8"].enabled
    assert broken(data, {"a": "u"}) == []
