"""A clock that jumps, forwards and back, in mid-job."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from tildeling_api.access.accounts import Accounts, now
from tildeling_api.access.roles import Role
from tildeling_api.store.tables import Job

from .service import LONG_S, Service, ask_long, ask_small, ended_once, started, status_of, whole

pytestmark = pytest.mark.slow

SLEEP = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""
"""For every Python that is started: libfaketime to 0.9.10 breaks the system call of Python's own since 3.11 where the
clock that cannot jump is left alone (github.com/wolfcw/libfaketime/issues/426)."""

HOURS = 3
LASTING = 2
"""Hours that a token lasts which the jump ends."""


class FalseClock:
    """The clock of processes that are started with it."""

    def __init__(self, folder: Path) -> None:
        libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not libraries:
            missing = pytest.fail if os.environ.get("CI_HAS_POSTGRESQL") else pytest.skip
            missing(
                "needs libfaketime (apt install libfaketime); .ci/run installs it and asks for these tests"
            )
        self._file = folder / "clock"
        self.set(0)
        sleep = folder / "sleep"
        sleep.mkdir()
        (sleep / "sitecustomize.py").write_text(SLEEP)
        self.environment = {
            "LD_PRELOAD": str(libraries[0]), "FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(sleep), os.environ.get("PYTHONPATH")))),
        }  # fmt: skip

    def set(self, hours: int) -> None:
        """Let it be so many hours later than it is."""
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{hours * 3600:+d}\n")
        beside.replace(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> FalseClock:
    return FalseClock(tmp_path)


def lasting(service: Service, hours: int) -> str:
    """A token that has so long yet."""
    begun = Accounts(service.database, lambda: now() - dt.timedelta(hours=24 - hours))
    return begun.add("default", "somebody else", Role.RESEARCHER, days=1)[1].secret


def good(service: Service, token: str) -> bool:
    """Whether the service takes a token."""
    with service.client(token) as client:
        status = status_of(client.me)
    assert status in (None, 401)
    return status is None


def off(moment: dt.datetime | None) -> int:
    """How many hours later than now a moment of now is."""
    assert moment
    return round((moment - now()).total_seconds() / 3600)


def test_a_clock_that_jumps_harms_no_job(
    address: str, token: str, clock: FalseClock, documents: Path, tmp_path: Path
) -> None:
    with started(Service(address, tmp_path, **clock.environment)) as service:
        short = lasting(service, LASTING)
        service.serve()

        def jumped(hours: int) -> Job:
            """A job in whose midst the clock is set."""
            job = ask_long(service, token, documents, 5)
            service.running(job)
            workers = service.workers()
            clock.set(hours)
            assert good(service, token)
            assert good(service, short) == (hours < LASTING)
            done = service.ended(job, LONG_S)
            assert (done.state, done.attempt, done.lost, service.workers()) == ("done", 1, 0, workers)
            with service.client(token) as client:
                assert 4 < client.result(job)["runtime_s"] < LONG_S
            return done

        assert good(service, short)
        later = jumped(HOURS)
        assert [off(each) for each in (later.created_at, later.started_at, later.ended_at)] == [0, 0, HOURS]
        back = jumped(0)
        assert [off(each) for each in (back.created_at, back.started_at, back.ended_at)] == [HOURS, HOURS, 0]
        after = ask_small(service, token, documents)
        assert service.ended(after, LONG_S).state == "done"
        ended_once(service, [later.id, back.id, after])
        service.alone()
        whole(service)
