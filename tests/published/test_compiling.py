"""The roster problem says of every roster what the format's own checker says, and the small optima stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling.published.curtois.checking import judge
from tildeling.published.curtois.compiling import compile_instance, to_plan, to_roster
from tildeling.published.curtois.reading import read
from tildeling_models.roster import evaluate
from tildeling_models.roster.bounds import least_value as bound

from .oracle import least_value
from .strategies import instances, plans

SMALL = Path(__file__).parents[2] / "instances" / "rota-published" / "curtois"
OPTIMA = {"tiny": 2, "weekend": 37, "impossible": None}


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_problem_and_checker_agree_on_any_roster(data: st.DataObject) -> None:
    instance = data.draw(instances())
    plan = data.draw(plans(instance))
    problem, roster = compile_instance(instance), to_roster(instance, plan)
    found = judge(instance, plan)
    assert to_plan(instance, roster) == plan
    assert found.ok == (evaluate.violations(problem, roster) == [])
    assert [found.value] == evaluate.values(problem, roster).tolist()
    assert bound(problem, 0) <= found.value or not found.ok


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_problem_and_checker_agree_on_who_breaks_what(data: st.DataObject) -> None:
    """Not only whether any limit is broken: each person's row by itself."""
    instance = data.draw(instances(most_people=3))
    plan = data.draw(plans(instance))
    problem, roster = compile_instance(instance), to_roster(instance, plan)
    broken = {breach.values["person"] for breach in judge(instance, plan).breaches}
    for p, person in enumerate(instance.people):
        assert evaluate.is_legal(problem, p, roster.activity[p]) == (person.id not in broken)


@pytest.mark.parametrize("name", OPTIMA)
def test_optima_of_the_small_instances(name: str) -> None:
    instance = read(SMALL / f"{name}.txt")
    assert least_value(instance) == OPTIMA[name]


def test_the_readme_gives_the_optima() -> None:
    text = (SMALL.parent / "README.md").read_text(encoding="utf-8")
    for name, value in OPTIMA.items():
        row = next(line for line in text.splitlines() if f"`curtois/{name}.txt`" in line)
        assert row.split("|")[-2].strip().startswith("none" if value is None else str(value))
    assert {path.stem for path in SMALL.glob("*.txt")} == set(OPTIMA)


def test_rules_that_many_share_are_one() -> None:
    """Limits that cannot bind are left out; the rest is one rule for all who have the same."""
    problem = compile_instance(read(SMALL / "tiny.txt"))
    kinds = [type(rule).__name__ for rule in problem.rules]
    assert sorted(kinds) == ["Run", "Run", "Run", "Sum", "Sum", "Sum"]  # work twice, off, minutes twice, D=2
    assert problem.allowed[0, 1].tolist() == [True, False]
