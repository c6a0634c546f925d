"""Strategies for tiny roster problems with every family in them, hard and priced, with a past or in a cycle."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tildeling_models.roster.problem import (
    DAY,
    Blocks,
    Cover,
    Ints,
    Price,
    Rest,
    RosterProblem,
    Rule,
    Run,
    Succession,
    Sum,
    Target,
)

Draw = st.DrawFn

SHAPES = ((2, 3, 3), (1, 4, 3), (2, 5, 2), (3, 4, 1), (2, 4, 2), (2, 6, 1), (3, 3, 2))
"""People, days, activities: small enough that all rosters can be written down."""

FAMILIES = ("succession", "run", "sum", "blocks", "rest", "target")


@st.composite
def roster_problems(draw: Draw, families: tuple[str, ...] = FAMILIES) -> RosterProblem:
    """A problem with up to five rules and two covers."""
    people, days, activities = draw(st.sampled_from(SHAPES))
    codes, tiers = activities + 1, draw(st.integers(1, 3))
    cyclic = draw(st.booleans())
    first = 0 if cyclic else draw(st.integers(0, days - 1))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32)))
    allowed = numbers.random((people, days, codes)) < 0.85
    allowed[..., 0] |= ~allowed.any(axis=2)
    past = numbers.integers(0, codes, (people, first))
    allowed[:, :first] = past[..., None] == np.arange(codes)
    cost = numbers.integers(-2, 4, (tiers, people, days, codes)) * (numbers.random(allowed.shape) < 0.3)
    start = np.array([0, 420, 840, 1320])[:codes]
    end = np.array([0, 900, 1320, 1860])[:codes]
    size = _Size(people, days, codes, tiers)
    return RosterProblem(
        tiers=tuple(f"tier {t}" for t in range(tiers)),
        start=start,
        end=end,
        allowed=allowed,
        cost=cost,
        rules=tuple(
            draw(rules(size, draw(st.sampled_from(families)))) for _ in range(draw(st.integers(0, 5)))
        ),
        covers=tuple(draw(covers(size)) for _ in range(draw(st.integers(0, 2)))),
        first=first,
        cyclic=cyclic,
        constant=numbers.integers(-5, 6, tiers),
    )


class _Size:
    def __init__(self, people: int, days: int, codes: int, tiers: int) -> None:
        self.people, self.days, self.codes, self.tiers = people, days, codes, tiers


def _mask(draw: Draw, length: int) -> Any:
    return np.array(draw(st.lists(st.booleans(), min_size=length, max_size=length)), bool)


def _work(draw: Draw, codes: int) -> Any:
    """A set of activities, most often all work."""
    if draw(st.booleans()):
        return np.arange(codes) > 0
    return _mask(draw, codes)


def _people(draw: Draw, size: _Size) -> Ints:
    return np.flatnonzero(_mask(draw, size.people)) if draw(st.booleans()) else np.arange(size.people)


def _price(draw: Draw, size: _Size, often: float = 0.5) -> Price | None:
    if draw(st.floats(0, 1)) >= often:
        return None
    return Price(draw(st.integers(0, size.tiers - 1)), draw(st.integers(0, 4)))


def _range(draw: Draw, low: int, high: int) -> dict[str, Any]:
    """Hard limits seldom, for they leave no roster; wanted ones often."""
    found: dict[str, Any] = {"unit": draw(st.integers(1, 3))}
    for name, often in (("least", 4), ("most", 4), ("low", 2), ("high", 2)):
        if draw(st.integers(1, often)) == 1:
            found[name] = draw(st.integers(low, high))
    return found


def _prices(draw: Draw, size: _Size) -> dict[str, Any]:
    return {"under": _price(draw, size, 0.8), "over": _price(draw, size, 0.8)}


def _days(draw: Draw, size: _Size, least: int = 1) -> Ints:
    return np.array(draw(st.lists(st.integers(0, size.days - 1), min_size=least, max_size=4)), np.int64)


@st.composite
def rules(draw: Draw, size: _Size, family: str) -> Rule:
    """A rule of a family."""
    people, tag = _people(draw, size), draw(st.integers(1, 5))
    if family == "succession":
        return Succession(
            people=people, first=_mask(draw, size.codes), then=_mask(draw, size.codes),
            lag=draw(st.integers(1, size.days + 1)),
            days=draw(st.none() | st.just(_days(draw, size))), price=_price(draw, size), tag=tag,
        )  # fmt: skip
    if family == "run":
        return Run(
            people=people, of=_work(draw, size.codes), least=draw(st.integers(1, size.days + 2)),
            most=draw(st.none() | st.integers(0, size.days)), short=_price(draw, size, 0.7),
            long=_price(draw, size, 0.7), tag=tag,
        )  # fmt: skip
    if family == "sum":
        days = _days(draw, size)
        weight = np.array(
            draw(
                st.lists(st.integers(-2, 4), min_size=len(days) * size.codes, max_size=len(days) * size.codes)
            )
        ).reshape(len(days), size.codes)
        return Sum(
            people=people, days=days, weight=weight, tag=tag, **_range(draw, -2, 6), **_prices(draw, size)
        )  # fmt: skip
    if family == "blocks":
        block = np.array(draw(st.lists(st.integers(-1, 2), min_size=size.days, max_size=size.days)))
        by_day = [_work(draw, size.codes) for _ in range(size.days)] if draw(st.booleans()) else None
        return Blocks(
            people=people, block=block, of=_work(draw, size.codes) if by_day is None else np.array(by_day), tag=tag,
            **_range(draw, 0, 3), **_prices(draw, size),
        )  # fmt: skip
    if family == "rest":
        begin = draw(st.integers(0, size.days * 4)) * 360
        length = draw(st.sampled_from([-60, 0, 480, 660, 660, 1440, 2100]))
        return Rest(
            people=people, begin=begin, end=begin + draw(st.integers(1, 4)) * DAY // 2, length=length, tag=tag
        )
    weight, relief = (
        np.broadcast_to(np.array([0, *draw(st.lists(st.integers(-1, high), min_size=3, max_size=3))])[: size.codes],
                        (size.days, size.codes)).copy()
        for high in (4, 2)
    )  # fmt: skip
    floor = draw(st.integers(0, 8))
    return Target(
        people=people, weight=weight, relief=relief, base=draw(st.integers(0, 10)), floor=floor,
        ceiling=floor + draw(st.integers(0, 4)), tag=tag, **_range(draw, -4, 4), **_prices(draw, size),
    )  # fmt: skip


@st.composite
def covers(draw: Draw, size: _Size) -> Cover:
    """A cover of one to three days."""
    days = np.array(draw(st.lists(st.integers(0, size.days - 1), min_size=1, max_size=3)), np.int64)
    of = np.stack([_mask(draw, size.codes) for _ in days])
    return Cover(
        days=days, who=_mask(draw, size.people), of=of, tag=draw(st.integers(6, 8)),
        **_range(draw, 0, 3), **_prices(draw, size),
    )  # fmt: skip
