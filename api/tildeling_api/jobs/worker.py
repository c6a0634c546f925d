"""A process that does jobs: takes them from the queue, beats, and looks after what others left."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections import Counter
from pathlib import Path

from dbos import DBOS, DBOSConfig
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tildeling_api.access.accounts import new_id
from tildeling_api.jobs.attempts import Attempts
from tildeling_api.jobs.doing import GRACE_S, Doing
from tildeling_api.jobs.janitor import TICK_S, Janitor
from tildeling_api.jobs.queue import APPLICATION, QUEUE, SERIALIZER, VERSION, WORKFLOW, Queue, queue_url
from tildeling_api.problems import places
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Worker as Line
from tildeling_models.worker import keep_rank

POLL_S = 0.25
"""Seconds between looks into the queue."""

PER_TENANT = 4
"""Jobs of one tenant that all workers together do at once, so that others have their turn."""

NICE = 10
"""How far work steps back behind the interface on the same machine."""

LEFT_LOOKS = 10
"""Looks after which the folder of a job is removed whose worker is gone: its own process has ended by then."""

log = logging.getLogger(__name__)


class GivenUp(Exception):
    """Others count on this worker no more; what it does is done elsewhere."""


class Worker:
    """One process of workers.

    Parameters
    ----------
    name
        Its number; one of its own where none is given.
    jobs
        How many it does at once.
    threads
        Of each job; its share of the cores where none is given.
    per_tenant
        How many of one tenant's jobs are done at once, by all workers together.
    """

    def __init__(
        self, database: Database, name: str | None = None, jobs: int = 1, threads: int | None = None,
        per_tenant: int = PER_TENANT,
    ) -> None:  # fmt: skip
        self.name = name or new_id()
        self._database, self._jobs, self._per_tenant = database, jobs, per_tenant
        cores = len(os.sched_getaffinity(0))
        self._attempts = Attempts(database, self.name)
        self._doing = Doing(self._attempts, threads or max(1, cores // jobs))
        self._stop = threading.Event()
        self._left: Counter[Path] = Counter()

    def stop(self) -> None:
        """Leave in order: what is being done is given back."""
        self._stop.set()

    def run(self) -> None:
        """Work until told to stop.

        Raises
        ------
        GivenUp
            If others have given this worker up, which was silent for too long.
        """
        queue = Queue(self._database)
        queue.migrate()
        self._attempts.enlist()
        self._launch()
        janitor = Janitor(self._database, queue)
        try:
            while not self._stop.wait(TICK_S):
                self._live_on(janitor)
        finally:
            self._doing.leave()
            DBOS.destroy(workflow_completion_timeout_sec=int(GRACE_S) + 1)
            queue.close()
            try:
                self._attempts.leave()
            except SQLAlchemyError as error:
                log.warning("left without a word: %s", places(error))

    def _live_on(self, janitor: Janitor) -> None:
        try:
            if not self._attempts.beat():
                raise GivenUp(self.name)
            janitor.look()
            self._tidy()
        except GivenUp:
            raise
        except Exception as error:  # the database is away; those who look see nothing of it either
            log.warning("no look was taken: %s", places(error))

    def _tidy(self) -> None:
        """Remove what was left behind here, by workers that were killed with all they did: it names people."""
        left = self._doing.left_behind()
        gone = {self.name}
        if left:
            with self._database.reading() as session:
                known = select(Line.id).where(Line.id.in_(left.values()), Line.gone_at.is_not(None))
                gone.update(session.scalars(known).all())
        seen = [folder for folder, worker in left.items() if worker in gone]
        self._left = Counter({folder: self._left[folder] + 1 for folder in seen})
        for folder, looks in self._left.items():
            if looks > LEFT_LOOKS:
                shutil.rmtree(folder, ignore_errors=True)

    def _launch(self) -> None:
        """Begin to take jobs from the queue."""
        level = logging.getLevelName(logging.getLogger().getEffectiveLevel())
        config = DBOSConfig(
            name=APPLICATION, system_database_url=queue_url(self._database), executor_id=self.name,
            application_version=VERSION, log_level=level, serializer=SERIALIZER, run_migrations=False,
        )  # fmt: skip
        DBOS(config=config)
        doing = self._doing

        @DBOS.workflow(name=WORKFLOW)
        def do(job: str, attempt: int) -> None:
            try:
                doing.do(job, attempt)
            except Exception as error:
                # The queue keeps and logs what an error says, which may be somebody's data.
                raise RuntimeError(places(error)) from None

        DBOS.launch()
        DBOS.register_queue(
            QUEUE, worker_concurrency=self._jobs, partition_concurrency=self._per_tenant,
            polling_interval_sec=POLL_S,
        )  # fmt: skip


def step_back() -> None:
    """Let the interface on the same machine go first, in this process and in its children."""
    os.nice(NICE)
    keep_rank()
