"""Every example in README.md runs as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


@pytest.fixture
def in_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_python_examples(in_copy: Path) -> None:
    for block in blocks("python"):
        subprocess.run([sys.executable, "-c", block], check=True, timeout=120, cwd=in_copy)


def test_commands(in_copy: Path) -> None:
    lines = [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]
    assert len(lines) >= 5
    command = Path(sys.executable).with_name("tildeling")
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "tildeling"
        done = subprocess.run([command, *words[1:]], cwd=in_copy, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, (line, done.stderr)
    assert (in_copy / "out/readme/report.html").exists()


def test_make_targets_named_in_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = [
        line.split()[1] for block in blocks("sh") for line in block.splitlines() if line.startswith("make ")
    ]
    assert targets == ["demo", "test"]
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M)
