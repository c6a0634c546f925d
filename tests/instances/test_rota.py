"""Rota instances read without faults, are what the script makes, and hold what README.md says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tildeling import read_rota

NAMES = ("community-24", "night-18", "small-8", "live-in-8", "pool-60", "impossible-4")
Script = Callable[[str], ModuleType]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def test_the_script_reproduces_every_folder(script: Script, instances: Path, tmp_path: Path) -> None:
    script("rota/make.py").main([str(tmp_path)])
    assert {path.name for path in tmp_path.iterdir()} == set(NAMES)
    for name in NAMES:
        assert files(tmp_path / name) == files(instances / "rota" / name), name


@pytest.mark.parametrize("name", NAMES)
def test_each_reads_back_as_made(name: str, script: Script, instances: Path) -> None:
    data = read_rota(instances / "rota" / name)
    assert data.info.dataset_id == name
    assert data.faults() == []
    made = {make().name: make for make in script("rota/make.py").INSTANCES}[name]().made()
    assert data.digest() == made.digest()
    assert "Konstruerte" in data.info.notice_nb
    assert len(data.staff) == int(name.rpartition("-")[2])
