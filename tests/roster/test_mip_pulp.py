"""Rosters as integer programs in PuLP: limits and cancels are heard, better rosters are told of, ends are kept."""

from __future__ import annotations

import io
import tempfile
import threading
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pulp
import pytest

from tildeling.published import format_of
from tildeling.published.solving import solve
from tildeling_models.options import Options
from tildeling_models.progress import Progress
from tildeling_models.result import Outcome, Termination
from tildeling_models.roster import evaluate
from tildeling_models.roster.engines import UnknownEngine, engine
from tildeling_models.roster.mip_pulp.families import _clamped, keep
from tildeling_models.roster.mip_pulp.program import Linear, Program
from tildeling_models.roster.problem import Roster
from tildeling_models.solvers import OutOfTime, cbc, highs
from tildeling_models.solvers.arrays import arrays, write_mps
from tildeling_models.solvers.search import Run, Search, in_turns
from tildeling_models.stop import Stop

from .middling import middling

CURTOIS = format_of("curtois")
SMALL = Path(__file__).parents[2] / "instances" / "rota-published" / "curtois"
CBC = pytest.mark.skipif(cbc.executable() is None, reason="no CBC for this machine")
BOTH = pytest.mark.parametrize("name", [pytest.param("mip-cbc", marks=CBC), "mip-highs"])


@BOTH
@pytest.mark.parametrize(("file", "value"), [("tiny", 2), ("weekend", 37), ("impossible", None)])
def test_published_instances_are_proven(name: str, file: str, value: int | None) -> None:
    found = solve(CURTOIS, CURTOIS.read(SMALL / f"{file}.txt"), engine=name, stop=Stop(60))
    assert found.document.outcome == ("infeasible" if value is None else "optimal")
    assert found.document.value == value
    assert value is None or found.document.bound == value


@BOTH
def test_a_cancel_is_heard_and_leaves_nothing_behind(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stop = Stop(120)
    timer = threading.Timer(3.0, stop.cancel)
    timer.start()
    result = engine(name)(middling(people=14, weeks=6), Options(), stop, Progress(), None)
    timer.cancel()
    assert stop.elapsed < 20
    assert result.termination is Termination.CANCELLED
    assert not list(tmp_path.iterdir())


@BOTH
@pytest.mark.parametrize("seconds", [0.05, 0.6])
def test_time_is_heard_while_the_program_is_written_down(name: str, seconds: float) -> None:
    problem = middling(people=60, weeks=12)
    stop = Stop(seconds)
    result = engine(name)(problem, Options(), stop, Progress(), None)
    assert stop.elapsed < seconds + 2
    assert (result.outcome, result.termination) == (Outcome.UNKNOWN, Termination.TIME_LIMIT)


def test_better_rosters_are_told_of() -> None:
    problem = middling(people=6, weeks=3)
    problem = replace(problem, covers=tuple(replace(cover, least=None) for cover in problem.covers))

    heard: list[Roster] = []

    class Listen(Progress):
        def incumbent(self, solution: object) -> None:
            assert isinstance(solution, Roster)
            heard.append(solution)

    result = engine("mip-highs")(problem, Options(), Stop(20), Listen(), None)
    assert result.solution is not None
    assert len(heard) >= len(result.tiers)
    assert all(evaluate.violations(problem, each) == [] for each in heard)
    assert any(moment.value is not None for moment in result.history)


@pytest.mark.parametrize(("floor", "ceiling"), [(0, 3), (-9, 3), (2, 9), (4, 4), (-9, -8), (7, 9)])
def test_a_sum_between_two_ends(floor: int, ceiling: int) -> None:
    """For every value of the sum the program leaves one value of the clamped one."""
    for wanted in range(-2, 6):
        for sign in (1, -1):
            program = Program(middling(people=1, weeks=1), Stop())
            raw = Linear(0, {program.column(5, -2): 1}, -2, 5)
            program.row(raw, wanted, wanted)
            program.paid[0] = Linear()
            program.paid[0].join(_clamped(program, raw, floor, ceiling), sign)
            program.minimise(0)
            run = highs.run(program.found, Search(Options(), Stop(), 60.0, 60.0))
            clamped = min(ceiling, max(floor, wanted))
            assert run.solved
            assert run.whole == sign * clamped


def test_a_rule_that_is_not_known_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="str is not known to the integer program"):
        keep("a wish of a new kind", Program(middling(people=1, weeks=1), Stop()), 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(("solved", "seconds"), [(True, [1.0]), (False, [1.0, 10.0])])
def test_a_solver_with_nothing_found_goes_on(solved: bool, seconds: list[float]) -> None:
    given: list[float] = []

    def once(left: float) -> Run:
        given.append(round(left, 1))
        return Run(solved, None, False, True, False)

    in_turns(once, Search(Options(), Stop(60), 1.0, 10.0))
    assert given == seconds


def test_a_file_of_a_problem_reads_as_the_problem(tmp_path: Path) -> None:
    found = pulp.LpProblem("mixed", pulp.LpMinimize)
    x = found.add_variable("x", -3, 4, pulp.LpInteger)
    y = found.add_variable("y", None, 7)
    z = found.add_variable("z", 0, None, pulp.LpInteger)
    found.setObjective(2 * x - 3 * y + z)
    found.addConstraint(x + y <= 5)
    found.addConstraint(y - z == 1)
    found.addConstraint(x + 0.5 * z >= -2)
    file = io.StringIO()
    write_mps(arrays(found, Stop()), file, Stop())
    path = tmp_path / "mixed.mps"
    path.write_text(file.getvalue())
    columns, again = pulp.LpProblem.fromMPS(str(path))
    assert [(v.lowBound, v.upBound, v.cat) for v in columns.values()] == [
        (-3, 4, "Integer"), (None, 7, "Continuous"), (0, None, "Integer"),
    ]  # fmt: skip
    assert found.solve(pulp.HiGHS(msg=False)) == again.solve(pulp.HiGHS(msg=False)) == pulp.LpStatusOptimal
    assert pulp.value(found.objective) == pytest.approx(pulp.value(again.objective))
    stop = Stop()
    stop.cancel()
    with pytest.raises(OutOfTime):
        write_mps(arrays(found, Stop()), file, stop)
    with pytest.raises(OutOfTime):
        arrays(found, stop)


@pytest.mark.parametrize(("name", "package"), [("mip-gurobi", "gurobipy"), ("mip-cplex", "cplex")])
def test_a_commercial_solver_that_is_not_there_is_named(name: str, package: str) -> None:
    if find_spec(package) is not None:
        pytest.skip(f"{package} is installed")
    with pytest.raises(UnknownEngine, match=package):
        engine(name)(middling(people=1, weeks=1), Options(), Stop(5), Progress(), None)
