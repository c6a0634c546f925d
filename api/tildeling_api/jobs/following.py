"""Following jobs: one look at the database for all that are followed, however many follow."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator

from anyio import to_thread

from tildeling_api.jobs.asking import Jobs
from tildeling_api.jobs.states import ENDED
from tildeling_api.problems import places
from tildeling_api.store.tables import Job

LOOK_S = 0.5
"""Seconds between looks."""

log = logging.getLogger(__name__)


class Following:
    """Gives each follower the job whenever it has changed, until it has ended."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._followed: Counter[str] = Counter()
        self._seen: dict[str, Job] = {}
        self._news = asyncio.Condition()
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    def let_go(self) -> None:
        """Let everybody go at the next look: the service ends."""
        self._closed = True

    async def follow(self, job: Job) -> AsyncIterator[Job]:
        """The job as it is, and again after each change."""
        yield job
        version = job.version
        if job.state in ENDED:
            return
        self._followed[job.id] += 1
        try:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            while not self._closed:
                async with self._news:
                    await self._news.wait()
                found = self._seen.get(job.id)
                if found is not None and found.version > version:
                    version = found.version
                    yield found
                    if found.state in ENDED:
                        return
        finally:
            self._followed[job.id] -= 1
            if not self._followed[job.id]:
                del self._followed[job.id]
                self._seen.pop(job.id, None)

    async def _look(self) -> None:
        """As long as anybody follows anything."""
        while self._followed and not self._closed:
            try:
                self._seen = await to_thread.run_sync(self._jobs.versions, list(self._followed))
            except Exception as error:  # the database is away for a while
                log.warning("no look was taken: %s", places(error))
            async with self._news:
                self._news.notify_all()
            await asyncio.sleep(LOOK_S)
        async with self._news:
            self._news.notify_all()
