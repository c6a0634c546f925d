"""Windows of days that sums and averages are taken over: the engines' side, and limits on sums in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tildeling.rota.compiling.builder import Builder
from tildeling.rota.compiling.frame import Frame
from tildeling_models.roster.problem import Ints, Sum


@dataclass(frozen=True, eq=False)
class Days:
    """The days of a window by number, and its dates; in a cycle the last may lie in the next turn."""

    numbers: Ints
    first: dt.date
    last: dt.date


def of_weeks(frame: Frame, weeks: int) -> Iterator[Days]:
    """Windows of so many weeks, a week apart; the plan itself where it is, with the known past, too short."""
    plan, past = frame.data.info.weeks, frame.past // 7
    if frame.data.cyclic:
        length = min(weeks, plan)
        for week in range(plan if length < plan else 1):
            yield _window(frame, 7 * week, 7 * length)
    elif past + plan < weeks:
        yield _window(frame, frame.past, 7 * plan)
    else:
        for week in range(-min(past, weeks - 1), plan - weeks + 1):
            yield _window(frame, frame.past + 7 * week, 7 * weeks)


def of_seven_days(frame: Frame, rolling: bool) -> Iterator[Days]:
    """Calendar weeks of the plan, or seven days from any day on, the last days of the past among them."""
    days = len(frame.dates)
    if not rolling:
        starts = range(frame.past, days, 7)
    else:
        starts = range(days) if frame.data.cyclic else range(max(0, frame.past - 6), days - 6)
    for start in starts:
        yield _window(frame, start, 7)


def _window(frame: Frame, start: int, length: int) -> Days:
    first = frame.dates[start]
    numbers = (start + np.arange(length)) % len(frame.dates)
    return Days(numbers, first, first + dt.timedelta(days=length - 1))


def given(builder: Builder, person: int, numbers: Ints, weight: Ints) -> int:
    """What the past's part of a window sums up to."""
    past = numbers[numbers < builder.frame.past]
    return int(weight[past, builder.allowed[person, past].argmax(axis=1)].sum())


def within_reach(builder: Builder, person: int, numbers: Ints, weight: Ints) -> int:
    """The most a window could sum up to by the cells alone."""
    return int(np.where(builder.allowed[person, numbers], weight[numbers], 0).max(axis=1).sum())


def at_most(builder: Builder, person: int, window: Days, weight: Ints, most: float, tag: int) -> bool:
    """Keep a sum of ``weight`` (D, A + 1) over a window to so many minutes; whether anything was added.

    Nothing is added where the sum cannot be exceeded.  Where the past alone has exceeded it, the plan may add
    nothing: what is past is nobody's fault now.
    """
    limit = max(int(most), given(builder, person, window.numbers, weight))
    if within_reach(builder, person, window.numbers, weight) <= limit:
        return False
    builder.add(
        Sum(
            people=np.array([person]), days=window.numbers, weight=weight[window.numbers], most=limit, tag=tag
        )
    )
    return True
