"""What makes the queue and the jobs agree again after anything that may have happened to either.

A job that has not ended is queued or being done by a worker that lives; whatever else is found is queued anew.  Who
lives is told by beats that go up, counted in looks of one's own, so that no clock has a say: not one that jumps, and
not one's own after a long sleep.
"""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import select

from tildeling_api.access.accounts import Clock, now
from tildeling_api.jobs.attempts import MOST_LOST, again, dismiss, lost
from tildeling_api.jobs.queue import Queue, named
from tildeling_api.jobs.states import State
from tildeling_api.problems import said
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Job, Worker

TICK_S = 2.0
"""Seconds between looks, and between beats."""

SILENT = 6
"""Looks without a beat after which a worker is given up."""

FORGET_AFTER, FORGET_LOOKS = dt.timedelta(days=1), 300
"""How long the queue remembers what has ended, and how often it is told to forget."""

BATCH = 500

log = logging.getLogger(__name__)


class Beats:
    """Who has been silent for how many looks."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, int]] = {}

    def look(self, beats: dict[str, int]) -> dict[str, int]:
        """Those silent for too long, each with the beat it stopped at."""
        self._seen = {
            who: (beat, self._seen[who][1] + 1 if who in self._seen and self._seen[who][0] == beat else 0)
            for who, beat in beats.items()
        }
        return {who: beat for who, (beat, looks) in self._seen.items() if looks >= SILENT}


class Janitor:
    """Looks, and puts right; any number of them may do so at once."""

    def __init__(self, database: Database, queue: Queue, clock: Clock = now) -> None:
        self._database, self._queue, self._clock = database, queue, clock
        self._beats, self._looks = Beats(), 0

    def look(self) -> None:
        """Once over everything."""
        self._give_up_silent()
        self._take_back()
        self._queue_again()
        if self._looks % FORGET_LOOKS == 0:
            self._queue.forget(self._clock() - FORGET_AFTER)
        self._looks += 1

    def _give_up_silent(self) -> None:
        """Workers whose beat stands still."""
        with self._database.reading() as session:
            living = select(Worker.id, Worker.beat).where(Worker.gone_at.is_(None))
            beats = {each.id: each.beat for each in session.execute(living).all()}
        silent = self._beats.look(beats)
        if silent:
            with self._database.writing() as session:
                for who, beat in silent.items():
                    if dismiss(session, who, self._clock(), beat):
                        log.warning("worker %s is silent and was given up", who)

    def _take_back(self) -> None:
        """Jobs of workers that are gone."""
        orphans = (
            select(Job)
            .join(Worker, Job.worker_id == Worker.id)
            .where(Job.state == State.RUNNING, Worker.gone_at.is_not(None))
            .limit(BATCH)
        )
        with self._database.reading() as session:
            if session.scalars(orphans).first() is None:
                return
        with self._database.writing() as session:
            for job in session.scalars(orphans).all():
                worker = job.worker_id
                detail = f"{MOST_LOST} workers ended while they did it"
                cause = said(500, "lost", detail).problem.model_dump(mode="json", exclude_none=True)
                if lost(session, job, self._clock(), cause):
                    log.warning("job %s is taken back from worker %s", job.id, worker)

    def _queue_again(self) -> None:
        """Jobs that the queue does not know, or believes to have ended; attempts that nobody works on."""
        with self._database.reading() as session:
            waiting = list(
                session.scalars(
                    select(Job).where(Job.state == State.QUEUED).order_by(Job.number).limit(BATCH)
                )
            )
            living = set(session.scalars(select(Worker.id).where(Worker.gone_at.is_(None))).all())
        stale = {attempt for attempt, worker in self._queue.begun().items() if worker not in living}
        for attempt in stale:
            self._queue.take_out(attempt)
        known = self._queue.known(named(job.id, job.attempt) for job in waiting)
        for job in waiting:
            attempt = named(job.id, job.attempt)
            if known.get(attempt) or attempt in stale:
                self._renumber(job)
            elif attempt in known:
                continue
            self._queue.put(job)

    def _renumber(self, job: Job) -> None:
        """The next attempt, where the queue will not give this one out any more."""
        with self._database.writing() as session:
            found = session.scalars(select(Job).where(Job.id == job.id)).one()
            if found.state == State.QUEUED and found.attempt == job.attempt:
                again(found)
            job.attempt = found.attempt
