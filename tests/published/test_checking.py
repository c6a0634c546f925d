"""The checker: for each limit one roster that keeps it and one that breaks it, at both ends of the horizon too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tildeling.published.curtois.checking import judge
from tildeling.published.curtois.instance import Cover, Instance, Person, Request, Shift
from tildeling.texts import texts

FREE = Person("A", (("D", 99), ("N", 99)), 10**6, 0, 99, 1, 1, 99)


def breaches(row: str, **limits: Any) -> list[str]:
    """Breaches of one person's row, a letter a day, "." for off."""
    instance = Instance(
        "made", len(row), (Shift("D", 480), Shift("N", 600, ("D",))), (replace(FREE, **limits),)
    )
    return [b.message() for b in judge(instance, {"A": cells(row)}).breaches]


def cells(row: str) -> tuple[str, ...]:
    return tuple("" if letter == "." else letter for letter in row)


@pytest.mark.parametrize(
    ("keeps", "breaks", "limits", "said"),
    [
        ("DD.", "DDD", {"days_off": (2,)}, "A works D on day 2, which is a day off"),
        (".DD", "DDD", {"days_off": (0,)}, "A works D on day 0, which is a day off"),
        ("DNN", "NDD", {}, "A works D on day 1, which may not follow N on the day before"),
        ("N.D", ".ND", {}, "A works D on day 2, which may not follow N on the day before"),
        ("DD..NN", "DDD...", {"most_of": (("D", 2), ("N", 9))}, "A works shift D 3 times; at most 2"),
        ("DD.", "DN.", {"most_minutes": 960}, "A works 1080 minutes; at most 960"),
        ("DD.", "D..", {"least_minutes": 960}, "A works 480 minutes; at least 960"),
        ("DD.DD.", "DDD.DD", {"most_on": 2}, "A works 3 days in a row from day 0; at most 2"),
        ("DN.DD.", "D.DNN", {"most_on": 2}, "A works 3 days in a row from day 2; at most 2"),
        ("D.DD.D", "DD.D.D", {"least_on": 2}, "A works 1 days in a row from day 3; at least 2"),
        (".DN.", ".D..", {"least_on": 2}, "A works 1 days in a row from day 1; at least 2"),
        (".D..D.", "D.D...", {"least_off": 2}, "A is off 1 days in a row from day 1; at least 2"),
        (".....DN.......", ".....D......D.", {"most_weekends": 1}, "A works 2 weekends; at most 1"),
        ("DDDDD..DDDDDNN", "......N......N", {"most_weekends": 1}, "A works 2 weekends; at most 1"),
    ],
)  # fmt: skip
def test_a_limit_is_kept_or_broken(keeps: str, breaks: str, limits: dict[str, Any], said: str) -> None:
    assert breaches(keeps, **limits) == []
    assert [said in words for words in breaches(breaks, **limits)] == [True]


def test_a_weekend_cut_by_the_end_counts() -> None:
    assert breaches(".....D", most_weekends=0) != []
    assert breaches("....D.", most_weekends=0) == []


def test_stretches_over_the_ends_need_not_reach_a_least_length() -> None:
    assert breaches("D...D", least_on=3) == []
    assert breaches(".DDD.", least_off=3) == []
    assert breaches("DDDDD", most_on=4) != []
    assert breaches(".....", least_off=9) == []


def test_the_value_is_the_sum_of_its_terms() -> None:
    instance = Instance(
        "made", 2, (Shift("D", 480), Shift("N", 600)), (FREE, replace(FREE, id="B")),
        on=(Request("A", 0, "D", 3), Request("A", 1, "D", 5)),
        off=(Request("B", 0, "N", 7), Request("B", 1, "D", 11)),
        covers=(Cover(0, "D", 3, 100, 1000), Cover(1, "D", 1, 100, 1000), Cover(1, "N", 0, 100, 1000)),
    )  # fmt: skip
    found = judge(instance, {"A": ("D", "N"), "B": ("N", "D")})
    assert found.ok
    assert dict(found.parts) == {
        "on_requests": 5, "off_requests": 7 + 11, "cover_under": 2 * 100, "cover_over": 1000,
    }  # fmt: skip
    assert found.value == 1223


def test_a_request_is_not_met_by_another_shift() -> None:
    instance = Instance("made", 1, (Shift("D", 480), Shift("N", 600)), (FREE,), on=(Request("A", 0, "D", 3),))
    assert [judge(instance, {"A": (shift,)}).value for shift in ("D", "N", "")] == [0, 3, 3]


def test_every_text_stands_in_both_languages() -> None:
    nb, en = texts("published", "nb"), texts("published", "en")
    assert nb.keys() == en.keys()
    assert all(nb.values())
    assert all(en.values())
