"""Jobs as those see them who ask for them: asked, listed, cancelled, read, purged."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session, defer

from tildeling_api.access import audit
from tildeling_api.access.accounts import Caller, Clock, Missing, new_id, now
from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.kinds.kind import ANSWER, Asked, Kind
from tildeling_api.jobs.states import ENDED, RANK, State
from tildeling_api.problems import Busy, KeyReused, Unfit
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Dataset, Job, JobFile

Put = Callable[[Job], None]
"""Puts a job that is kept into the queue; if that fails, the janitor does it later."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file of a job, without its content."""

    name: str
    size: int


class Jobs:
    """Everything about jobs but doing them.

    Parameters
    ----------
    most
        Jobs of a tenant that may be under way, queued ones included.
    pairs
        Most applicants times units of a data set of homes.
    """

    def __init__(
        self, database: Database, put: Put, most: int, pairs: int = 2**62, clock: Clock = now
    ) -> None:
        self._database, self._put, self._most, self._pairs, self._clock = database, put, most, pairs, clock

    def ask(self, by: Caller, kind: Kind, asked: Asked, key: str | None = None) -> tuple[Job, bool]:
        """Keep a job and queue it; (the job, whether it is new).  The same key with the same request is the same job.

        Raises
        ------
        KeyReused
            If the key came with another request.
        Busy
            If the tenant has as many jobs as it may.
        Missing, Unfit
            If the data set, or an earlier job, is not there, or not fit for this.
        """
        document = asked.model_dump(mode="json")
        print_ = hashlib.sha256(json.dumps([kind.name, document], sort_keys=True).encode()).hexdigest()
        with self._database.writing() as session:
            if key is not None:
                found = session.scalars(
                    select(Job).where(Job.account_id == by.account, Job.idempotency_key == key)
                ).first()
                if found is not None:
                    if found.fingerprint != print_:
                        raise KeyReused
                    return found, False
            under_way = select(func.count()).where(Job.tenant_id == by.tenant, Job.state.not_in(ENDED))
            if (session.scalar(under_way) or 0) >= self._most:
                raise Busy
            dataset = self._about(session, by, kind, asked)
            at = self._clock()
            job = Job(
                id=new_id(), tenant_id=by.tenant, account_id=by.account, kind=kind.name, asked=document,
                dataset_id=None if dataset is None else dataset.id, priority=RANK[asked.priority],
                state=State.QUEUED, idempotency_key=key, fingerprint=print_, created_at=at,
                deadline_at=None if asked.deadline_s is None else at + dt.timedelta(seconds=asked.deadline_s),
            )  # fmt: skip
            session.add(job)
            session.flush()
            self._tell(session, "job.asked", by, job)
        self._put(job)
        return job, True

    def _about(self, session: Session, by: Caller, kind: Kind, asked: Asked) -> Dataset | None:
        """The data set that a job is about, once all it names is known to be there and fit."""
        if kind.data is None:
            return None
        about = getattr(asked, "dataset", None)
        for name, kinds in kind.earlier.items():
            named = getattr(asked, name)
            if named is None:
                continue
            earlier = _own(session, by, named)
            if earlier.kind not in kinds:
                raise Unfit(f"{name}: must be a job of kind {' or '.join(kinds)}, is {earlier.kind}")
            made = select(JobFile.name).where(JobFile.job_id == earlier.id, JobFile.name.like("%.csv"))
            if session.scalars(made).first() is None:
                raise Unfit(f"{name}: must be a job that found a plan; it is {earlier.state}")
            if about is not None and about != earlier.dataset_id:
                raise Unfit(f"{name}: must be of the data set that is named")
            about = earlier.dataset_id
        found = session.scalars(
            select(Dataset)
            .where(Dataset.id == about, Dataset.tenant_id == by.tenant)
            .options(defer(Dataset.content))
        ).first()
        if found is None or not by.may(kind.right):
            raise Missing
        if found.kind != kind.data:
            raise Unfit(f"dataset: must be of kind {kind.data}, is {found.kind}")
        if found.purged_at is not None:
            raise Unfit("dataset: must not be purged")
        if found.counts.get("applicants", 0) * found.counts.get("units", 0) > self._pairs:
            raise Unfit(
                f"dataset: applicants times units must be at most {self._pairs}; use the command line"
            )
        return found

    def page(
        self, by: Caller, after: int, limit: int, kind: str | None = None, state: State | None = None
    ) -> list[Job]:
        """Jobs after a number that the caller may see, oldest first."""
        kinds = [each.name for each in KINDS.values() if by.may(each.right)]
        own = select(Job).where(Job.tenant_id == by.tenant, Job.number > after, Job.kind.in_(kinds))
        own = own if kind is None else own.where(Job.kind == kind)
        own = own if state is None else own.where(Job.state == state)
        with self._database.reading() as session:
            return list(session.scalars(own.order_by(Job.number).limit(limit)).all())

    def line(self, by: Caller, job: str) -> Job:
        """One job.

        Raises
        ------
        Missing
            If the tenant has no such job, or none that the caller may see.
        """
        with self._database.reading() as session:
            return _own(session, by, job)

    def versions(self, jobs: Sequence[str]) -> dict[str, Job]:
        """Jobs by id, for those who follow them; whether they may was asked before."""
        with self._database.reading() as session:
            return {each.id: each for each in session.scalars(select(Job).where(Job.id.in_(jobs))).all()}

    def cancel(self, by: Caller, job: str) -> Job:
        """Ask for the end of a job: queued, it ends at once; running, with its best so far; ended, nothing happens.

        Raises
        ------
        Missing
            As for :meth:`line`.
        """
        with self._database.writing() as session:
            found = _own(session, by, job)
            if found.state in ENDED or found.cancel_asked_at is not None:
                return found
            found.cancel_asked_at = self._clock()
            found.version += 1
            if found.state == State.QUEUED:
                found.state, found.ended_at = State.CANCELLED, self._clock()
            self._tell(session, "job.cancelled", by, found)
            return found

    def files(self, by: Caller, job: str) -> list[Made]:
        """What a job made.

        Raises
        ------
        Missing
            As for :meth:`line`.
        """
        with self._database.reading() as session:
            found = _own(session, by, job)
            rows = select(JobFile.name, JobFile.size).where(
                JobFile.job_id == found.id, JobFile.name != ANSWER
            )
            return [Made(name, size) for name, size in session.execute(rows.order_by(JobFile.name)).all()]

    def result(self, by: Caller, job: str) -> bytes:
        """What a job found, for programs; that it was read is written down first.

        Raises
        ------
        Missing
            As for :meth:`line`, and if it found nothing (yet).
        """
        return self._read(by, job, JobFile.name == ANSWER)[ANSWER]

    def content(self, by: Caller, job: str, name: str | None = None) -> dict[str, bytes]:
        """Files of a job by name, or one of them; that they were read is written down first.

        Raises
        ------
        Missing
            As for :meth:`line`, and if there is no such file.
        """
        listed = JobFile.name != ANSWER
        return self._read(by, job, listed if name is None else and_(listed, JobFile.name == name))

    def _read(self, by: Caller, job: str, wanted: ColumnElement[bool]) -> dict[str, bytes]:
        with self._database.writing() as session:
            found = _own(session, by, job)
            rows = session.scalars(select(JobFile).where(JobFile.job_id == found.id, wanted)).all()
            if not rows:
                raise Missing
            self._tell(session, "job.read", by, found)
        return {row.name: zlib.decompress(row.content) for row in rows}

    def purge(self, by: Caller, job: str) -> None:
        """Remove what was asked and found; again does nothing.

        Raises
        ------
        Missing
            As for :meth:`line`.
        Unfit
            If it has not ended.
        """
        with self._database.writing() as session:
            found = _own(session, by, job)
            if found.state not in ENDED:
                raise Unfit("job: must have ended; cancel it first")
            if found.purged_at is None:
                empty(session, found, self._clock())
                self._tell(session, "job.purged", by, found)

    def _tell(self, session: Session, action: str, by: Caller, job: Job) -> None:
        details = {"kind": job.kind} | ({"dataset": job.dataset_id} if job.dataset_id else {})
        audit.add(session, self._clock(), action, job.id, details, tenant=by.tenant, account=by.account)


def empty(session: Session, job: Job, at: dt.datetime) -> None:
    """Take everything out of a job that may be somebody's data."""
    session.execute(delete(JobFile).where(JobFile.job_id == job.id))
    job.asked, job.progress, job.cause, job.purged_at = None, None, None, at
    # a key is the caller's own words, and a hash of little can be found out by trying
    job.idempotency_key, job.fingerprint = None, ""
    job.version += 1


def _own(session: Session, by: Caller, job: str) -> Job:
    """A job of the caller's tenant and kinds; any other is as if it were not there."""
    found = session.scalars(select(Job).where(Job.id == job, Job.tenant_id == by.tenant)).first()
    if found is None or not by.may(KINDS[found.kind].right):
        raise Missing
    return found
