"""What has been kept long enough: data sets and jobs by class, without what a job under way still needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tildeling_api.jobs.kinds import KINDS
from tildeling_api.jobs.states import ENDED
from tildeling_api.store.tables import Dataset, Job

OF_DATA = {"housing": "homes", "rota": "rotas"}
"""The class of a kind of data set; that of its jobs ends with ``_jobs``."""


@dataclass(frozen=True, slots=True)
class Due:
    """A data set or a job that may go; ``since`` is what its age is counted from."""

    what: Literal["dataset", "job"]
    id: str
    tenant: str
    of: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class _Needed:
    """What jobs under way are about: data sets, and earlier jobs whose files they take."""

    datasets: frozenset[str]
    jobs: frozenset[str]


def due(session: Session, cutoffs: Mapping[str, dt.datetime]) -> list[Due]:
    """Everything of these classes from before their cutoffs, data sets first, oldest first."""
    synthetic, needed = _synthetic(session), _needed(session)
    found = [each for each in _datasets(session, synthetic) if each.id not in needed.datasets]
    found += [each for each in _jobs(session, synthetic) if each.id not in needed.jobs]
    return [each for each in found if each.of in cutoffs and each.since < cutoffs[each.of]]


def _datasets(session: Session, synthetic: set[str]) -> list[Due]:
    used = (
        select(Job.dataset_id, func.max(func.coalesce(Job.ended_at, Job.created_at)).label("at"))
        .group_by(Job.dataset_id)
        .subquery()
    )
    rows = session.execute(
        select(Dataset.id, Dataset.tenant_id, Dataset.kind, Dataset.created_at, used.c.at)
        .outerjoin(used, used.c.dataset_id == Dataset.id)
        .where(Dataset.purged_at.is_(None))
        .order_by(Dataset.number)
    ).all()
    return [
        Due(
            "dataset", row.id, row.tenant_id, "synthetic" if row.id in synthetic else OF_DATA[row.kind],
            row.created_at if row.at is None else max(row.created_at, row.at),
        )
        for row in rows
    ]  # fmt: skip


def _jobs(session: Session, synthetic: set[str]) -> list[Due]:
    rows = session.execute(
        select(Job.id, Job.tenant_id, Job.kind, Job.dataset_id, Job.ended_at)
        .where(Job.state.in_(ENDED), Job.purged_at.is_(None), Job.ended_at.is_not(None))
        .order_by(Job.number)
    ).all()
    return [
        Due("job", row.id, row.tenant_id, _class_of_job(row.kind, row.dataset_id in synthetic), row.ended_at)
        for row in rows
    ]


def _class_of_job(kind: str, synthetic: bool) -> str:
    data = KINDS[kind].data
    return "synthetic_jobs" if synthetic or data is None else f"{OF_DATA[data]}_jobs"


def _synthetic(session: Session) -> set[str]:
    """Data sets that jobs made: their content is the generator's, whoever else may have sent the same."""
    makers = [kind.name for kind in KINDS.values() if kind.keeps]
    made = select(Job.dataset_id).where(Job.kind.in_(makers), Job.dataset_id.is_not(None))
    return {each for each in session.scalars(made) if each is not None}


def _needed(session: Session) -> _Needed:
    under_way = session.execute(
        select(Job.kind, Job.dataset_id, Job.asked).where(Job.state.not_in(ENDED))
    ).all()
    earlier = {
        (row.asked or {}).get(name) for row in under_way for name in KINDS[row.kind].earlier
    }  # fmt: skip
    return _Needed(
        frozenset(row.dataset_id for row in under_way if row.dataset_id),
        frozenset(each for each in earlier if each),
    )
