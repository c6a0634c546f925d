"""A process that does jobs: takes them from the queue, beats, and looks after what others left."""

from __future__ import annotations

import logging
import os
import threading

from dbos import DBOS, DBOSConfig
from sqlalchemy.exc import SQLAlchemyError

from tildeling_api.access.accounts import new_id
from tildeling_api.jobs.attempts import Attempts
from tildeling_api.jobs.doing import GRACE_S, Doing
from tildeling_api.jobs.janitor import TICK_S, Janitor
from tildeling_api.jobs.queue import APPLICATION, QUEUE, SERIALIZER, VERSION, WORKFLOW, Queue, queue_url
from tildeling_api.problems import places
from tildeling_api.store.database import Database
from tildeling_models.worker import keep_rank

POLL_S = 0.25
"""Seconds between looks into the queue."""

NICE = 10
"""How far work steps back behind the interface on the same machine."""

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
        per_tenant: int = 2,
    ) -> None:  # fmt: skip
        self.name = name or new_id()
        self._database, self._jobs, self._per_tenant = database, jobs, per_tenant
        cores = len(os.sched_getaffinity(0))
        self._attempts = Attempts(database, self.name)
        self._doing = Doing(self._attempts, threads or max(1, cores // jobs))
        self._stop = threading.Event()

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
        except GivenUp:
            raise
        except Exception as error:  # the database is away; those who look see nothing of it either
            log.warning("no look was taken: %s", places(error))

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
            doing.do(job, attempt)

        DBOS.launch()
        DBOS.register_queue(
            QUEUE, worker_concurrency=self._jobs, partition_concurrency=self._per_tenant,
            polling_interval_sec=POLL_S,
        )  # fmt: skip


def step_back() -> None:
    """Let the interface on the same machine go first, in this process and in its children."""
    os.nice(NICE)
    keep_rank()
