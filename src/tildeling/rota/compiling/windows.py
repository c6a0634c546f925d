"""Windows of days that sums and averages are taken over: the engines' side, and limits on sums in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tildeling.rota.compiling.builder import Builder
from tildeling.rota.compiling.frame import Frame
from tildeling.rota.rules import active
from tildeling.rota.rules.rule import agreed_over
from tildeling.rota.rules.terms import Terms
from tildeling_models.roster.problem import Ints, Sum

TINY = 1e-6
"""What a product of hours may be off by."""

NO_CEILING = 1 << 40


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


def at_most(builder: Builder, person: int, window: Days, weight: Ints, most: float, tag: int,
            ceilings: Ints | None = None) -> None:  # fmt: skip
    """Keep a sum of ``weight`` (D, A + 1) over a window to so many minutes.

    Nothing is added where the sum cannot be exceeded, by the cells or by ``ceilings`` of each planned week (for
    windows of whole weeks).  Where the past alone has exceeded it, the plan may add nothing: what is past is
    nobody's fault now.
    """
    limit = max(int(most + TINY), given(builder, person, window.numbers, weight))
    if ceilings is None:
        reach = within_reach(builder, person, window.numbers, weight)
    else:
        weeks = window.numbers.reshape(-1, 7)
        reaches = [within_reach(builder, person, week, weight) for week in weeks]
        number = (weeks[:, 0] - builder.frame.past) // 7
        reach = sum(
            within if week < 0 else min(within, int(ceilings[week]))
            for week, within in zip(number.tolist(), reaches, strict=True)
        )
    if reach <= limit:
        return
    builder.add(
        Sum(
            people=np.array([person]), days=window.numbers, weight=weight[window.numbers], most=limit, tag=tag
        )
    )


def week_at_most(
    builder: Builder, person: int, window: Days, minutes: Ints, whole: Ints, how: Terms, most: float, tag: int
) -> None:
    """Keep the ordinary hours of seven days.

    Passive duty takes off no more than its cap: ``whole - min(cap, whole - minutes)`` is the larger of the two
    sums kept here.
    """
    at_most(builder, person, window, minutes, most, tag)
    if within_reach(builder, person, window.numbers, whole - minutes) > how.passive_week:
        at_most(builder, person, window, whole, most + how.passive_week, tag)


def cap_passive(builder: Builder, person: int, relief: Ints, how: Terms, tag: int) -> None:
    """Keep what passive duty takes off each planned week to its cap, so that hours of several weeks add up.

    A little stricter than the check, which lets passive duty pass the cap uncounted.
    """
    for week in of_seven_days(builder.frame, rolling=False):
        at_most(builder, person, week, relief, how.passive_week, tag)


def passive_beyond(builder: Builder, person: int, window: Days, relief: Ints, how: Terms) -> int:
    """Minutes that passive duty of past weeks in a window would take off beyond its cap."""
    weeks = window.numbers.reshape(-1, 7)
    past = weeks[weeks[:, -1] < builder.frame.past]
    return sum(max(0, given(builder, person, week, relief) - how.passive_week) for week in past)


def week_ceilings(frame: Frame, staff_id: str) -> Ints:
    """(weeks,) minutes of ordinary hours that rules in force allow each planned week at most.

    Where WEEK or a rule on averages already holds a week, wider limits on the same hours need no primitive.
    """
    found = np.full(frame.data.info.weeks, NO_CEILING)
    for rule, params in active(frame.data.policy):
        for number, week in enumerate(of_seven_days(frame, rolling=False)):
            agreed = agreed_over(frame.data, staff_id, week.first, week.last).keys()
            if rule.id == "WEEK" and not agreed & set(params.averaging):
                limit = params.hours[frame.data.person[staff_id].category]
            elif rule.id.startswith("AVG-") and params.agreed in agreed and not agreed & set(params.unless):
                limit = params.week
            else:
                continue
            if limit is not None:
                found[number] = min(found[number], int(60 * limit))
    return found
