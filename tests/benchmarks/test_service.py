"""The benchmark of the service runs, on a tiny load, and loses nothing."""

from __future__ import annotations

import pytest
from benchmarks import service


@pytest.mark.slow
def test_every_load_in_small(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("TILDELING_DATABASE_URL", raising=False)
    assert service.main(["--smoke"]) == 0
    shown = capsys.readouterr().out
    for load in ("idle", "solving", "3 clients"):
        assert f"| SQLite | {load} |" in shown


def test_a_job_that_failed_is_lost() -> None:
    seen = service.Seen(seconds=[0.001, 0.002], memory=[1.0, 2.0])
    seen.statuses.update([200, 429])
    found = service.row("SQLite", "2 clients", 1.0, seen, service.Counter(done=2, failed=1, lost=1))
    assert (found["jobs"], found["lost"], found["refused"], found["per_s"]) == (4, 2, 1, 2.0)
