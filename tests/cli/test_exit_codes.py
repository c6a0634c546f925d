"""Every exit code of the contract, and that bad input or usage writes nothing and shows no traceback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


def test_0_a_solution_was_written(proposal: Path) -> None:
    assert sorted(path.name for path in proposal.iterdir()) == [
        "allocation.xlsx", "bases.csv", "placements.csv", "report.html", "result.json",
    ]  # fmt: skip


def test_1_a_check_found_breaches(tildeling: Command, small: Path, proposal: Path, tmp_path: Path) -> None:
    lines = (proposal / "placements.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    moved = [line.replace(";SOL-B-01;", ";SOL-A-02;") for line in lines]
    assert moved != lines
    (tmp_path / "placements.csv").write_text("".join(moved), encoding="utf-8")
    done = tildeling("check", small, tmp_path, "--lang", "en")
    assert done.code == 1
    assert "SOL-A-02" in done.out
    assert not done.traceback
    found = json.loads(tildeling("check", small, tmp_path, "--json", "--lang", "en").out)
    assert not found["ok"]
    assert found["breaches"][0]["requirement"].startswith("H")


def test_2_every_fault_of_every_table_at_once(tildeling: Command, small: Path, tmp_path: Path) -> None:
    spoilt = shutil.copytree(small, tmp_path / "spoilt")
    applicants = spoilt / "applicants.csv"
    rows = applicants.read_text(encoding="utf-8-sig").splitlines()
    rows[1] = rows[1].replace(";40;", ";old;", 1)
    rows[17] = rows[17].replace("s17;", "s16;", 1)
    applicants.write_text("\n".join(rows) + "\n", encoding="utf-8")
    units = spoilt / "units.csv"
    units.write_text(
        units.read_text(encoding="utf-8").replace("MID-01;MID;", "MID-01;NID;"), encoding="utf-8"
    )
    done = tildeling("allocate", spoilt, "--out", tmp_path / "out")
    assert done.code == 2
    assert done.out == ""
    for words in ("applicants.csv row 2 'age'", "applicants.csv row 18 'applicant_id'", "units.csv row"):
        assert words in done.err
    assert "3 fault(s); nothing was written" in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--bogus",), "--bogus"),
        (("--engine", "magic"), "magic: is not one of auto, mip"),
        (("--engine", "mip-gurobi"), "mip-gurobi"),
        (("--time-limit", "0"), "--time-limit"),
        (("--time-limit", "nan"), "--time-limit"),
        (("--gap", "2"), "--gap"),
        (("--workers", "0"), "--workers"),
        (("--seed", "-1"), "--seed"),
        (("--lang", "sv"), "--lang"),
        (("--log-level", "loud"), "--log-level"),
        (("--previous", "nowhere"), "nowhere"),
    ],
)
def test_2_options_that_cannot_be(
    tildeling: Command, small: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    done = tildeling("allocate", small, "--out", tmp_path / "out", *options)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""
    assert not done.traceback
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [(), ("allocate",), ("nonsense",), ("check",), ("explain", "x")])
def test_2_command_lines_that_cannot_be(tildeling: Command, words: tuple[str, ...]) -> None:
    done = tildeling(*words)
    assert done.code == 2
    assert not done.traceback


def test_2_sources_that_cannot_be_read(tildeling: Command, tmp_path: Path, small: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "data.txt").write_text("nothing", encoding="utf-8")
    (tmp_path / "data.xlsx").write_text("nothing", encoding="utf-8")
    (tmp_path / "data.json").write_text("{", encoding="utf-8")
    for name in ("nowhere", "empty", "data.txt", "data.xlsx", "data.json"):
        done = tildeling("check", tmp_path / name)
        assert done.code == 2
        assert name in done.err or "lacks the table" in done.err
        assert not done.traceback
    assert tildeling("allocate", tmp_path / "nowhere", "--out", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()
    done = tildeling("check", small, tmp_path / "empty")
    assert done.code == 2
    assert "placements.csv" in done.err


def test_2_a_log_level_of_the_environment_that_is_none(tildeling: Command, small: Path) -> None:
    done = tildeling("check", small, TILDELING_LOG_LEVEL="loud")
    assert done.code == 2
    assert "loud" in done.err
    assert not done.traceback


@pytest.mark.parametrize("engine", ["auto", "mip", "cpsat"])
def test_3_proven_infeasible(tildeling: Command, impossible: Path, tmp_path: Path, engine: str) -> None:
    done = tildeling("allocate", impossible, "--engine", engine, "--out", tmp_path / "out")
    assert done.code == 3
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["result.json"]
    result = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert result["outcome"] == "infeasible"
    assert result["value"] is None
    assert result["gap"] is None
    assert "infeasible" in done.out


def test_4_nothing_found_in_time(tildeling: Command, impossible: Path, tmp_path: Path) -> None:
    done = tildeling("allocate", impossible, "--time-limit", "0.1", "--out", tmp_path / "out")
    assert done.code == 4
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["result.json"]
    result = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert (result["outcome"], result["termination"]) == ("unknown", "time_limit")
    assert all(tier["bound"] is not None and tier["value"] is None for tier in result["tiers"])


def test_4_a_baseline_that_finds_nothing(tildeling: Command, impossible: Path, tmp_path: Path) -> None:
    assert tildeling("allocate", impossible, "--engine", "queue", "--out", tmp_path / "out").code == 4


def test_help_names_every_command(tildeling: Command) -> None:
    done = tildeling("--help")
    assert done.code == 0
    for name in ("allocate", "check", "explain", "candidates", "compare", "report", "template", "convert"):
        assert name in done.out
