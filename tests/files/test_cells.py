"""How one cell is read: what is accepted in each kind of column, and what is not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tildeling.files.cells import EMPTY, Unreadable, read_column

READ = [
    ("text", "  æøå \r\n to ", "æøå \n to"),
    ("text", 101.0, "101"),
    ("text", 1.5, "1.5"),
    ("text", True, "true"),
    ("text", dt.date(2030, 1, 2), "2030-01-02"),
    ("text", "00123", "00123"),
    ("whole", "12", 12),
    ("whole", "-1", -1),
    ("whole", "3,0", 3),
    ("whole", "1 000", 1000),
    ("whole", "1\u00a0000", 1000),
    ("whole", 3.0, 3),
    ("score", "9", EMPTY),
    ("score", 9.0, EMPTY),
    ("score", "5", 5),
    ("decimal", "12,5", Decimal("12.5")),
    ("decimal", "12.5", Decimal("12.5")),
    ("decimal", "1 234,5", Decimal("1234.5")),
    ("decimal", 0.1 + 0.2, Decimal("0.3")),
    ("decimal", 7, Decimal(7)),
    ("boolean", "Ja", True),
    ("boolean", "nei", False),
    ("boolean", "SANT", True),
    ("boolean", "USANN", False),
    ("boolean", "yes", True),
    ("boolean", "no", False),
    ("boolean", "0", False),
    ("boolean", 1.0, True),
    ("boolean", True, True),
    ("date", "2030-01-31", dt.date(2030, 1, 31)),
    ("date", "31.1.2030", dt.date(2030, 1, 31)),
    ("date", "2030-01-31T00:00:00", dt.date(2030, 1, 31)),
    ("date", dt.datetime(2030, 1, 31), dt.date(2030, 1, 31)),
    ("list", " a | b |", ("a", "b")),
    ("list", 12.0, ("12",)),
    ("list", ["a"], ("a",)),
    ("hours", "nurse=3,5", "nurse=3,5"),
]
UNREADABLE = [
    ("text", ["a"]),
    ("whole", "2,5"),
    ("whole", 2.5),
    ("whole", "1_000"),
    ("whole", "9" * 5000),
    ("whole", True),
    ("whole", float("nan")),
    ("decimal", "1.234,5"),
    ("decimal", "NaN"),
    ("decimal", "1e3"),
    ("decimal", float("inf")),
    ("decimal", False),
    ("boolean", "kanskje"),
    ("boolean", 2),
    ("date", "31.13.2030"),
    ("date", "31.1.30"),
    ("date", "1748736000"),
    ("date", 46000.0),
    ("date", dt.datetime(2030, 1, 31, 12)),
    ("date", "2030-01-31T12:00:00"),
    ("choice", 1),
    ("hours", 3),
]


@pytest.mark.parametrize(("kind", "raw", "value"), READ)
def test_readable(kind: str, raw: Any, value: Any) -> None:
    assert read_column([raw], kind) == [value]
    assert type(read_column([raw], kind)[0]) is type(value)


@pytest.mark.parametrize(("kind", "raw"), UNREADABLE)
def test_unreadable(kind: str, raw: Any) -> None:
    (value,) = read_column([raw], kind)
    assert isinstance(value, Unreadable)
    assert value.raw is raw


@pytest.mark.parametrize(
    "kind", ["text", "whole", "score", "decimal", "boolean", "date", "choice", "list", "hours"]
)
def test_nothing_is_nothing(kind: str) -> None:
    assert read_column(["", None, "  ", "\u00a0"], kind) == [EMPTY] * 4


def test_one_and_true_are_not_mixed_up() -> None:
    assert read_column([True, 1, 1.0, "1"], "whole")[1:] == [1, 1, 1]
    assert isinstance(read_column([True, 1], "whole")[0], Unreadable)


def test_names_stand_for_words() -> None:
    names = {"med_base": "with_base", "sykepleier": "nurse"}
    assert read_column(["Med base", "with_base", "hva"], "choice", names) == ["with_base", "with_base", "hva"]
    assert read_column(["med base|x"], "list", names) == [("with_base", "x")]
    assert read_column(["Sykepleier=3,5|x=1"], "hours", names) == ["nurse=3,5|x=1"]
