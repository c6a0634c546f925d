"""models/README.md on a new engine, followed to the letter: a file and an entry, and every command knows it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the models with the file and the entry that the text shows."""
    text = (ROOT / "models" / "README.md").read_text(encoding="utf-8").partition("### A new engine\n")[2]
    found = re.search(
        r"`models/(tildeling_models/grouping/\w+\.py)`.*?```python\n(.*?)```.*?```\n(.*?)```", text, re.S
    )
    assert found
    copy = tmp_path_factory.mktemp("models")
    shutil.copytree(
        ROOT / "models" / "tildeling_models",
        copy / "tildeling_models",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (copy / found[1]).write_text(found[2], encoding="utf-8")
    registry = copy / "tildeling_models" / "grouping" / "engines.py"
    before = registry.read_text(encoding="utf-8")
    last = '    "deferred": ("tildeling_models.grouping.baselines", "solve_deferred"),\n'
    assert last in before
    registry.write_text(before.replace(last, last + found[3]), encoding="utf-8")
    return copy


def command(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(copy), str(ROOT / "src"), str(ROOT / "api")])
    return subprocess.run(
        [sys.executable, "-m", "tildeling", *words], capture_output=True, text=True, timeout=120,
        env=os.environ | {"PYTHONPATH": path, "NUMBA_CACHE_DIR": str(copy)},
    )  # fmt: skip


def test_it_allocates_and_is_checked(followed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = command(
        followed,
        "allocate",
        str(ROOT / "instances" / "small"),
        "--engine",
        "restarts",
        "--out",
        str(out),
        "--quiet",
    )
    assert done.returncode == 0, done.stderr
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert (result["engine"], result["outcome"]) == ("restarts", "feasible")
    checked = command(followed, "check", str(ROOT / "instances" / "small"), str(out))
    assert checked.returncode == 0


def test_it_is_as_good_as_the_meeting_it_repeats(followed: Path, tmp_path: Path) -> None:
    values = []
    for engine in ("restarts", "vacancy"):
        out = tmp_path / engine
        command(
            followed,
            "allocate",
            str(ROOT / "instances" / "small"),
            "--engine",
            engine,
            "--out",
            str(out),
            "--quiet",
        )
        result = json.loads((out / "result.json").read_text(encoding="utf-8"))
        values.append([tier["value"] for tier in result["tiers"]])
    assert values[0] <= values[1]


def test_without_the_entry_it_is_not_known(tmp_path: Path) -> None:
    done = command(ROOT / "models", "allocate", str(ROOT / "instances" / "small"), "--engine", "restarts")
    assert done.returncode == 2
    assert "is not one of" in done.stderr
