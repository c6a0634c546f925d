"""A service of the tests' own: real processes, real signals, on loopback; what is started is ended by its own pid."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from sqlalchemy import select, text

from tildeling_api.client import Client, Refused
from tildeling_api.crew import FOLDER as CREW
from tildeling_api.jobs.queue import FILE as QUEUE_FILE
from tildeling_api.jobs.states import ENDED
from tildeling_api.store.database import WRITERS, Database
from tildeling_api.store.tables import Event, Job, JobFile, Worker

LOOK_S = 0.2
START_S = 120.0
"""Seconds that anything may take to begin, on a machine that others use too."""

END_S = 90.0
"""Seconds that a process may take to leave, and a worker's children to see that they are alone."""

LONG_S = 240.0
"""Seconds that a job may take, with all that is done to it."""

MARK = "TILDELING_FAULTS"
"""A variable in the environment of all that a service starts, by which it is found again."""

T = TypeVar("T")


class Service:
    """The commands ``serve`` and ``worker`` on one database, as an operator starts them.

    Parameters
    ----------
    url
        The database.
    place
        A folder for the log.
    """

    def __init__(self, url: str, place: Path, **variables: str) -> None:
        self.url, self.mark, self.port = url, uuid4().hex, 0
        self.log = place / "log"
        self.temporary = Path(
            tempfile.mkdtemp(prefix="tld-jobs-")
        )  # as short a name as it has where people run it
        self.environment = os.environ | {
            "LANG": "C.UTF-8", "TILDELING_DATABASE_URL": url, "TMPDIR": str(self.temporary), MARK: self.mark,
        } | variables  # fmt: skip
        self.database = Database(url)
        self._started: list[subprocess.Popen[str]] = []

    @property
    def address(self) -> str:
        """Where it is; the same after it was started again."""
        return f"http://127.0.0.1:{self.port}"

    # --- started ---------------------------------------------------------------------------------------

    def serve(self, *options: str) -> subprocess.Popen[str]:
        """The interface, once it answers; a second time on the same port."""
        process = self._start("serve", "--port", str(self.port), *options, stdout=subprocess.PIPE)
        assert process.stdout
        found = re.match(r"http://127\.0\.0\.1:(\d+)/v1$", process.stdout.readline())
        assert found, self.said()
        self.port = int(found[1])
        self.until(self.answers, "the interface answers", START_S)
        return process

    def worker(self, *options: str) -> subprocess.Popen[str]:
        """A worker that stands alone, once it is counted on."""
        name = uuid4().hex
        process = self._start("worker", "--name", name, *options, stdout=subprocess.DEVNULL)
        self.until(lambda: _worker(self.database, name) is not None, "a worker is counted on", START_S)
        return process

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself."""
        return subprocess.run(
            [sys.executable, "-m", "tildeling", *words],
            env=self.environment, capture_output=True, text=True, timeout=START_S,
        )  # fmt: skip

    def _start(self, *words: str, stdout: int) -> subprocess.Popen[str]:
        with self.log.open("a") as log:
            process = subprocess.Popen(
                # jobs step back by ten: so they have their share where others use the machine too, if root tests
                ["nice", "-n", "-10", sys.executable, "-m", "tildeling", *words],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=stdout, stderr=log, text=True,
            )  # fmt: skip
        self._started.append(process)
        return process

    # --- found -----------------------------------------------------------------------------------------

    def answers(self) -> bool:
        """Whether the interface does."""
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.address}/v1/health", timeout=2).status_code == 200
        return False

    def processes(self, words: str = "") -> list[int]:
        """Processes that this service started, or that these did, by a part of their command line."""
        found = []
        for each in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"{MARK}={self.mark}\0".encode() in (each / "environ").read_bytes():
                    line = (each / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    if words in line:
                        found.append(int(each.name))
        return sorted(found)

    def workers(self) -> list[int]:
        """Processes that take jobs."""
        return self.processes("-m tildeling worker")

    def children(self, worker: int | None = None) -> list[int]:
        """Processes that do one job each; of one worker if it is named."""
        found = self.processes("-m tildeling_api.jobs.child")
        return found if worker is None else [pid for pid in found if _parent(pid) == worker]

    def folders(self) -> list[str]:
        """Folders of jobs, and of what the crew does, that lie about."""
        place = Path(self.environment["TMPDIR"])
        found = [*place.glob("tildeling-job-*"), *place.glob(f"{CREW}*/*")]
        return sorted(str(each.relative_to(place)) for each in found)

    def said(self) -> str:
        """The end of the log."""
        return self.log.read_text(errors="replace")[-6000:]

    def complaints(self) -> list[str]:
        """What no fault from outside may bring forth: errors that nobody foresaw."""
        foreseen = ("unexpected error", "Exception in ASGI application")
        return [line for line in self.log.read_text().splitlines() if any(word in line for word in foreseen)]

    # --- waited for ------------------------------------------------------------------------------------

    def until(self, holds: Callable[[], T], what: str, seconds: float) -> T:
        """What comes of a condition once it holds; with the log where it does not in time."""
        end = time.monotonic() + seconds
        while not (found := holds()):
            assert time.monotonic() < end, f"not in {seconds} s: {what}\n{self.said()}"
            time.sleep(LOOK_S)
        return found

    def insist(self, ask: Callable[[], T], seconds: float = START_S) -> T:
        """An answer, as one who asks again when the service is away or says that it cannot just now."""
        end = time.monotonic() + seconds
        while True:
            try:
                return ask()
            except httpx.TransportError as error:
                refused: Exception = error
            except Refused as error:
                if error.problem.status not in (429, 503, 507):
                    raise
                refused = error
            assert time.monotonic() < end, f"{refused}\n{self.said()}"
            time.sleep(LOOK_S)

    def client(self, token: str) -> Client:
        """Someone who asks."""
        return Client(self.address, token)

    def running(self, job: str, seconds: float = LONG_S) -> Job:
        """A job that is being solved just now."""
        return self.until(lambda: _if(self.job(job), lambda it: it.progress is not None), "it runs", seconds)

    def ended(self, job: str, seconds: float) -> Job:
        """A job that has ended."""
        return self.until(lambda: _if(self.job(job), lambda it: it.state in ENDED), "it has ended", seconds)

    def job(self, job: str) -> Job:
        """A job as its table has it."""
        with self.database.reading() as session:
            return session.scalars(select(Job).where(Job.id == job)).one()

    def alone(self) -> None:
        """Until those have left whose worker is gone, with the folders of their jobs."""
        try:
            self.until(
                lambda: not self.children() and not self.folders(), "children and folders are gone", END_S
            )
        except AssertionError as error:
            raise AssertionError(f"{self.children()} and {self.folders()} are left") from error

    # --- ended -----------------------------------------------------------------------------------------

    def leave(self, process: subprocess.Popen[str]) -> int:
        """Ask a process to end, and wait; its code."""
        process.terminate()
        return process.wait(END_S)

    def kill(self, process: subprocess.Popen[str]) -> None:
        """End a process that we started, as nothing but the kernel does."""
        process.kill()
        process.wait()

    def hang(self, *pids: int) -> None:
        """Stop processes where they are, but not while they keep all others from writing.

        A process that is stopped with SQLite's lock in its hand holds everybody up until it is ended; with
        PostgreSQL's, until the server ends its session.  That is another test's matter.
        """
        for pid in pids:
            end(pid, signal.SIGSTOP)
            while not self._writable():
                end(pid, signal.SIGCONT)
                time.sleep(LOOK_S)
                end(pid, signal.SIGSTOP)

    def _writable(self) -> bool:
        if not self.database.lite:
            with self.database.engine.begin() as connection:
                return bool(connection.scalar(text(f"SELECT pg_try_advisory_xact_lock({WRITERS})")))
        path = Path(self.database.engine.url.database or "")
        for each in (path, path.with_name(QUEUE_FILE)):
            with closing(sqlite3.connect(each, timeout=2, isolation_level=None)) as connection:
                try:
                    connection.execute("BEGIN EXCLUSIVE")
                except sqlite3.OperationalError:
                    return False
        return True

    def close(self) -> None:
        """End what is left, each by its own number."""
        while left := self.processes():
            for pid in left:
                end(pid)
        for process in self._started:
            process.wait()
            if process.stdout:
                process.stdout.close()
        self.database.close()
        shutil.rmtree(self.temporary)


@contextmanager
def started(service: Service) -> Iterator[Service]:
    """A service of which nothing stays, and whose log is free of what nobody foresaw."""
    try:
        yield service
    finally:
        service.close()
    assert not service.complaints(), service.complaints()


def end(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to a process that may be gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _parent(pid: int) -> int | None:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return None


def _worker(database: Database, name: str) -> Worker | None:
    with database.reading() as session:
        return session.get(Worker, name)


def _if(found: T, holds: Callable[[T], bool]) -> T | None:
    return found if holds(found) else None


def status_of(ask: Callable[[], object]) -> int | None:
    """The status of the problem that is answered; None if it is none."""
    try:
        ask()
    except Refused as refused:
        return refused.problem.status
    return None


def ask_long(service: Service, token: str, documents: Path, seconds: float = 20.0) -> str:
    """A job that takes all of its time."""
    with service.client(token) as client:
        dataset = client.keep(documents / "long.json").id
        return client.ask("rota", dataset=dataset, time_limit=seconds).id


def ask_small(service: Service, token: str, documents: Path) -> str:
    """A job of moments."""
    with service.client(token) as client:
        return client.ask("allocation", dataset=client.keep(documents / "small.json").id, engine="mip").id


# --- what must hold afterwards -------------------------------------------------------------------------


def ends(service: Service) -> dict[str, int]:
    """How often each job ended, as the trail has it."""
    counted: dict[str, int] = {}
    with service.database.reading() as session:
        for job in session.scalars(select(Event.subject).where(Event.action == "job.ended")):
            counted[job] = counted.get(job, 0) + 1
    return counted


def files(service: Service, job: str) -> dict[str, int]:
    """What a job made, by name, with its size."""
    with service.database.reading() as session:
        found = session.execute(select(JobFile.name, JobFile.size).where(JobFile.job_id == job)).all()
    return dict(found)


def whole(service: Service) -> None:
    """The trail is one chain, and the files of SQLite are sound."""
    checked = service.command("audit")
    assert (checked.returncode, "lines are whole" in checked.stdout) == (0, True), checked
    if service.url.startswith("sqlite"):
        path = Path(service.url.removeprefix("sqlite:///"))
        for each in (path, path.with_name(QUEUE_FILE)):
            with sqlite3.connect(each) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], each
            connection.close()


def ended_once(service: Service, jobs: Mapping[str, Any] | list[str]) -> None:
    """Each of these is done, and ended once."""
    counted = ends(service)
    with service.database.reading() as session:
        states = dict(session.execute(select(Job.id, Job.state)).all())
    assert {job: (states[job], counted.get(job)) for job in jobs} == dict.fromkeys(jobs, ("done", 1))
