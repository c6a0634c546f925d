"""Random tiny roster problems, with every family of rules."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.roster.test_evaluate import only, problem_of

from tildeling_models.roster.problem import (
    DAY,
    Blocks,
    Cover,
    Price,
    Rest,
    Roster,
    RosterProblem,
    Rule,
    Run,
    Succession,
    Sum,
    Target,
)


def masks(codes: int) -> st.SearchStrategy[Any]:
    return st.lists(st.booleans(), min_size=codes, max_size=codes).map(lambda bits: np.array(bits, bool))


@st.composite
def prices(draw: st.DrawFn, tiers: int, hard: bool = True) -> Price | None:
    if hard and draw(st.booleans()):
        return None
    return Price(draw(st.integers(0, tiers - 1)), draw(st.integers(0, 7)))


@st.composite
def ranges(draw: st.DrawFn, tiers: int, low: int, high: int) -> dict[str, Any]:
    limit = st.none() | st.integers(low, high)
    return {
        "least": draw(st.none() | st.integers(low, (low + high) // 2)),
        "most": draw(st.none() | st.integers((low + high) // 2, high)),
        "low": draw(limit),
        "high": draw(limit),
        "under": draw(prices(tiers)),
        "over": draw(prices(tiers)),
        "unit": draw(st.integers(1, 3)),
    }


@st.composite
def rules(draw: st.DrawFn, people: int, days: int, codes: int, tiers: int, family: str | None = None) -> Rule:
    who = np.array(draw(st.lists(st.integers(0, people - 1), min_size=1, unique=True)))
    name = family or draw(st.sampled_from(["succession", "run", "sum", "blocks", "rest", "target"]))
    if name == "succession":
        some = st.lists(st.integers(0, days - 1), unique=True).map(lambda at: np.array(at, np.int64))
        return Succession(
            people=who, first=draw(masks(codes)), then=draw(masks(codes)), lag=draw(st.integers(1, 3)),
            days=draw(st.none() | some), price=draw(prices(tiers)),
        )  # fmt: skip
    if name == "run":
        return Run(
            people=who, of=draw(masks(codes)), least=draw(st.integers(1, 3)), most=draw(st.none() | st.integers(1, 4)),
            short=draw(prices(tiers)), long=draw(prices(tiers)),
        )  # fmt: skip
    numbers = st.integers(-1, 3)
    table = st.lists(st.lists(numbers, min_size=codes, max_size=codes), min_size=days, max_size=days)
    if name == "sum":
        at = np.array(sorted(draw(st.lists(st.integers(0, days - 1), min_size=1, unique=True))))
        weight = np.array(draw(table), np.int64)[at]
        return Sum(people=who, days=at, weight=weight, **draw(ranges(tiers, -1, 2 * days)))
    if name == "blocks":
        block = np.array(draw(st.lists(st.integers(-1, 2), min_size=days, max_size=days)), np.int64)
        one = masks(codes)
        of = draw(one | st.lists(one, min_size=days, max_size=days).map(np.array))
        return Blocks(people=who, block=block, of=of, **draw(ranges(tiers, 0, 3)))
    if name == "rest":
        begin = draw(st.integers(0, DAY * (days - 1)))
        end = begin + draw(st.integers(DAY // 2, 3 * DAY))
        return Rest(people=who, begin=begin, end=end, length=draw(st.integers(0, DAY)))
    floor = draw(st.integers(-2, 4))
    return Target(
        people=who, weight=np.array(draw(table), np.int64), relief=np.array(draw(table), np.int64),
        base=draw(st.integers(0, 8)), floor=floor, ceiling=floor + draw(st.integers(0, 5)),
        **draw(ranges(tiers, -4, 4)),
    )  # fmt: skip


@st.composite
def problems(
    draw: st.DrawFn, people: int = 2, days: int = 4, activities: int = 2, tiers: int = 1, family: str | None = None,
    cyclic: bool = False, past: bool = True,
) -> RosterProblem:  # fmt: skip
    codes = activities + 1
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    allowed = rng.random((people, days, codes)) < 0.85
    allowed[:, :, 0] |= ~allowed.any(axis=2)
    first = 0 if cyclic or not past else draw(st.integers(0, 2))
    for person, day in np.ndindex(people, first):
        allowed[person, day] = np.arange(codes) == rng.choice(np.flatnonzero(allowed[person, day]))
    start = np.array([0, *(draw(st.integers(0, DAY - 1)) for _ in range(activities))])
    end = start + np.array([0, *(draw(st.integers(60, 720)) for _ in range(activities))])
    covers = tuple(
        Cover(
            days=np.array([draw(st.integers(0, days - 1))]), who=rng.random(people) < 0.8,
            of=draw(masks(codes))[None], **draw(ranges(tiers, 0, people)),
        )
        for _ in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    return RosterProblem(
        tiers=tuple(f"tier {n}" for n in range(tiers)),
        start=start.astype(np.int64),
        end=end.astype(np.int64),
        allowed=allowed,
        cost=rng.integers(-3, 7, (tiers, people, days, codes)),
        rules=tuple(draw(rules(people, days, codes, tiers, family)) for _ in range(draw(st.integers(1, 3)))),
        covers=covers,
        first=first,
        cyclic=cyclic,
        constant=rng.integers(-5, 5, tiers),
    )


def short_of_four() -> tuple[RosterProblem, Roster]:
    """Two of three may work each day and three are wanted, for four days; and a roster that is as good as can be."""
    each = [{"days": np.array([day]), "who": np.ones(3, bool), "of": only(1)[None]} for day in range(4)]
    wanted = tuple(Cover(**day, low=3, under=Price(0, 1)) for day in each)
    most = tuple(Cover(**day, most=2) for day in each)
    best = np.zeros((3, 7), np.int64)
    best[:2, :4] = 1
    return problem_of(people=3, covers=wanted + most), Roster(best)
