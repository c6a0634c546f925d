"""A run from outside: what fails is a row, memory counts all processes, and a campaign goes on where it stopped."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from benchmarks import instances, memory, plain_cpsat, plain_pulp, running, scaling, table
from benchmarks import run as campaign
from benchmarks.child import Job, near_at
from benchmarks.deadline import OutOfTime, within
from benchmarks.registry import INSTANCES, Generated, Instance
from benchmarks.results import Store, csv_rows, key

from tildeling import read_dataset
from tildeling_models.result import Moment

ROOT = Path(__file__).parents[2]


def job(**changes: Any) -> Job:
    fields: dict[str, Any] = {
        "folder": str(INSTANCES / "small"), "method": "vacancy", "seconds": 20.0, "workers": 1, "seed": 0,
        "memory_gb": 10.0,
    } | changes  # fmt: skip
    return Job(**fields)


def row(**changes: Any) -> dict[str, Any]:
    return {
        "instance": "small", "dataset_hash": "d", "policy_hash": "p", "method": "auto", "kind": "engine",
        "time_limit_s": 5.0, "workers": 2, "seed": 0, "memory_limit_gb": 10.0, "versions": "python=3.11",
        "outcome": "feasible", "termination": "time_limit", "checked": True, "wall_s": 5.5,
        "peak_memory_mb": 100.0, "applicants": 60, "cells": 9, "placed": 3, "note": "", "commit": "c",
        "tiers": [
            {"tier": "1a", "value": 10, "bound": 9, "seconds": 1.0},
            {"tier": "1b-2", "value": 100, "bound": 90, "seconds": 1.0},
            {"tier": "1b-1", "value": 50, "bound": 45, "seconds": 1.0},
        ],
    } | changes  # fmt: skip


# --- one run ----------------------------------------------------------------------------------------------


def test_a_run_that_ends_says_what_it_found_and_took() -> None:
    found = running.run_child(job())
    assert found["outcome"] == "feasible"
    assert found["checked"]
    assert found["peak_memory_mb"] > 10
    # the wall in hundredths, the others in thousandths
    assert 0 < found["read_s"] <= found["solve_s"] <= found["wall_s"] + 0.005


def test_a_run_past_its_time_is_ended_and_is_a_row() -> None:
    began = time.monotonic()
    found = running.run_child(job(seconds=0.1), grace=0.0)
    assert time.monotonic() - began < 5
    assert (found["termination"], found["tiers"], found["checked"]) == ("killed", [], False)
    assert table.outcome(found) == "nothing in time"


@pytest.mark.parametrize(
    ("what", "value", "why"),
    [("resident_mb", 1e9, "out_of_memory"), ("available_mb", 1.0, "short_machine")],
)
def test_a_run_that_takes_too_much_memory_is_ended(
    what: str, value: float, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, what, lambda *_: value)
    found = running.run_child(job())
    assert found["termination"] == why
    assert "memory" in table.outcome(found)


def test_a_run_that_crashes_is_a_row_with_its_last_words() -> None:
    found = running.run_child(job(folder="nowhere"))
    assert found["termination"] == "crashed"
    assert "nowhere" in found["note"]
    assert campaign.is_fault(found)


def test_a_child_is_refused_more_memory_than_its_limit() -> None:
    code = "from benchmarks.child import confine; confine(0.5); bytearray(2**30)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr
    assert running._failure("", done.returncode, done.stderr)["termination"] == "out_of_memory"


def test_memory_counts_processes_that_a_run_has_started() -> None:
    hold = "import time; kept = bytearray(80 * 2**20); print('there', flush=True); time.sleep(60)"
    outer = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}], start_new_session=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", outer], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline().strip() == "there"
            members = memory.family(child.pid)
            assert len(members) == 2
            assert memory.resident_mb(child.pid) > 80
        finally:
            for pid in memory.family(child.pid):
                subprocess.run(["kill", "-9", str(pid)], check=False)


# --- time for building ------------------------------------------------------------------------------------


def test_building_is_stopped_wherever_it_is() -> None:
    began = time.monotonic()
    endless = itertools.repeat(0)
    with pytest.raises(OutOfTime), within(0.1):
        any(each > 0 for each in endless)
    with pytest.raises(OutOfTime), within(0.0):
        pass
    assert time.monotonic() - began < 2
    with within(60.0):
        pass


@pytest.mark.parametrize("solver", [plain_cpsat, plain_pulp])
def test_a_plain_model_says_that_it_was_still_building(solver: Any) -> None:
    found = solver.solve(read_dataset(INSTANCES / "small"), 0.002, 1, 0)
    assert (found.outcome, found.solution, found.pairs) == ("unknown", None, None)
    assert "still building" in found.note


# --- a campaign -------------------------------------------------------------------------------------------


def test_rows_come_back_as_the_runs_they_were(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.csv")
    runs = [row(), row(method="queue", kind="baseline"), row(method="x", tiers=[], outcome="unknown")]
    for each in runs:
        store.keep(each)
    again = Store(tmp_path / "x.csv")
    assert list(again.runs) == list(map(key, runs))
    assert csv_rows(again.runs.values()) == csv_rows(runs)
    assert again.finished(row()) is not None
    assert again.finished(row(dataset_hash="another")) is None
    again.keep(row(outcome="optimal"))
    assert len(Store(tmp_path / "x.csv").runs) == 3


def test_what_the_machine_is_to_blame_for_is_tried_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.csv")
    store.keep(row(termination="short_machine", tiers=[]))
    assert store.finished(row()) is None


def test_a_campaign_goes_on_where_it_was_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "README.md"
    page.write_text("<!-- results: allocation -->\n<!-- end of results: allocation -->\n", encoding="utf-8")
    runs: list[str] = []

    def pretended(wanted: dict[str, Any], *_: Any) -> dict[str, Any]:
        runs.append(wanted["method"])
        if wanted["method"] == "deferred" and len(runs) == 2:
            raise KeyboardInterrupt
        same = ("outcome", "termination", "checked", "wall_s", "peak_memory_mb", "commit", "tiers")
        return wanted | {name: row()[name] for name in same}

    monkeypatch.setattr(campaign, "RESULTS", tmp_path)
    monkeypatch.setattr(campaign, "README", page)
    monkeypatch.setattr(campaign, "done", pretended)
    words = ["allocation", "--instances", "tromso-vacancies", "--methods", "queue", "deferred"]
    with pytest.raises(KeyboardInterrupt):
        campaign.main(words)
    assert campaign.main(words) == 0
    assert runs == ["queue", "deferred", "deferred"]
    campaign.main([*words, "--again"])
    assert runs[3:] == ["queue", "deferred"]
    text = page.read_text(encoding="utf-8")
    assert text.count("| 5.5 | 100 |") == 2
    assert text.count("not run yet") == 14


def test_generated_data_sets_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.registry.CACHE", tmp_path)
    instance = Instance("county-100-1", 5.0, Generated("county", 1, 100))
    assert instances.standing(instance) is None
    found = instances.prepared(instance)
    assert found.applicants == 100
    assert found.dataset_hash == read_dataset(instance.folder).digest()
    stamp = (tmp_path / "county-100-1.json").stat().st_mtime_ns
    assert instances.prepared(instance) == found
    assert (tmp_path / "county-100-1.json").stat().st_mtime_ns == stamp
    (instance.folder / "units.csv").unlink()
    assert instances.standing(instance) is None
    assert instances.prepared(instance).dataset_hash == found.dataset_hash
    assert sorted(path.name for path in tmp_path.iterdir()) == ["county-100-1", "county-100-1.json"]


def test_sizes_add_up_the_bands_and_compare_with_the_best_bound() -> None:
    text = table.sizes([row(), row(method="queue", kind="baseline")])
    auto, queue = (line for line in text.splitlines() if line.startswith(("| auto", "| queue")))
    assert "| 10 | 9 | 10.00 | 10.00 | 150 | 135 | 10.00 | 3 | 0 of 3 | ok | 5.5 | 100 |" in auto
    assert "| 10 | – | – | 10.00 | 150 | – | – | 3 | – | ok | 5.5 | 100 |" in queue


# --- growth -----------------------------------------------------------------------------------------------


def test_an_exponent_is_found_where_there_is_one() -> None:
    fit = scaling.fitted([(n, 3.0 * n**1.25) for n in (100, 1000, 5000)] + [(9000, None)])
    assert fit is not None
    assert fit.exponent == pytest.approx(1.25)
    assert fit.factor == pytest.approx(3.0)
    assert (fit.smallest, fit.largest, fit.points) == (100, 5000, 3)
    assert scaling.fitted([(100, 1.0), (200, 2.0)]) is None


def test_the_moment_of_a_gap_is_the_first_within_it() -> None:
    moments = [
        Moment(1.0, "1a", 200, None), Moment(2.0, "1b", 100, None), Moment(3.0, "1a", 101, None),
        Moment(4.0, "1a", 100, 100),
    ]  # fmt: skip
    assert near_at(moments, 100) == 3.0
    assert near_at(moments, 50) is None
    assert near_at([], None) is None


@pytest.mark.slow
def test_smoke_of_the_growth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "README.md"
    page.write_text(
        "<!-- results: scaling-area -->\n<!-- end of results: scaling-area -->\n", encoding="utf-8"
    )
    monkeypatch.setattr(scaling, "RESULTS", tmp_path)
    monkeypatch.setattr(scaling, "README", page)
    words = ["--kind", "area", "--sizes", "100", "110", "120", "--time-limit-per-1000", "1", "--plot"]
    assert scaling.main(words) == 0
    text = page.read_text(encoding="utf-8")
    assert "**exponent, 100 to 120**" in text
    assert (tmp_path / "scaling-area.svg").read_text(encoding="utf-8").startswith("<?xml")
    stored = Store(tmp_path / "scaling.csv").runs.values()
    assert [run["applicants"] for run in stored] == [100, 110, 120]
    assert all(run["first_s"] is not None and run["generate_s"] is not None for run in stored)
    monkeypatch.setattr(scaling, "done", lambda *_, **__: pytest.fail("run again"))
    assert scaling.main(words) == 0
    assert json.dumps(text) == json.dumps(page.read_text(encoding="utf-8"))
