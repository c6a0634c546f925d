"""The checkers of allocations: for each limit one solution that keeps it and one that breaks it, at both ends."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tildeling.published.gap import Instance as Gap
from tildeling.published.gap.checking import judge as judge_gap
from tildeling.published.judging import Judgement
from tildeling.published.mdgp import Instance as Mdgp
from tildeling.published.mdgp.checking import judge as judge_mdgp
from tildeling.published.sscflp import Instance as Sscflp
from tildeling.published.sscflp.checking import judge as judge_sscflp

GAP = Gap("made", ((1, 2, 4), (8, 16, 32)), ((3, 3, 3), (2, 2, 5)), (6, 7))
SSCFLP = Sscflp(
    "made", (6, 7, 1), (1000, 2000, 4000), (3, 3, 4), ((1, 2, 4), (8, 16, 32), (64, 128, 256)), 10
)
MDGP = Mdgp(
    "made", 4, ((1, 2), (2, 3)), ((0, 1, 1), (0, 2, 2), (0, 3, 4), (1, 2, 8), (1, 3, 16), (2, 3, 32)), 10
)  # fmt: skip


def said(found: Judgement) -> list[str]:
    return [breach.message() for breach in found.breaches]


def test_gap_cost_and_capacity() -> None:
    assert judge_gap(GAP, (0, 0, 1)) == Judgement((), (("assignment_cost", 35),))
    assert judge_gap(GAP, (0, 1, 1)).value == 49
    assert judge_gap(GAP, (0, 1, 1)).ok  # 2 + 5 = 7: full is no breach
    assert said(judge_gap(GAP, (0, 0, 0))) == ["group 0 uses 9; its capacity is 6"]
    assert said(judge_gap(GAP, (1, 1, 1))) == ["group 1 uses 9; its capacity is 7"]


def test_sscflp_opening_is_paid_once_for_whom_is_used() -> None:
    found = judge_sscflp(SSCFLP, (0, 0, 1))
    assert (found.ok, dict(found.parts)) == (True, {"opening_cost": 3000, "assignment_cost": 137})
    assert found.in_unit(found.value) == Decimal("313.7")
    assert judge_sscflp(SSCFLP, (1, 0, 1)).ok
    assert said(judge_sscflp(SSCFLP, (2, 0, 0))) == [
        "group 0 uses 7; its capacity is 6", "group 2 uses 3; its capacity is 1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ((0, 0, 1, 1), []),
        ((0, 1, 1, 1), []),
        ((0, 0, 0, 1), ["group 0 has 3; at most 2", "group 1 has 1; at least 2"]),
        ((1, 1, 1, 1), ["group 0 has 0; at least 1", "group 1 has 4; at most 3"]),
    ],
)
def test_mdgp_sizes(plan: tuple[int, ...], words: list[str]) -> None:
    assert said(judge_mdgp(MDGP, plan)) == words


def test_mdgp_value_is_the_distance_within_groups_and_the_tier_is_minus_that() -> None:
    found = judge_mdgp(MDGP, (0, 0, 1, 1))
    assert (found.value, found.tier_value) == (33, -33)
    assert found.in_unit(found.value) == Decimal("3.3")
    assert found.in_unit(found.of_tier(-40)) == 4
    assert judge_mdgp(MDGP, (0, 1, 1, 1)).value == 8 + 16 + 32
