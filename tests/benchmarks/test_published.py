"""Published instances in the benchmark: comparators, engines, what is known, and what is not on this machine."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from benchmarks import instances, published, table
from benchmarks import run as campaign
from benchmarks.instances import NotHere
from benchmarks.published import by_comparator, by_engine, known
from benchmarks.registry import CAMPAIGNS, ROSTERS, Instance, Published
from benchmarks.results import Store, csv_rows, runs_of

from tildeling.errors import RejectedSolution
from tildeling.published import format_of
from tildeling_models.options import Options
from tildeling_models.stop import Stop

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "instances" / "rota-published" / "curtois"
CURTOIS = format_of("curtois")
OPTIMA = {"tiny": 2, "weekend": 37, "impossible": None}
PROVEN = {"Instance1": 607, "Instance2": 828, "Instance3": 1001}
THERE = [
    way.name for way in CAMPAIGNS["rota-published"].methods
    if way.kind == "comparator" or importlib.util.find_spec("tildeling_models.roster.auto")
]  # fmt: skip


def row(**changes: Any) -> dict[str, Any]:
    return {
        "instance": "Instance9", "dataset_hash": "d", "policy_hash": "", "method": "auto", "kind": "engine",
        "time_limit_s": 60.0, "workers": 2, "seed": 0, "memory_limit_gb": 10.0, "versions": "python=3.11",
        "outcome": "feasible", "termination": "time_limit", "checked": True, "wall_s": 61.5,
        "peak_memory_mb": 100.0, "note": "", "commit": "c", "best_known": 400, "literature": "EC_10m=474 X=400",
        "tiers": [{"tier": "cost", "value": 410, "bound": 390, "seconds": 1.0}],
    } | changes  # fmt: skip


# --- comparators and engines ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMA)
@pytest.mark.parametrize("way", [way.name for way in ROSTERS])
def test_comparators_find_the_small_optima(name: str, way: str) -> None:
    instance = CURTOIS.read(SMALL / f"{name}.txt")
    found = by_comparator(CURTOIS, instance, way, Options(), Stop(30))
    if OPTIMA[name] is None:
        assert (found["outcome"], found["tiers"]) == ("infeasible", [])
    else:
        assert (found["outcome"], found["checked"]) == ("optimal", True)
        assert [(tier["value"], tier["bound"]) for tier in found["tiers"]] == [(OPTIMA[name], OPTIMA[name])]


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("Instance1", "plain_roster_cpsat"),
        ("Instance1", "plain_roster_pulp"),
        ("Instance2", "plain_roster_pulp"),
        pytest.param("Instance3", "plain_roster_pulp", marks=pytest.mark.slow),
    ],
)
def test_published_optima_are_met(name: str, way: str) -> None:
    """The reader and the comparators together: a limit read wrongly would move a proven optimum."""
    path = Published("curtois", f"rota/curtois/{name}.txt").path
    if not path.exists():
        pytest.skip(f"{path} is not there; published instances are no part of the project")
    found = by_comparator(
        CURTOIS, CURTOIS.read(path), way, Options(), Stop(120)
    )  # HiGHS: one number of threads a process
    assert [(tier["value"], tier["bound"]) for tier in found["tiers"]] == [(PROVEN[name], PROVEN[name])]
    assert found["checked"]
    assert known(path).best == PROVEN[name]


@pytest.mark.parametrize("way", [way.name for way in ROSTERS])
def test_a_comparator_without_time_says_so(way: str) -> None:
    found = by_comparator(CURTOIS, CURTOIS.read(SMALL / "tiny.txt"), way, Options(), Stop(0.0))
    assert (found["outcome"], found["checked"], found["tiers"]) == ("unknown", False, [])
    assert "still building" in found["note"]


def test_an_engine_is_run_and_judged(probes: Path) -> None:
    tiny = CURTOIS.read(SMALL / "tiny.txt")
    found = by_engine(CURTOIS, tiny, "probe-exhaustive", Options(), Stop(30))
    assert (found["outcome"], found["checked"]) == ("optimal", True)
    assert (found["tiers"][0]["value"], found["tiers"][0]["bound"]) == (2, 2)
    with pytest.raises(RejectedSolution):
        by_engine(CURTOIS, tiny, "probe-breaks", Options(), Stop(30))


# --- the campaign -----------------------------------------------------------------------------------------


def test_smoke() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "run.py"), "rota-published", "--smoke", "--methods", *THERE],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for way in THERE:
        for name, value in OPTIMA.items():
            line = next(line for line in done.stdout.splitlines() if line.startswith(f"| {name} | {way} |"))
            assert ("infeasible" if value is None else f"optimal | {value} | {value} |") in line
    assert "seconds" not in done.stdout


def test_what_is_not_here_is_skipped_and_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TILDELING_BENCHMARKS", str(tmp_path))
    monkeypatch.setattr(campaign, "done", lambda *_, **__: pytest.fail("was run"))
    assert campaign.main(["rota-published", "--dry"]) == 0
    said = capsys.readouterr().err
    assert said.count("skipped") == len(CAMPAIGNS["rota-published"].instances)
    assert f"{tmp_path / 'rota' / 'curtois' / 'Instance1.txt'} is not there" in said
    assert "TILDELING_BENCHMARKS" in said
    with pytest.raises(NotHere):
        instances.prepared(CAMPAIGNS["rota-published"].instances[0])


def test_a_campaign_is_stored_and_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With our own instances in the place of published ones, and a comparator."""
    page = tmp_path / "README.md"
    page.write_text("".join(mark.format(name="rota-published") + "\n" for mark in (table.BEGIN, table.END)))
    mine = tuple(
        Instance(each.name, 20.0, published=each.published) for each in CAMPAIGNS["rota-published"].smoke[:2]
    )
    monkeypatch.setitem(
        CAMPAIGNS, "rota-published", campaign.Campaign(mine, mine, ROSTERS, layout="published")
    )
    monkeypatch.setattr(campaign, "RESULTS", tmp_path)
    monkeypatch.setattr(campaign, "README", page)
    assert campaign.main(["rota-published", "--methods", "plain_roster_pulp"]) == 0
    stored = Store(tmp_path / "rota-published.csv").runs.values()
    assert [(run["instance"], run["best_known"], run["checked"]) for run in stored] == [
        ("tiny", 2, True), ("weekend", 37, True),
    ]  # fmt: skip
    text = page.read_text(encoding="utf-8")
    assert "| tiny | plain_roster_pulp | optimal | 2 | 2 | 0.00 | 2 | 0.00 | ok |" in text
    assert text.count("not run yet") == 2
    monkeypatch.setattr(campaign, "done", lambda *_, **__: pytest.fail("run again"))
    assert campaign.main(["rota-published", "--methods", "plain_roster_pulp"]) == 0


# --- what is known ----------------------------------------------------------------------------------------


def test_known_values_are_looked_up_by_name_or_number(tmp_path: Path) -> None:
    (tmp_path / "best_known.csv").write_text(
        "instance,lb,ub\nInstance1,3,5\nInstance11,4,6\n", encoding="utf-8"
    )
    (tmp_path / "literature_results.csv").write_text("instance,EC_10m,BP\n1,7,\n11,8,9\n", encoding="utf-8")
    assert known(tmp_path / "Instance1.txt") == published.Known(5, "EC_10m=7")
    assert known(tmp_path / "Instance11.txt") == published.Known(6, "EC_10m=8 BP=9")
    assert known(tmp_path / "Instance2.txt") == published.Known()
    assert known(tmp_path / "elsewhere" / "Instance1.txt") == published.Known()


def test_the_table_has_values_beside_what_is_known() -> None:
    runs = [
        row(),
        row(method="plain_roster_pulp", kind="comparator", tiers=[], outcome="unknown", checked=False),
    ]
    text = table.published(runs)
    assert "60 s per run" in text
    assert "| Instance9 | auto | feasible | 410 | 390 | 4.88 | 400 | 2.50 | ok | 61.5 | 100 |" in text
    assert "| plain_roster_pulp | nothing in time | – | – | – | 400 | – | – |" in text
    assert "| Instance9 | 400 | 474 | 400 |" in text
    assert "seconds" not in table.published(runs, timings=False)


def test_a_value_below_the_best_known_is_said_so() -> None:
    better = [{"tier": "cost", "value": 390, "bound": 390, "seconds": 1.0}]
    assert "| 400 | -2.50 | ok |" in table.published([row(tiers=better)])


def test_a_proof_that_there_is_none_is_no_refusal() -> None:
    nothing = row(outcome="infeasible", checked=False, tiers=[{"tier": "cost", "value": None, "bound": 0}])
    assert "| auto | infeasible | – | 0 |" in table.published([nothing])


def test_what_is_known_stands_in_the_rows() -> None:
    (back,) = runs_of([{k: str(v) for k, v in each.items()} for each in csv_rows([row()])])
    assert (back["best_known"], back["literature"]) == (400, "EC_10m=474 X=400")
