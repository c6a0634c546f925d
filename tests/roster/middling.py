"""A problem of the size of a ward: people of several positions, three shifts, the rules that most rotas keep."""

from __future__ import annotations

import numpy as np

from tildeling_models.roster.problem import (
    DAY,
    Blocks,
    Cover,
    Price,
    Rest,
    RosterProblem,
    Rule,
    Run,
    Succession,
    Sum,
)

D, A, N = 1, 2, 3
START = np.array([0, 450, 870, 1320])
END = np.array([0, 930, 1350, 1890])
HOURS = np.array([0, 30, 30, 38])
"""Quarters of an hour."""


def middling(people: int = 24, weeks: int = 12, seed: int = 0, rolling: bool = False) -> RosterProblem:
    """Tiers: cover, hours, wishes and weekends.  Tags: 1 to 9, by rule."""
    numbers, days = np.random.default_rng(seed), 7 * weeks
    allowed = np.ones((people, days, 4), bool)
    allowed[people // 2 :: 3, :, N] = False
    for person in range(people):  # a week's leave each
        begin = 7 * int(numbers.integers(weeks))
        allowed[person, begin : begin + 7, 1:] = False
    cost = np.zeros((3, people, days, 4), np.int64)
    wish = numbers.random((people, days)) < 0.05
    cost[2, wish, 1:] = 5
    share = np.array([1.0, 0.8, 0.75, 0.6, 0.5])[numbers.integers(0, 5, people)]
    everybody = np.arange(people)
    work = np.arange(4) > 0
    rules: list[Rule] = [
        Run(people=everybody, of=work, most=5, tag=1),
        Run(people=everybody, of=work, least=2, short=Price(2, 2), tag=2),
        Run(people=everybody, of=np.arange(4) == N, most=3, tag=3),
        Run(people=everybody, of=~work, least=2, short=Price(2, 3), tag=4),
        Succession(people=everybody, first=np.arange(4) == N, then=np.isin(np.arange(4), (D, A)), tag=5),
        Succession(people=everybody, first=np.arange(4) == A, then=np.arange(4) == D, tag=5),
    ]
    step = 1 if rolling else 7
    for begin in range(0, days - 6, step):
        rules.append(Rest(people=everybody, begin=DAY * begin, end=DAY * (begin + 7), length=2100, tag=6))
    for person in range(people):
        off = int((~allowed[person, :, 1:].any(axis=1)).sum())
        target = round(float(share[person]) * 35.5 * 4 * (weeks - off / 7))
        slack = 38 + target // 25
        rules.append(
            Sum(
                people=np.array([person]), days=np.arange(days), weight=np.tile(HOURS, (days, 1)),
                least=target - slack, most=target + slack, low=target, high=target,
                under=Price(1, 1), over=Price(1, 1), unit=4, tag=7,
            )
        )  # fmt: skip
    block = np.where(np.arange(days) % 7 >= 5, np.arange(days) // 7, -1)
    rules.append(
        Blocks(people=everybody, block=block, of=work, most=-(-weeks // 2), high=-(-weeks // 3),
               over=Price(2, 10), tag=8)
    )  # fmt: skip
    supply = float(share.sum()) * 35.5 * 4 * (weeks - 1) / days
    day = int(supply * 0.44 / 30)
    wanted = {D: day, A: int(supply * 0.36 / 30), N: max(1, int(supply * 0.12 / 38))}
    covers = [
        Cover(
            days=np.array([each]), who=np.ones(people, bool), of=(np.arange(4) == code)[None],
            least=max(1, count - (each % 7 >= 5) - 2), low=count - (each % 7 >= 5), high=count,
            under=Price(0, 10), over=Price(0, 1), tag=9,
        )
        for each in range(days)
        for code, count in wanted.items()
    ]  # fmt: skip
    return RosterProblem(
        tiers=("cover", "hours", "wishes"), start=START, end=END, allowed=allowed, cost=cost,
        rules=tuple(rules), covers=tuple(covers),
    )  # fmt: skip
