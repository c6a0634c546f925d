"""The grouping problem says of every assignment what the checker says; engines reach brute force's optimum."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tildeling.published import format_of
from tildeling.published.solving import solve
from tildeling_models.grouping import evaluate
from tildeling_models.grouping.bounds import least_value
from tildeling_models.options import Options
from tildeling_models.stop import Stop

from .allocation import MADE, least, plans
from .test_commands import command

SMALL = Path(__file__).parents[2] / "instances" / "allocation-published"
OPTIMA = {
    "gap/tiny": 20, "gap/agents": 69, "gap/impossible": None, "sscflp/tiny": 70, "sscflp/decimals": 31,
    "mdgp/tiny": 25.25, "mdgp/minimum": 50,
}  # fmt: skip
ENGINES = ("mip", "cpsat", "knapsacks", "auto")


@pytest.mark.parametrize("name", MADE)
def test_problem_and_checker_agree_on_any_assignment(name: str) -> None:
    form = format_of(name)

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        instance = data.draw(MADE[name])
        plan = data.draw(plans(instance))
        problem, assignment = form.compile(instance), form.start(instance, plan)
        found = form.judge(instance, plan)
        assert form.solution(instance, assignment) == plan
        assert found.ok == (evaluate.violations(problem, assignment) == [])
        if found.ok:  # a pair that has no cell has no cost either
            assert [found.tier_value] == evaluate.values(problem, assignment).tolist()
            assert least_value(problem, 0) <= found.tier_value

    agree()


@pytest.mark.parametrize(
    "engine", [pytest.param(each, marks=pytest.mark.slow if each == "knapsacks" else ()) for each in ENGINES]
)
@pytest.mark.parametrize("name", MADE)
def test_engines_reach_the_optimum(name: str, engine: str) -> None:
    form = format_of(name)

    @settings(max_examples=12, deadline=None)
    @given(MADE[name])
    def optimal(instance: Any) -> None:
        found = solve(form, instance, engine=engine, options=Options(find_ties=False), stop=Stop(20))
        best = least(form, instance)
        assert (found.document.outcome == "infeasible") == (best is None)
        assert (found.document.value, found.document.bound) == (best, best) or best is None

    optimal()


@pytest.mark.parametrize("path", OPTIMA)
def test_optima_of_the_small_instances(path: str) -> None:
    form = format_of(path.split("/")[0])
    instance = form.read(SMALL / f"{path}.txt")
    wanted, best = OPTIMA[path], least(form, instance)
    if wanted is None:
        assert best is None
        assert solve(form, instance, engine="auto").document.outcome == "infeasible"
        return
    found = solve(form, instance, engine="auto", options=Options(find_ties=False))
    assert found.judgement is not None
    assert found.judgement.in_unit(found.judgement.value) == wanted
    assert found.judgement.tier_value == best
    assert found.document.tiers[0].sense == "min"


def test_a_solution_is_where_an_engine_begins() -> None:
    form = format_of("sscflp")
    instance = form.read(SMALL / "sscflp" / "tiny.txt")
    found = solve(form, instance, engine="auto", previous=(0, 1, 2, 0), options=Options(find_ties=False))
    assert found.document.value == least(form, instance)


def test_the_tiers_name_tells_sign_and_scale() -> None:
    names = {
        path: format_of(path.split("/")[0]).compile(
            format_of(path.split("/")[0]).read(SMALL / f"{path}.txt")
        ).tiers[0]
        for path in OPTIMA
    }  # fmt: skip
    assert names["gap/tiny"] == names["sscflp/tiny"] == "cost"
    assert names["sscflp/decimals"] == "cost_x100"
    assert (names["mdgp/tiny"], names["mdgp/minimum"]) == ("minus_diversity_x100", "minus_diversity")


def test_the_readme_gives_the_optima() -> None:
    text = (SMALL / "README.md").read_text(encoding="utf-8")
    for path, value in OPTIMA.items():
        row = next(line for line in text.splitlines() if f"`{path}.txt`" in line)
        assert row.split("|")[-2].strip().startswith("none" if value is None else str(value))
    assert {path.relative_to(SMALL).with_suffix("").as_posix() for path in SMALL.glob("*/*.txt")} == set(
        OPTIMA
    )


def test_commands_print_the_formats_own_value_and_the_result_the_tiers(tmp_path: Path) -> None:
    file = SMALL / "mdgp" / "tiny.txt"
    done = command(
        "solve", file, "--format", "mdgp", "--out", tmp_path / "out", "--lang", "en", "--engine", "mip"
    )
    assert done.returncode == 0, done.stderr
    assert "value 25.25, upper bound 25.25" in done.stdout
    told = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert (told["value"], told["tiers"][0]["name"]) == (-2525, "minus_diversity_x100")
    judged = command("evaluate", file, tmp_path / "out", "--format", "mdgp", "--json")
    assert json.loads(judged.stdout)["value"] == 25.25
    (tmp_path / "mine.csv").write_text("item;group\n0;0\n1;0\n2;0\n3;0\n4;1\n", encoding="utf-8")
    judged = command("evaluate", file, tmp_path / "mine.csv", "--format", "mdgp", "--lang", "en")
    assert judged.returncode == 1
    assert judged.stdout.splitlines()[0] == "Value 28.75"
    assert "group 0 has 4; at most 3" in judged.stdout
