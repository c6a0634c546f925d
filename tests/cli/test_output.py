"""What solving commands write: fields, separators, streams, and what may differ between runs."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import COMMAND, ENVIRONMENT

Command = Callable[..., Any]

TOP = {
    "schema_version", "outcome", "termination", "tiers", "value", "bound", "gap", "ties", "engine", "seed",
    "versions", "dataset_hash", "policy_hash", "ruleset", "reproducible", "run", "runtime_s",
}  # fmt: skip
OURS = {"dataset_id", "notice", "standing", "agreements"}


def result_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return content


def test_result_has_the_fields_of_the_contract(proposal: Path) -> None:
    result = result_of(proposal)
    assert result.keys() == TOP | OURS
    assert result["outcome"] in ("optimal", "feasible", "infeasible", "unknown")
    assert result["termination"] in ("completed", "time_limit", "gap_limit", "cancelled")
    assert result["run"].keys() == {"runtime_s", "history", "peak_memory_mb", "machine"}
    assert result["runtime_s"] == result["run"]["runtime_s"] > 0
    assert all({"time", "value", "bound"} <= moment.keys() for moment in result["run"]["history"])
    assert result["run"]["history"]
    assert {"tildeling", "python", "highspy", "ortools"} <= result["versions"].keys()
    assert re.fullmatch("[0-9a-f]{64}", result["dataset_hash"])
    assert re.fullmatch("[0-9a-f]{64}", result["policy_hash"])


def test_tiers_are_whole_numbers_with_their_gaps(proposal: Path) -> None:
    result = result_of(proposal)
    for tier in result["tiers"]:
        assert {"name", "sense", "value", "bound", "gap", "tolerance"} <= tier.keys()
        assert isinstance(tier["value"], int)
        assert isinstance(tier["bound"], int)
        assert tier["gap"] == abs(tier["value"] - tier["bound"]) / max(1, abs(tier["value"]))
        assert tier["tolerance"] == 0
        assert tier["value"] == sum(part["value"] * part["weight"] for part in tier["goals"])
    assert [result[key] for key in ("value", "bound", "gap")] == [
        result["tiers"][0][key] for key in ("value", "bound", "gap")
    ]
    assert result["outcome"] == "optimal"
    assert all(tier["gap"] == 0 for tier in result["tiers"])


def test_placements_are_semicolons_and_line_feeds(proposal: Path) -> None:
    content = (proposal / "placements.csv").read_bytes()
    assert content.startswith(b"applicant_id;unit_id;group_id;community_id;site_id;base_id\n")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    rows = list(csv.DictReader(content.decode("utf-8").splitlines(), delimiter=";"))
    assert len(rows) == 16
    assert [row["applicant_id"] for row in rows] == sorted(row["applicant_id"] for row in rows)
    assert rows[1] | {"unit_id": ""} == {
        "applicant_id": "s01", "unit_id": "", "group_id": "SOL-A", "community_id": "SOL-F", "site_id": "SOL",
        "base_id": "SOL-T",
    }  # fmt: skip


def test_deterministic_runs_are_byte_equal(tildeling: Command, small: Path, tmp_path: Path) -> None:
    _deterministic(tildeling, small, tmp_path)


@pytest.mark.slow
def test_deterministic_runs_of_a_work_day_are_byte_equal(
    tildeling: Command, small: Path, tmp_path: Path
) -> None:
    _deterministic(tildeling, small.parent / "tromso-vacancies", tmp_path)


def _deterministic(tildeling: Command, dataset: Path, tmp_path: Path) -> None:
    results = []
    for name in ("one", "two"):
        done = tildeling("allocate", dataset, "--deterministic", "--workers", 2, "--out", tmp_path / name)
        assert done.code == 0
        result = result_of(tmp_path / name)
        assert result["reproducible"]
        results.append({key: value for key, value in result.items() if key not in ("run", "runtime_s")})
    assert json.dumps(results[0]) == json.dumps(results[1])
    for file in ("placements.csv", "bases.csv"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_run_stopped_by_the_clock_is_not_reproducible(
    tildeling: Command, large: Path, tmp_path: Path
) -> None:
    done = tildeling("allocate", large, "--deterministic", "--time-limit", 2, "--out", tmp_path / "out")
    assert done.code == 0
    assert not result_of(tmp_path / "out")["reproducible"]
    assert result_of(tmp_path / "out")["termination"] == "time_limit"


def test_previous_is_kept_close_to(
    tildeling: Command, small: Path, document: dict[str, Any], proposal: Path, tmp_path: Path
) -> None:
    document["applicants"] = [row for row in document["applicants"] if row["applicant_id"] != "s16"]
    path = tmp_path / "later.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    same = tildeling("allocate", small, "--previous", proposal, "--out", tmp_path / "same")
    assert same.code == 0
    assert (tmp_path / "same" / "placements.csv").read_bytes() == (proposal / "placements.csv").read_bytes()
    later = tildeling("allocate", path, "--previous", proposal, "--out", tmp_path / "later")
    assert later.code == 0
    assert (tmp_path / "later" / "placements.csv").read_bytes() == (proposal / "placements.csv").read_bytes()


def test_results_go_to_stdout_and_progress_to_stderr(tildeling: Command, small: Path, tmp_path: Path) -> None:
    done = tildeling("allocate", small, "--lang", "en", "--out", tmp_path / "out")
    assert done.out.splitlines()[0] == "An invented example that can be solved by hand."
    assert "Proven optimal in every tier: 16 placed, 5 wait" in done.out
    assert done.out.splitlines()[-1] == str(tmp_path / "out" / "report.html")
    lines = done.err.splitlines()
    assert lines[0].startswith("compile, 0 s")
    assert [line.split(",")[0] for line in lines][-2:] == ["check", "write"]
    assert "\x1b" not in done.err + done.out
    assert "\r" not in done.err + done.out


def test_quiet_is_silent_on_stderr(tildeling: Command, small: Path, tmp_path: Path) -> None:
    done = tildeling("allocate", small, "--quiet", "--out", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    assert done.out


def test_the_log_level_is_followed(tildeling: Command, small: Path, tmp_path: Path) -> None:
    option = tildeling("allocate", small, "--quiet", "--log-level", "info", "--out", tmp_path / "out")
    assert "INFO tildeling" in option.err
    assert "INFO tildeling" in tildeling("check", small, TILDELING_LOG_LEVEL="info").err


def test_progress_changes_in_place_on_a_terminal(small: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "allocate", small, "--out", tmp_path / "out"],
        stdout=subprocess.PIPE, stderr=theirs, stdin=subprocess.DEVNULL, env=ENVIRONMENT | {"TERM": "xterm"},
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the other end was closed
                break
            if not piece:
                break
            shown += piece
        assert process.stdout
        out = process.stdout.read()
        assert process.wait(20) == 0
    os.close(ours)
    assert b"\x1b[2K" in shown  # a line is cleared and written anew
    assert b"solve" in shown
    assert b"\x1b" not in out
    assert b"Bevist best" in out


@pytest.mark.parametrize("words", [("allocate",), ("check",), ("schema",)])
def test_a_reader_that_leaves_is_no_error(small: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    more = {"allocate": (small, "--out", tmp_path / "out"), "check": (small,), "schema": ()}[words[0]]
    command = " ".join(map(str, (COMMAND, *words, *more)))
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1; echo ${{PIPESTATUS[0]}}"], capture_output=True, text=True,
        env=ENVIRONMENT,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "0"
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert words != ("allocate",) or (tmp_path / "out" / "report.html").exists()


def test_progress_that_nobody_reads_stops_nothing(small: Path, tmp_path: Path) -> None:
    command = (
        f"{COMMAND} allocate {small} --out {tmp_path / 'out'} 2>&1 >/dev/null | true; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENVIRONMENT)
    assert (done.stdout, done.stderr) == ("0\n", "")
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "1>&- 2>&- 0<&-"])
def test_closed_streams_stop_nothing(small: Path, tmp_path: Path, closed: str) -> None:
    command = f"{COMMAND} allocate {small} --out {tmp_path / 'out'} {closed}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENVIRONMENT)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert (tmp_path / "out" / "report.html").exists()


def test_letters_the_terminal_lacks_are_no_error(tildeling: Command, small: Path) -> None:
    done = tildeling("check", small, PYTHONIOENCODING="ascii")
    assert done.code in (0, 1)
    assert not done.traceback


@pytest.mark.slow
@pytest.mark.parametrize("limit", [3, 10])
@pytest.mark.parametrize("engine", ["auto", "cpsat"])
def test_the_time_limit_is_kept(
    tildeling: Command, large: Path, tmp_path: Path, engine: str, limit: int
) -> None:
    begun = time.monotonic()
    done = tildeling("allocate", large, "--engine", engine, "--time-limit", limit, "--out", tmp_path / "out")
    assert time.monotonic() - begun <= 1.1 * limit + 10  # the machine does other work too
    assert done.code == 0
    result = result_of(tmp_path / "out")
    assert (result["outcome"], result["termination"]) == ("feasible", "time_limit")
    assert tildeling("check", large, tmp_path / "out").code == 0
