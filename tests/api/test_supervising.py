"""Workers beside the interface are watched."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tildeling_api.jobs import supervising
from tildeling_api.jobs.supervising import supervised
from tildeling_api.store.database import Database

HOLDS = """
import sqlite3, sys, time
from pathlib import Path

place, name = Path(sys.argv[1]), sys.argv[sys.argv.index("--name") + 1]
connection = sqlite3.connect(place / "service.db", isolation_level=None, timeout=30)
new = "INSERT INTO workers (id, beat, started_at, seen_at) VALUES (?, 1, '2026-01-01', '2026-01-01')"
connection.execute(new, [name])
(place / "begun").open("a").write(name + "\\n")
if len((place / "begun").read_text().split()) == 1:
    connection.execute("BEGIN IMMEDIATE")
time.sleep(600)
"""


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_worker_that_hangs_with_the_lock_in_its_hand_is_ended(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "COMMAND", ("-c", HOLDS, str(tmp_path)))
    monkeypatch.setattr(supervising, "HANGS_S", 1.0)
    monkeypatch.setattr(supervising, "TICK_S", 0.2)
    monkeypatch.setattr(supervising, "END_S", 0.2)
    begun = tmp_path / "begun"
    with supervised(database, 1):
        until = time.monotonic() + 60
        # the second is one that took its place
        while not begun.exists() or len(begun.read_text().split()) < 2:
            assert time.monotonic() < until
            time.sleep(0.1)
