"""Solving a file: the checker has the last word, and what is written is what was judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tildeling.errors import RejectedSolution
from tildeling.published import format_of
from tildeling.published.curtois.instance import Instance
from tildeling.published.solving import Answer, solve, verified
from tildeling_models.options import Options
from tildeling_models.process import solve_in_child
from tildeling_models.progress import Event, Progress
from tildeling_models.result import Outcome, Result, Termination, Tier
from tildeling_models.stop import Stop

CURTOIS = format_of("curtois")
SMALL = Path(__file__).parents[2] / "instances" / "rota-published" / "curtois"


@pytest.fixture
def tiny(probes: Path) -> Instance:
    found: Instance = CURTOIS.read(SMALL / "tiny.txt")
    return found


def answer(tiny: Instance, engine: str) -> Answer:
    return solve(CURTOIS, tiny, engine=f"probe-{engine}", stop=Stop(20))


def test_the_optimum_is_found_judged_and_described(tiny: Instance) -> None:
    found = answer(tiny, "exhaustive")
    document = found.document
    assert (document.outcome, document.value, document.bound, document.gap) == ("optimal", 2, 2, 0.0)
    assert (document.dataset_id, document.dataset_hash) == ("tiny", tiny.digest)
    assert document.ruleset == "curtois"
    assert found.judgement == CURTOIS.judge(tiny, found.solution)


def test_a_solution_is_written_and_read_again(tiny: Instance, tmp_path: Path) -> None:
    found = answer(tiny, "exhaustive")
    CURTOIS.write(tiny, found.solution, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == CURTOIS.files
    assert (tmp_path / "roster.tsv").read_bytes() == b"Ada\t\t\tD\tD\nBo\tD\tD\t\t\n"
    assert CURTOIS.read_solution(tiny, tmp_path) == found.solution
    assert CURTOIS.read_solution(tiny, tmp_path / "roster.tsv") == found.solution


def test_the_child_finds_the_same(tiny: Instance) -> None:
    heard: list[Event] = []

    class Heard(Progress):
        def event(self, event: Event) -> None:
            heard.append(event)

    found = solve(
        CURTOIS, tiny, engine="probe-exhaustive", options=Options(seed=3), stop=Stop(30), progress=Heard(),
        solver=solve_in_child,
    )  # fmt: skip
    assert found.solution == answer(tiny, "exhaustive").solution
    assert (found.document.seed, found.document.reproducible) == (3, True)
    assert heard[0].phase == "compile"
    assert heard[-1].phase == "check"
    assert min(event.value for event in heard if event.value is not None) == 2


def test_nothing_is_an_answer_too(probes: Path) -> None:
    found = solve(CURTOIS, CURTOIS.read(SMALL / "impossible.txt"), engine="probe-exhaustive")
    assert (found.document.outcome, found.solution, found.judgement) == ("infeasible", None, None)


def test_a_solution_that_breaks_a_limit_is_refused(tiny: Instance) -> None:
    with pytest.raises(RejectedSolution, match="Ada works D on day 1, which is a day off"):
        answer(tiny, "breaks")


def test_a_bound_above_the_value_is_refused(tiny: Instance) -> None:
    with pytest.raises(RejectedSolution, match=r"bound \d+ above value \d+"):
        answer(tiny, "boasts")


def test_another_value_than_the_checkers_is_refused(tiny: Instance) -> None:
    judgement = answer(tiny, "exhaustive").judgement
    assert judgement is not None
    told: Result[None] = Result(Outcome.OPTIMAL, Termination.COMPLETED, None, (Tier("cost", 1, 1),), "probe")
    with pytest.raises(RejectedSolution, match="the engine says 1, the checker 2"):
        verified(judgement, told)
    assert verified(judgement, replace(told, tiers=(Tier("cost", 2, 0),))) == judgement
