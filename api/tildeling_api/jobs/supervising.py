"""Workers beside the interface: started with it, started again when they end or hang, and ended with it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from tildeling_api.access.accounts import new_id, now
from tildeling_api.jobs.attempts import dismiss
from tildeling_api.jobs.doing import GRACE_S
from tildeling_api.jobs.janitor import TICK_S, Beats
from tildeling_api.problems import places
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Worker

COMMAND: tuple[str, ...] = ("-m", "tildeling", "worker")
"""What Python is told to run."""

END_S = GRACE_S + 10
"""Seconds a worker has to leave in order."""

HANGS_S = 60.0
"""Seconds without a beat after which a worker is ended though nobody can write: it may be what holds the lock."""

log = logging.getLogger(__name__)


@contextmanager
def supervised(database: Database, number: int) -> Iterator[None]:
    """So many workers as long as the block runs; they leave as well if this process is killed."""
    stop = threading.Event()
    watchers = [threading.Thread(target=_Watch(database, stop).run, daemon=True) for _ in range(number)]
    for each in watchers:
        each.start()
    try:
        yield
    finally:
        stop.set()
        for each in watchers:
            each.join(END_S + 2 * TICK_S)


class _Watch:
    """One worker after another."""

    def __init__(self, database: Database, stop: threading.Event) -> None:
        self._database, self._stop = database, stop

    def run(self) -> None:
        """Until told to stop."""
        while not self._stop.is_set():
            name = new_id()
            with subprocess.Popen(
                [sys.executable, *COMMAND, "--name", name, "--leave-at-end-of-input"],
                stdin=subprocess.PIPE, start_new_session=True,
            ) as child:  # fmt: skip
                self._watch(name, child)
            self._dismiss(name)
            if not self._stop.wait(TICK_S):
                log.warning("worker %s ended with code %s; another is started", name, child.returncode)

    def _watch(self, name: str, child: subprocess.Popen[bytes]) -> None:
        """Until it has ended, by itself, because it hangs, or because all is over."""
        beats = Beats()
        last: int | None = None
        since = time.monotonic()
        while child.poll() is None:
            if self._stop.wait(TICK_S):
                child.terminate()
                with suppress(subprocess.TimeoutExpired):
                    child.wait(END_S)
                    return
                child.kill()
                return
            beat = self._read(name)
            if beat != last or beat is None:
                last, since = beat, time.monotonic()
            # a lock that it holds keeps others from writing: then only the time tells
            if beats.look(self._beat(name)) or time.monotonic() - since > HANGS_S:
                log.warning("worker %s hangs and is ended", name)
                child.kill()
                child.wait()

    def _read(self, name: str) -> int | None:
        """Its beat; None where it has none, or nobody can say."""
        with suppress(SQLAlchemyError), self._database.reading() as session:
            return session.scalar(select(Worker.beat).where(Worker.id == name))
        return None

    def _beat(self, name: str) -> dict[str, int]:
        """Its beat, as seen by one who writes too: where a lock or a full disk keeps it from beating, nobody looks."""
        seen = update(Worker).where(Worker.id == name).values(seen_at=now()).returning(Worker.id, Worker.beat)
        with suppress(SQLAlchemyError), self._database.writing() as session:
            return {each.id: each.beat for each in session.execute(seen).all()}
        return {}

    def _dismiss(self, name: str) -> None:
        """Its jobs need not wait until others find it silent."""
        try:
            with self._database.writing() as session:
                dismiss(session, name, now())
        except SQLAlchemyError as error:
            log.warning("nobody was told: %s", places(error))
