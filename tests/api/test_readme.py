"""The examples of api/README.md, run as they stand."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from .test_serve import headers, home, server

__all__ = ["headers", "home"]

ROOT = Path(__file__).parents[2]


def example(language: str) -> str:
    found = re.findall(
        rf"```{language}\n(.*?)```", (ROOT / "api" / "README.md").read_text(encoding="utf-8"), re.S
    )
    assert len(found) == 1
    return str(found[0])


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the examples need of a clone, with the interpreter's own programs first on the path."""
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    return tmp_path


def test_the_shell_s(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    monkeypatch.delenv("TILDELING_DATABASE_URL", raising=False)
    lines = example("sh").replace("8000", str(port))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines], cwd=clone, capture_output=True, text=True, timeout=300
    )
    assert done.returncode in (0, 143), done.stderr
    assert '"state":"done"' in done.stdout
    assert '"placements"' in done.stdout
    assert (clone / "report.html").stat().st_size > 10_000


def test_python_s(
    clone: Path, headers: dict[str, str], small_json: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clone / "small.json").write_bytes(small_json)
    monkeypatch.chdir(clone)
    token = headers["authorization"].removeprefix("Bearer ")
    with server() as (_, address):
        exec(example("python").replace("http://127.0.0.1:8000", address), {"token": token})
    assert (clone / "report.html").stat().st_size > 10_000
