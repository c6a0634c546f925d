"""What a question is about, out of the database: a data set, and plans that jobs made; the trail says who asked."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from sqlalchemy import select

from tildeling_api.access import audit
from tildeling_api.access.accounts import Caller, Clock, now
from tildeling_api.datasets import DOCUMENT, Datasets
from tildeling_api.jobs.asking import Jobs
from tildeling_api.problems import Unfit
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Dataset, Job, JobFile

MAKERS = {"housing": ("allocation",), "rota": ("rota", "repair")}
"""Kinds of jobs that make plans, by the kind of the data set."""

PLAN = {"housing": ("placements.csv", "bases.csv"), "rota": ("rota.csv",)}
"""The files of a job that hold its plan."""


class Sources:
    """Reads for those who ask what they may see."""

    def __init__(self, database: Database, datasets: Datasets, jobs: Jobs, clock: Clock = now) -> None:
        self._database, self._datasets, self._jobs, self._clock = database, datasets, jobs, clock

    def files(
        self,
        by: Caller,
        question: str,
        dataset: str | None = None,
        plans: Mapping[str, str] | None = None,
        kind: str | None = None,
    ) -> dict[str, bytes]:
        """Files by path: the data set, and the plan of each job in a folder of its field's name.

        Parameters
        ----------
        question
            What it is read for, as the trail says it.
        dataset
            Which; None: the one that all the jobs are about.
        plans
            Jobs by the name of the field that names them.
        kind
            What kind the data set must be of; None: any.

        Raises
        ------
        Missing
            If something is not there, or the caller may not see it.
        Unfit
            If it is of another kind, or has no plan or no content.
        """
        makers = MAKERS[kind] if kind else tuple(name for names in MAKERS.values() for name in names)
        jobs = {field: self._jobs.line(by, job) for field, job in (plans or {}).items()}
        for field, job in jobs.items():
            _require(field, job, makers)
        about = {dataset} if dataset else {job.dataset_id or "" for job in jobs.values()}
        if len(about) > 1:
            raise Unfit(f"{' and '.join(jobs)}: must be of the same data set")
        line = self._datasets.line(by, about.pop())
        if kind is not None and line.kind != kind:
            raise Unfit(f"dataset: must be of kind {kind}, is {line.kind}")
        for field, job in jobs.items():
            _require(field, job, MAKERS[line.kind])
        return self._read(by, question, line, jobs)

    def _read(self, by: Caller, question: str, dataset: Dataset, jobs: Mapping[str, Job]) -> dict[str, bytes]:
        packed: dict[str, bytes] = {}
        with self._database.writing() as session:
            content = session.scalar(select(Dataset.content).where(Dataset.id == dataset.id))
            if content is None:
                raise Unfit("dataset: must not be purged")
            packed[DOCUMENT] = content
            for field, job in jobs.items():
                files = select(JobFile).where(JobFile.job_id == job.id, JobFile.name.in_(PLAN[dataset.kind]))
                rows = session.scalars(files).all()
                if not rows:
                    raise Unfit(f"{field}: must be a job that found a plan; it is {job.state}")
                packed |= {f"{field}/{row.name}": row.content for row in rows}
            details = {"dataset_hash": dataset.digest, "kind": dataset.kind}
            details |= {field: job.id for field, job in jobs.items()}
            audit.add(
                session, self._clock(), f"{question}.asked", dataset.id, details, tenant=by.tenant,
                account=by.account,
            )  # fmt: skip
        return {name: zlib.decompress(content) for name, content in packed.items()}


def _require(field: str, job: Job, makers: tuple[str, ...]) -> None:
    if job.kind not in makers:
        raise Unfit(f"{field}: must be a job of kind {' or '.join(makers)}, is {job.kind}")
