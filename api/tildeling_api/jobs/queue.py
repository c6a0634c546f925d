"""The queue between those who ask and those who do: DBOS, in the same PostgreSQL or in a file beside SQLite's.

The queue holds ids of jobs and numbers of attempts, never data; what it forgets, the janitor tells it again.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy import make_url

from tildeling_api.problems import places
from tildeling_api.store.database import Database, private_file
from tildeling_api.store.tables import Job

QUEUE, WORKFLOW, APPLICATION = "jobs", "do_job", "tildeling"
SERIALIZER = DBOSPortableJSONSerializer()
"""JSON: DBOS's own default, pickles, would let whoever writes to the database run programs here."""

VERSION = "1"
"""Of the workflow: jobs queued by one version of the program are done by the next."""

UNDER_WAY = frozenset({"ENQUEUED", "PENDING", "DELAYED"})
"""What DBOS calls attempts that have not ended."""

FORGET = 1000
"""Attempts removed at once."""

FILE = "queue.db"
"""Beside the SQLite file of the service."""

log = logging.getLogger(__name__)


def queue_url(database: Database) -> str:
    """Where the queue of a database is; a new file is the user's alone."""
    url = database.engine.url
    if not database.lite:
        return url.render_as_string(hide_password=False)
    path = Path(url.database or "").with_name(FILE)
    private_file(path)
    return str(make_url("sqlite://").set(database=str(path)).render_as_string())


class Queue:
    """What is put into the queue, looked up there and taken out."""

    def __init__(self, database: Database) -> None:
        self._url = queue_url(database)
        self._client = DBOSClient(
            system_database_url=self._url, application_name=APPLICATION, serializer=SERIALIZER, lazy=True,
            retry_connection_errors=False,
        )  # fmt: skip

    def migrate(self) -> None:
        """Bring the queue's own tables up to date; nothing where they are."""
        DBOS.migrate(self._url)

    def put(self, job: Job) -> None:
        """Queue an attempt at a job; again does nothing."""
        options = EnqueueOptions(
            workflow_name=WORKFLOW, queue_name=QUEUE, workflow_id=named(job.id, job.attempt), app_version=VERSION,
            priority=job.priority, queue_partition_key=job.tenant_id,
        )  # fmt: skip
        self._client.enqueue(options, job.id, job.attempt)

    def try_put(self, job: Job) -> None:
        """The same for whoever need not wait: what fails here the janitor does within seconds."""
        try:
            self.put(job)
        except Exception as error:
            log.warning("job %s waits for the janitor: %s", job.id, places(error))

    def known(self, attempts: Iterable[str]) -> dict[str, bool]:
        """Those attempts that the queue knows, and whether it believes that each has ended."""
        ids = list(attempts)
        if not ids:
            return {}
        found = self._client.list_workflows(workflow_ids=ids, load_input=False, load_output=False)
        return {each.workflow_id: each.status not in UNDER_WAY for each in found}

    def forget(self, before: dt.datetime) -> int:
        """Remove what ended before a moment, some of it at a time; how much."""
        found = self._client.list_workflows(
            completed_before=before.isoformat(), limit=FORGET, load_input=False, load_output=False
        )
        if found:
            self._client.delete_workflows([each.workflow_id for each in found])
        return len(found)

    def begun(self) -> dict[str, str]:
        """Attempts that have begun and not ended, with the worker that took each."""
        found = self._client.list_workflows(
            status="PENDING", queue_name=QUEUE, load_input=False, load_output=False
        )
        return {each.workflow_id: each.executor_id or "" for each in found}

    def take_out(self, attempt: str) -> None:
        """End an attempt that nobody works on, for the queue's own count."""
        with suppress(Exception):
            self._client.cancel_workflow(attempt)

    def close(self) -> None:
        """Give connections back."""
        self._client.destroy()


def named(job: str, attempt: int) -> str:
    """An attempt as the queue knows it."""
    return f"{job}-{attempt}"
