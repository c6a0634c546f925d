"""Each family kept and broken, by hand: in the middle, in the first and last window, and across the wrap."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tildeling_models.roster import evaluate
from tildeling_models.roster.evaluate import Finding
from tildeling_models.roster.problem import (
    DAY,
    Blocks,
    Bools,
    Cover,
    Price,
    Rest,
    Roster,
    RosterProblem,
    Run,
    Succession,
    Sum,
    Target,
)

ONE = np.array([0])


def work(codes: int) -> Bools:
    """All activities but off."""
    return np.asarray(np.arange(codes) > 0)


def only(code: int) -> Bools:
    """One activity of off, D, A, N."""
    return np.asarray(np.arange(4) == code)


def problem_of(people: int = 1, days: int = 7, codes: int = 4, **fields: Any) -> RosterProblem:
    """All cells allowed at no cost, one tier; D 07:30-15:30, A 14:30-22:30, N 22:00-07:30."""
    return RosterProblem(
        tiers=("one",), start=np.array([0, 450, 870, 1320])[:codes], end=np.array([0, 930, 1350, 1890])[:codes],
        allowed=fields.pop("allowed", np.ones((people, days, codes), bool)),
        cost=np.zeros((1, people, days, codes), np.int64), **fields,
    )  # fmt: skip


def row(text: str) -> Roster:
    """One person's roster, a letter a day."""
    return Roster(np.array([["-DAN".index(letter) for letter in text]]))


def found(problem: RosterProblem, text: str) -> list[tuple[str, int, int, int]]:
    """(family, day, amount, cost) of what one person's roster breaks and pays."""
    return [(f.family, f.day, f.amount, f.cost) for f in evaluate.findings(problem, row(text))]


NIGHT_DAY = Succession(people=ONE, first=only(3), then=only(1))
TWO_LATER = Succession(people=ONE, first=only(3), then=only(1), lag=2, price=Price(0, 4))
ON_TUESDAY = Succession(people=ONE, first=only(3), then=only(1), days=np.array([1]))


@pytest.mark.parametrize(
    ("rule", "text", "cyclic", "expected"),
    [
        (NIGHT_DAY, "N-DAN--", False, []),
        (NIGHT_DAY, "ND-----", False, [("succession", 0, 1, 0)]),
        (NIGHT_DAY, "-----ND", False, [("succession", 5, 1, 0)]),
        (NIGHT_DAY, "D-----N", False, []),
        (NIGHT_DAY, "D-----N", True, [("succession", 6, 1, 0)]),
        (TWO_LATER, "ND-A---", False, []),
        (TWO_LATER, "N-DN-D-", False, [("succession", 0, 1, 4), ("succession", 3, 1, 4)]),
        (TWO_LATER, "D----N-", True, [("succession", 5, 1, 4)]),
        (ON_TUESDAY, "ND---ND", False, []),
        (ON_TUESDAY, "-ND----", False, [("succession", 1, 1, 0)]),
    ],
)
def test_succession(rule: Succession, text: str, cyclic: bool, expected: list[Any]) -> None:
    assert found(problem_of(rules=(rule,), cyclic=cyclic), text) == expected


AT_MOST = Run(people=ONE, of=work(4), most=3)
AT_LEAST = Run(people=ONE, of=work(4), least=2, short=Price(0, 5))
LONG = Run(people=ONE, of=work(4), most=2, long=Price(0, 5))


@pytest.mark.parametrize(
    ("rule", "text", "cyclic", "expected"),
    [
        (AT_MOST, "DDD-DDD", False, []),
        (AT_MOST, "DDDD---", False, [("run", 0, 1, 0)]),
        (AT_MOST, "--DDDDD", False, [("run", 2, 2, 0)]),
        (AT_MOST, "DD---DD", True, [("run", 5, 1, 0)]),
        (AT_MOST, "DDDDDDD", True, [("run", 0, 4, 0)]),
        (AT_LEAST, "DD-DD-D", False, []),
        (AT_LEAST, "D-----D", False, []),
        (AT_LEAST, "-D-DD--", False, [("run", 1, -1, 5)]),
        (AT_LEAST, "-----D-", False, [("run", 5, -1, 5)]),
        (AT_LEAST, "D-----D", True, []),
        (AT_LEAST, "D------", True, [("run", 0, -1, 5)]),
        (AT_LEAST, "DDDDDDD", True, []),
        (LONG, "DDDD-DD", False, [("run", 0, 2, 10)]),
        (LONG, "DDDDDDD", True, [("run", 0, 5, 25)]),
    ],
)
def test_run(rule: Run, text: str, cyclic: bool, expected: list[Any]) -> None:
    assert found(problem_of(rules=(rule,), cyclic=cyclic), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("DDDD---", []), ("DDD-DD-", []), ("DDD-DDD", []), ("DDDDD--", [("run", 0, 2, 0)])],
)
def test_run_of_the_past_counts_if_it_goes_on(text: str, expected: list[Any]) -> None:
    """Four days in a row ended with the past; with a fifth the stretch is this roster's."""
    first = 4
    allowed = np.ones((1, 7, 4), bool)
    allowed[0, :first] = np.eye(4, dtype=bool)[row(text).activity[0, :first]]
    problem = problem_of(rules=(AT_MOST,), allowed=allowed, first=first)
    assert found(problem, text) == expected


HOURS = Sum(
    people=ONE, days=np.array([0, 1, 6]), weight=np.tile([0, 8, 8, 10], (3, 1)), least=8, most=24,
    low=16, high=20, under=Price(0, 2), over=Price(0, 3), unit=3,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DD-----", []),
        ("-DDDDDD", []),
        ("--DDDD-", [("sum", 0, -8, 0), ("sum", 0, -16, 12)]),
        ("------D", [("sum", 0, -8, 6)]),
        ("NN----A", [("sum", 0, 4, 0), ("sum", 0, 8, 9)]),
        ("DA----D", [("sum", 0, 4, 6)]),
    ],
)
def test_sum(text: str, expected: list[Any]) -> None:
    assert found(problem_of(rules=(HOURS,)), text) == expected


WEEKENDS = Blocks(
    people=ONE, block=np.array([0, -1, -1, 1, 1, -1, 2]), of=only(1) | only(3), most=2,
    low=1, under=Price(0, 7),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D--DN--", []),
        ("-DD-A--", [("blocks", -1, -1, 7)]),
        ("D---D-N", [("blocks", -1, 1, 0)]),
    ],
)
def test_blocks(text: str, expected: list[Any]) -> None:
    assert found(problem_of(rules=(WEEKENDS,)), text) == expected


def rest(begin: int, end: int, length: int) -> Rest:
    """From and to the midnight that begins a day, in hours."""
    return Rest(people=ONE, begin=DAY * begin, end=DAY * end, length=60 * length)


@pytest.mark.parametrize(
    ("rule", "text", "cyclic", "expected"),
    [
        (rest(0, 7, 35), "DDDD-DD", False, []),
        (rest(0, 7, 35), "DDDA-DD", False, [("rest", 0, -120, 0)]),
        (rest(0, 2, 24), "DD-----", False, [("rest", 0, -480, 0)]),
        (rest(0, 2, 32), "-D-----", False, [("rest", 0, -30, 0)]),
        (rest(0, 2, 31), "-D-----", False, []),
        (rest(5, 7, 32), "-----D-", False, []),
        (rest(5, 7, 33), "-----D-", False, [("rest", 5, -30, 0)]),
        (rest(5, 7, 11), "----N-N", False, []),
        (rest(5, 7, 39), "----N-N", False, [("rest", 5, -30, 0)]),
        (rest(6, 8, 32), "D-----D", False, []),
        (rest(6, 8, 20), "D-----D", True, [("rest", 6, -240, 0)]),
        (rest(0, 1, 17), "------N", True, [("rest", 0, -30, 0)]),
        (rest(0, 1, 17), "------N", False, []),
    ],
)
def test_rest(rule: Rest, text: str, cyclic: bool, expected: list[Any]) -> None:
    assert found(problem_of(rules=(rule,), cyclic=cyclic), text) == expected


TARGET = Target(
    people=ONE, weight=np.tile([0, 8, 8, 8], (7, 1)), relief=np.tile([0, 0, 0, 2], (7, 1)), base=40,
    floor=32, ceiling=36, most=0, low=0, under=Price(0, 1),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DDDD---", [("target", -1, -4, 4)]),  # 32 hours against the ceiling, 36
        ("DDDDD--", [("target", -1, 4, 0)]),
        ("DNNN---", [("target", -1, -2, 2)]),  # 32 against 34
        ("NNNN---", []),  # against the floor
        ("NNN----", [("target", -1, -10, 10)]),
        ("-----NN", [("target", -1, -20, 20)]),
    ],
)
def test_target(text: str, expected: list[Any]) -> None:
    assert found(problem_of(rules=(TARGET,)), text) == expected


def test_cover() -> None:
    """Of three people the first two count, on the first day for D, on the last for any work."""
    cover = Cover(
        days=np.array([0, 6]), who=np.array([True, True, False]), of=np.stack([only(1), work(4)]), least=1,
        most=3, high=2, over=Price(0, 6), tag=5,
    )  # fmt: skip
    problem = problem_of(people=3, covers=(cover,))

    def of(*first_and_last: str) -> list[tuple[int, int]]:
        rows = [row(text[0] + "-----" + text[1]).activity[0] for text in first_and_last]
        return [(f.amount, f.cost) for f in evaluate.findings(problem, Roster(np.stack(rows)))]

    assert of("D-", "A-", "--") == []
    assert of("A-", "A-", "DD") == [(-1, 0)]
    assert of("-A", "-N", "--") == []
    assert of("DA", "AN", "--") == [(1, 6)]
    assert of("DA", "DN", "--") == [(1, 0), (2, 12)]


def test_values_and_cells() -> None:
    allowed = np.ones((1, 7, 4), bool)
    allowed[0, 6, 3] = False
    problem = problem_of(rules=(AT_LEAST,), allowed=allowed, constant=np.array([100]))
    problem.cost[0, 0, 1, 1] = 7
    assert evaluate.values(problem, row("-D-----")).tolist() == [112]
    assert evaluate.person_values(problem, 0, row("-D-----").activity[0]).tolist() == [12]
    assert evaluate.violations(problem, row("------N")) == [Finding("cell", 3, 0, 6, 1)]
    assert not evaluate.is_legal(problem, 0, row("------N").activity[0])
    assert evaluate.is_legal(problem, 0, row("------A").activity[0])
