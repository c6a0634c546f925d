"""Jobs as a worker sees them: begun, told of, ended, given back; and whether the worker itself is still counted on.

An attempt is one worker's try at a job.  Whoever takes a job over raises its number, so a worker that was thought
dead and comes back finds nothing that it may still write: a job may run twice and ends once.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tildeling_api.access import audit
from tildeling_api.access.accounts import Clock, now
from tildeling_api.datasets import Sent, keep
from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.kinds.kind import DATASET
from tildeling_api.jobs.states import State
from tildeling_api.problems import said
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Dataset, Job, JobFile, Worker

MOST_LOST = 3
"""Workers that a job may take along; after that it is the job that is given up."""


class Order(Enum):
    """What a worker is told about the job it does."""

    GO_ON = "go on"
    CANCEL = "cancel"
    DROP = "drop"
    """It is somebody else's now."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A job to do: what it is, and the files it needs by path."""

    kind: str
    asked: dict[str, Any]
    seconds: float
    files: Mapping[str, bytes]


class Attempts:
    """What one worker writes."""

    def __init__(self, database: Database, worker: str, clock: Clock = now) -> None:
        self._database, self.worker, self._clock = database, worker, clock

    def enlist(self) -> None:
        """Be counted on."""
        at = self._clock()
        with self._database.writing() as session:
            session.add(Worker(id=self.worker, beat=0, started_at=at, seen_at=at))

    def beat(self) -> bool:
        """Live on; False if others have given this worker up."""
        with self._database.writing() as session:
            done = session.execute(
                update(Worker)
                .where(Worker.id == self.worker, Worker.gone_at.is_(None))
                .values(beat=Worker.beat + 1, seen_at=self._clock())
            )
            return bool(done.rowcount)  # type: ignore[attr-defined]

    def leave(self) -> None:
        """Be counted on no more."""
        with self._database.writing() as session:
            dismiss(session, self.worker, self._clock())

    def begin(self, job: str, attempt: int) -> Begun | None:
        """Take a job that is queued; None if it is not, or no longer this attempt's, or cannot begin any more."""
        with self._database.writing() as session:
            found = session.scalars(select(Job).where(Job.id == job)).first()
            if found is None or found.attempt != attempt or found.state != State.QUEUED:
                return None
            at = self._clock()
            left = None if found.deadline_at is None else (found.deadline_at - at).total_seconds()
            if left is not None and left <= 0:
                found.cause = _cause(504, "deadline", "its deadline passed before it could begin")
                close(session, found, State.FAILED, at)
                return None
            found.state, found.worker_id, found.started_at = State.RUNNING, self.worker, at
            found.version += 1
        asked = dict(found.asked or {})
        files = self._files(found, asked)
        if files is None:
            cause = _cause(410, "purged", "what it was about was purged before it could begin")
            self.end(job, attempt, State.FAILED, {}, cause=cause)
            return None
        limit = float(asked["time_limit"])
        return Begun(found.kind, asked, limit if left is None else min(limit, left), files)

    def _files(self, job: Job, asked: Mapping[str, Any]) -> dict[str, bytes] | None:
        """Files that a job needs, by path; None if some are purged."""
        files: dict[str, bytes] = {}
        with self._database.reading() as session:
            if job.dataset_id is not None:
                content = session.scalar(select(Dataset.content).where(Dataset.id == job.dataset_id))
                if content is None:
                    return None
                files[DATASET] = zlib.decompress(content)
            for name in KINDS[job.kind].earlier:
                if asked[name] is not None:
                    rows = session.scalars(select(JobFile).where(JobFile.job_id == asked[name])).all()
                    if not rows:
                        return None
                    files |= {f"{name}/{row.name}": zlib.decompress(row.content) for row in rows}
        return files

    def tell(self, job: str, attempt: int, progress: dict[str, Any] | None) -> Order:
        """How far the job is, if that is new; what to do with it."""
        with self._database.reading() as session:
            found = session.scalars(self._mine(job, attempt)).first()
        if found is None:
            return Order.DROP
        if progress is not None and progress != found.progress:
            with self._database.writing() as session:
                found = session.scalars(self._mine(job, attempt)).first()
                if found is None:
                    return Order.DROP
                found.progress = progress
                found.version += 1
        return Order.GO_ON if found.cancel_asked_at is None else Order.CANCEL

    def end(
        self,
        job: str,
        attempt: int,
        state: State,
        files: Mapping[str, bytes],
        outcome: str | None = None,
        cause: dict[str, Any] | None = None,
        kept: Sent | None = None,
    ) -> bool:
        """End a job, with everything it made, at once; False if it is no longer this attempt's.

        ``kept`` is a data set that it made, which becomes the one it is about.
        """
        packed = {name: (len(content), zlib.compress(content)) for name, content in files.items()}
        with self._database.writing() as session:
            found = session.scalars(self._mine(job, attempt)).first()
            if found is None:
                return False
            if kept is not None:
                made = keep(session, self._clock(), found.tenant_id, found.account_id, kept)[0]
                found.dataset_id = made.id
            session.add_all(
                JobFile(job_id=job, name=name, size=size, content=content)
                for name, (size, content) in packed.items()
            )
            found.outcome, found.cause = outcome, cause
            close(session, found, state, self._clock())
            return True

    def give_back(self, job: str, attempt: int) -> None:
        """Put a job back into the queue: this worker is about to leave."""
        with self._database.writing() as session:
            found = session.scalars(self._mine(job, attempt)).first()
            if found is not None:
                again(found)

    def lose(self, job: str, attempt: int, cause: dict[str, Any]) -> None:
        """Put a job back that could not be done here; ``cause`` is what it fails with if that is too often."""
        with self._database.writing() as session:
            found = session.scalars(self._mine(job, attempt)).first()
            if found is not None:
                lost(session, found, self._clock(), cause)

    def _mine(self, job: str, attempt: int) -> Any:
        return select(Job).where(
            Job.id == job, Job.attempt == attempt, Job.state == State.RUNNING, Job.worker_id == self.worker
        )


def close(session: Session, job: Job, state: State, at: Any) -> None:
    """End a job, and say so in the trail."""
    job.state, job.ended_at, job.progress = state, at, None
    job.version += 1
    details = {"kind": job.kind, "state": str(state)} | ({"outcome": job.outcome} if job.outcome else {})
    audit.add(session, at, "job.ended", job.id, details, tenant=job.tenant_id)


def again(job: Job) -> None:
    """Queue a job anew; whoever had it has it no longer."""
    job.state, job.worker_id, job.progress = State.QUEUED, None, None
    job.attempt += 1
    job.version += 1


def lost(session: Session, job: Job, at: Any, cause: dict[str, Any]) -> bool:
    """Queue a job anew that came to nothing, for no fault of its own so far; False if that was too often: it ended."""
    job.lost += 1
    if job.cancel_asked_at is not None:
        close(session, job, State.CANCELLED, at)
    elif job.lost >= MOST_LOST:
        job.cause = cause
        close(session, job, State.FAILED, at)
    else:
        again(job)
        return True
    return False


def dismiss(session: Session, worker: str, at: Any, beat: int | None = None) -> bool:
    """Count on a worker no more, if it has not lived on since it was seen at ``beat``."""
    gone = update(Worker).where(Worker.id == worker, Worker.gone_at.is_(None)).values(gone_at=at)
    done = session.execute(gone if beat is None else gone.where(Worker.beat == beat))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _cause(status: int, name: str, detail: str) -> dict[str, Any]:
    return said(status, name, detail).problem.model_dump(mode="json", exclude_none=True)
