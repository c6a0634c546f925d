"""The roster problem says of every roster what the checker says; small optima; engines find them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling.published import format_of
from tildeling.published.inrc2.checking import judge
from tildeling.published.inrc2.compiling import compile_instance, to_plan, to_roster
from tildeling.published.inrc2.instance import Instance
from tildeling.published.inrc2.reading import read
from tildeling.published.solving import solve
from tildeling_models.roster import evaluate
from tildeling_models.roster.bounds import least_value as bound
from tildeling_models.roster.engines import ENGINES
from tildeling_models.stop import Stop

from .oracle import least_value
from .strategies import instances, plans

SMALL = Path(__file__).parents[3] / "instances" / "rota-published" / "inrc2"
BOUGHT = {"mip-gurobi": "gurobipy", "mip-cplex": "cplex"}
OPTIMA = {"tiny_0_0": 80, "ward_0_0-1": 305, "impossible_0_0": None}
INRC2 = format_of("inrc2")


@settings(max_examples=200, deadline=None)
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


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_problem_and_checker_agree_on_who_breaks_what(data: st.DataObject) -> None:
    """Each nurse's row by itself."""
    instance = data.draw(instances())
    plan = data.draw(plans(instance))
    problem, roster = compile_instance(instance), to_roster(instance, plan)
    broken = {breach.values.get("nurse") for breach in judge(instance, plan).breaches}
    for n, nurse in enumerate(instance.nurses):
        assert evaluate.is_legal(problem, n, roster.activity[n]) == (nurse.id not in broken)


@pytest.mark.parametrize("name", ["tiny_0_0", "impossible_0_0"])
def test_optima_of_the_small_instances(name: str) -> None:
    assert least_value(read(SMALL / name)) == OPTIMA[name]


def test_the_readme_gives_the_optima() -> None:
    text = (SMALL.parent / "README.md").read_text(encoding="utf-8")
    for name, value in OPTIMA.items():
        row = next(line for line in text.splitlines() if f"`inrc2/{name}`" in line)
        assert row.split("|")[-2].strip().startswith("none" if value is None else str(value))


@pytest.mark.slow
@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "auto"])
@settings(max_examples=12, deadline=None)
@given(instances(most_weeks=1, most_nurses=2, most_shifts=1))
def test_engines_find_what_going_through_every_roster_finds(engine: str, instance: Instance) -> None:
    if engine in BOUGHT:
        pytest.importorskip(BOUGHT[engine])
    best = least_value(instance)
    found = solve(INRC2, instance, engine=engine, stop=Stop(5))
    assert found.document.value == best
    if found.document.bound is not None and best is not None:
        assert found.document.bound <= best
    if found.document.outcome == "infeasible":
        assert best is None


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["auto", "columns"])
def test_two_weeks_are_proven(engine: str) -> None:
    found = solve(INRC2, read(SMALL / "ward_0_0-1"), engine=engine, stop=Stop(60)).document
    assert (found.outcome, found.value, found.bound) == ("optimal", 305, 305)
