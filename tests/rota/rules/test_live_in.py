"""The live-in regulation: a legal basis, length, rest, none at once, hours on average."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from tests.rota.builder import day, shift
from tests.rota.rules import lowering, plans
from tests.rota.rules.plans import agreement, found, told

from tildeling.rota.dataset import RotaDataset
from tildeling.rota.policy import RotaPolicy, default_policy, rule_set
from tildeling.rota.solution import Rota

STAYS = (
    shift("X", "live_in", "08:00", "48", passive_hours="20"),
    shift("Y", "live_in", "08:00", "23", passive_hours="12"),
    shift("Z", "live_in", "08:00", "24", passive_hours="9.5"),
    shift("D", "day", "07:30", "7.5"),
)


def policy(basis: bool = True, **rules: Any) -> RotaPolicy:
    """The live-in set, its basis confirmed, with the rules of its stays alone."""
    off = {name: {"enabled": False} for name in rule_set("no-live-in").rules if name != "LIVE-IN"}
    changes = {"ruleset": "no-live-in", "rules": off | {"LIVE-IN": {"legal_basis": basis, **rules}}}
    return RotaPolicy.model_validate(default_policy().model_dump() | changes)


def stays(*lines: str, basis: bool = True, **fields: Any) -> list[Any]:
    """What the rule says."""
    return found("LIVE-IN", *lines, policy=policy(basis), shifts=STAYS, **fields)


def test_kept() -> None:
    assert stays("X-----D ------- X------") == []


def test_no_stay_without_a_legal_basis() -> None:
    assert told(stays("X-----X", basis=False))[:2] == [
        ("LIVE-IN.basis", day(0), 0, 0),
        ("LIVE-IN.basis", day(6), 0, 0),
    ]
    assert rule_set("no-live-in").rules["LIVE-IN"].params["legal_basis"] is False
    of = plans.data("X------", policy=policy(False), shifts=STAYS)
    compiled = lowering.lowered(of)
    assert not compiled.problem.allowed[0, :, 1].any()


def test_too_short_and_too_little_rest() -> None:
    assert told(stays("Y------ Z------")) == [
        ("LIVE-IN.length", day(0), 23, 24),
        ("LIVE-IN.rest", day(7), 9.5, 10),
    ]


def test_nothing_else_during_a_stay() -> None:
    assert told(stays("-XD---- -------")) == [("LIVE-IN.at_once", day(1), -24.5, 0)]
    assert told(stays("D------ ------X", cycle=True)) == [("LIVE-IN.at_once", day(13), -24.5, 0)]
    assert told(stays("-D-----", past=("X-",))) == []
    assert told(stays("D------", past=("X",))) == [("LIVE-IN.at_once", day(-1), -24.5, 0)]


def test_six_weeks_on_average() -> None:
    full, empty = "X-X----", "-------"  # 96 hours
    assert stays(3 * full + 3 * empty + 3 * full) == []
    (breach,) = stays(4 * full + 3 * empty)
    assert told([breach]) == [("LIVE-IN.average", day(0), 64, 48)]
    assert told(stays(full, past=(3 * full + 2 * empty,))) == [("LIVE-IN.average", day(-35), 64, 48)]
    wrap = told(stays(2 * full + 3 * empty + 2 * full, cycle=True))
    assert wrap == [("LIVE-IN.average", day(21), 64, 48), ("LIVE-IN.average", day(28), 64, 48),
                    ("LIVE-IN.average", day(35), 64, 48)]  # fmt: skip
    assert stays(empty, past=(8 * full,)) == []


def test_sixty_hours_by_consent() -> None:
    consent = (agreement("live_in_60", level="IND"),)
    line = "X-X---- X------ X------"  # 192 hours in three weeks: 64
    (breach,) = stays(line, agreements=consent)
    assert (breach.found, breach.limit, breach.agreement) == (64, 60, "L1")
    assert stays("X------ Z------", agreements=consent)[0].requirement == "LIVE-IN.rest"
    assert stays("X------ D------", agreements=consent) == []


@settings(max_examples=200, deadline=None)
@given(
    lowering.plan("LIVE-IN", letters="XXD", most=8, policy=policy(), shifts=STAYS, permits=("live_in_60",))
)
def test_whatever_the_engines_allow_is_allowed(case: tuple[RotaDataset, Rota]) -> None:
    assert lowering.broken(*case) or not lowering.breaches(*case)
