"""Two proposals side by side, and how long the list of their differences becomes."""

from __future__ import annotations

import pytest

from tildeling.housing import compare as module
from tildeling.housing.compare import compare
from tildeling.housing.solution import Solution

from .builders import dataset, homes, person


def test_a_long_list_of_differences_says_how_many_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    data = dataset(homes("u v w"), person("a"), person("b"), person("c"))
    one, other = Solution({"a": "u", "b": "v", "c": "w"}), Solution({"a": "v"})
    whole = compare(data, one, other)
    assert [row[0] for row in whole.people] == ["a", "b", "c"]
    assert "more" not in whole.text("en")
    monkeypatch.setattr(module, "MOST_SAID", 2)
    words = whole.text("en")
    assert "and 1 more; --json holds all" in words
    assert "c: w" not in words
    assert len(whole.as_dict()["applicants"]) == 3
    assert "og 1 til" in whole.text("nb")
