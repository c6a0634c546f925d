"""``tildeling solve`` and ``tildeling evaluate`` as processes of their own, with engines of the tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "instances" / "rota-published" / "curtois"
COMMAND = ROOT / "tests" / "probes" / "probe_command.py"
ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if not key.startswith("TILDELING")},
    "LANG": "C.UTF-8",
}


def command(*words: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, COMMAND, *map(str, words)], capture_output=True, text=True, timeout=60,
        env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


def solve(file: Path, out: Path, engine: str, *more: object) -> subprocess.CompletedProcess[str]:
    words = (
        "solve",
        file,
        "--format",
        "curtois",
        "--engine",
        f"probe-{engine}",
        "--out",
        out,
        "--lang",
        "en",
    )
    return command(*words, *more)


def result(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "result.json").read_text(encoding="utf-8"))
    return found


def test_0_roster_and_result_are_written_and_judged_alike(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = solve(SMALL / "tiny.txt", out, "exhaustive", "--seed", 5)
    assert done.returncode == 0, done.stderr
    assert "Proven optimal in every tier: value 2, lower bound 2" in done.stdout
    assert sorted(os.listdir(out)) == ["result.json", "roster.tsv"]
    found = result(out)
    assert (found["value"], found["bound"], found["gap"], found["seed"]) == (2, 2, 0.0, 5)
    judged = command("evaluate", SMALL / "tiny.txt", out, "--format", "curtois", "--lang", "en")
    assert judged.returncode == 0
    assert judged.stdout.splitlines()[0] == "Value 2"
    assert "Breaches: 0" in judged.stdout


def test_1_evaluate_names_every_breach(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("Ada\tD\tD\tD\t\nBo\tD\t\t\tD\n", encoding="utf-8")
    done = command("evaluate", SMALL / "tiny.txt", path, "--format", "curtois", "--lang", "en")
    assert done.returncode == 1
    for words in (
        "Ada works D on day 1, which is a day off", "Ada works 1440 minutes; at most 960",
        "Ada works 3 days in a row from day 0; at most 2", "Breaches: 3",
    ):  # fmt: skip
        assert words in done.stdout
    found = json.loads(command("evaluate", SMALL / "tiny.txt", path, "--format", "curtois", "--json").stdout)
    assert (found["ok"], found["value"], len(found["breaches"])) == (False, 2, 3)
    assert found["parts"] == {"on_requests": 0, "off_requests": 1, "cover_under": 0, "cover_over": 1}


def test_previous_is_where_an_engine_begins(tmp_path: Path) -> None:
    """Worse than the optimum, so that a fresh search would not return it."""
    path = tmp_path / "roster.tsv"
    path.write_text("Ada\tD\t\t\tD\nBo\tD\tD\t\t\n", encoding="utf-8")
    done = solve(SMALL / "tiny.txt", tmp_path / "out", "keeps", "--previous", tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "roster.tsv").read_bytes() == path.read_bytes()
    path.write_text("Ada\tD\tD\t\t\nBo\tD\tD\t\t\n", encoding="utf-8")
    done = solve(SMALL / "tiny.txt", tmp_path / "more", "keeps", "--previous", path)
    assert done.returncode == 2
    assert "--previous: breaks 1 hard limit(s): Ada works D on day 1, which is a day off" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "xml"), "--format xml: is not one of curtois"),
        (("--format", "curtois", "--engine", "magic"), "--engine magic: is not one of auto"),
        (("--format", "curtois", "--gap", "2"), "--gap"),
        ((), "--format"),
    ],
)
def test_2_usage(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = command("solve", SMALL / "tiny.txt", "--out", tmp_path / "out", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


def test_2_every_fault_of_a_file(tmp_path: Path) -> None:
    text = (SMALL / "tiny.txt").read_text(encoding="utf-8")
    spoilt = tmp_path / "spoilt.txt"
    spoilt.write_text(text.replace("D,480,", "D,x,").replace("Ada,1", "Ada,9"), encoding="utf-8")
    done = solve(spoilt, tmp_path / "out", "exhaustive")
    assert done.returncode == 2
    assert "spoilt.txt line 8 SECTION_SHIFTS 'Length in mins'" in done.stderr
    assert "2 fault(s); nothing was written" in done.stderr
    assert not (tmp_path / "out").exists()


def test_2_a_folder_with_other_things_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "placements.csv").write_text("mine", encoding="utf-8")
    done = solve(SMALL / "tiny.txt", tmp_path / "out", "exhaustive", "--force")
    assert done.returncode == 2
    assert "placements.csv" in done.stderr


def test_3_proven_infeasible(tmp_path: Path) -> None:
    done = solve(SMALL / "impossible.txt", tmp_path / "out", "exhaustive")
    assert done.returncode == 3
    assert os.listdir(tmp_path / "out") == ["result.json"]
    assert result(tmp_path / "out")["outcome"] == "infeasible"


def test_4_a_child_that_died_with_nothing(tmp_path: Path) -> None:
    done = solve(SMALL / "tiny.txt", tmp_path / "out", "killed_at_once")
    assert done.returncode == 4
    assert "probe-killed_at_once failed: it ended with code -9" in done.stderr
    assert not (tmp_path / "out").exists()


def test_70_a_solution_the_checker_refuses_is_not_written(tmp_path: Path) -> None:
    done = solve(SMALL / "tiny.txt", tmp_path / "out", "breaks")
    assert done.returncode == 70
    assert "the checker rejected the engine's solution: Ada works D on day 1" in done.stderr
    assert not (tmp_path / "out").exists()


def test_130_a_child_that_died_leaves_its_best(tmp_path: Path) -> None:
    done = solve(SMALL / "tiny.txt", tmp_path / "out", "killed")
    assert done.returncode == 130
    assert "the best solution so far is kept" in done.stderr
    assert result(tmp_path / "out")["outcome"] == "feasible"


def test_130_ctrl_c_keeps_the_best_so_far(tmp_path: Path) -> None:
    out, errors = tmp_path / "out", tmp_path / "errors.txt"
    with errors.open("w") as file, subprocess.Popen(
        [sys.executable, COMMAND, "solve", SMALL / "tiny.txt", "--format", "curtois", "--engine",
         "probe-waits", "--out", out],
        stderr=file, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=ENVIRONMENT,
    ) as process:  # fmt: skip
        end = time.monotonic() + 30
        while "solve, tier cost, value" not in errors.read_text(encoding="utf-8"):
            assert time.monotonic() < end, errors.read_text(encoding="utf-8")
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert sorted(os.listdir(out)) == ["result.json", "roster.tsv"]
    assert (result(out)["outcome"], result(out)["termination"]) == ("feasible", "cancelled")
    assert command("evaluate", SMALL / "tiny.txt", out, "--format", "curtois").returncode == 0


def test_a_time_limit_is_kept(tmp_path: Path) -> None:
    done = solve(SMALL / "tiny.txt", tmp_path / "out", "waits", "--time-limit", 3)
    assert done.returncode == 0
    found = result(tmp_path / "out")
    assert (found["outcome"], found["termination"]) == ("feasible", "time_limit")
    assert found["run"]["runtime_s"] < 3 * 1.1 + 5
