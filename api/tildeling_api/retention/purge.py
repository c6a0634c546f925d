"""Purging: an archive that was read back, then everything in it at once, then what the database's files still hold."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tildeling_api.access import audit
from tildeling_api.jobs.asking import empty
from tildeling_api.retention import archive
from tildeling_api.retention.due import Due, due
from tildeling_api.store.database import Database
from tildeling_api.store.tables import Dataset, Job


@dataclass(frozen=True, slots=True)
class Purged:
    """What was archived, how much of it went, and the archive's SHA-256."""

    archived: tuple[Due, ...]
    gone: tuple[Due, ...]
    digest: str


def listed(database: Database, cutoffs: Mapping[str, dt.datetime]) -> list[Due]:
    """What would go."""
    with database.snapshot() as session:
        return due(session, cutoffs)


def purge(
    database: Database, cutoffs: Mapping[str, dt.datetime], path: Path, at: dt.datetime
) -> Purged | None:
    """Archive what is due, then purge it in one transaction; None if nothing is.

    A crash in between leaves a whole archive and a database that still has everything: run it again.  What a job
    needs that was asked for meanwhile stays, though it is in the archive.

    Raises
    ------
    UsageError
        If the archive cannot be written and read back; nothing is purged then.
    """
    with database.snapshot() as session:
        found = due(session, cutoffs)
        if not found:
            return None
        digest = archive.write(session, found, path, at)
    with database.writing() as session:
        still = {(each.what, each.id) for each in due(session, cutoffs)}
        gone = tuple(each for each in found if (each.what, each.id) in still)
        for each in gone:
            _take(session, each, at, digest)
        counted = Counter(each.of for each in gone)
        details = {name: str(number) for name, number in sorted(counted.items())}
        audit.add(session, at, "retention.purged", digest, details)
    return Purged(tuple(found), gone, digest)


def _take(session: Session, each: Due, at: dt.datetime, digest: str) -> None:
    """Content gone, the line and its hashes stay; the trail says what, by which class and where the archive is."""
    details = {"class": each.of, "archive": digest}
    if each.what == "dataset":
        line = session.execute(select(Dataset.kind, Dataset.digest).where(Dataset.id == each.id)).one()
        session.execute(update(Dataset).where(Dataset.id == each.id).values(content=None, purged_at=at))
        details |= {"kind": line.kind, "dataset_hash": line.digest}
    else:
        job = session.scalars(select(Job).where(Job.id == each.id)).one()
        empty(session, job, at)
        details |= {"kind": job.kind} | ({"dataset": job.dataset_id} if job.dataset_id else {})
    audit.add(session, at, f"{each.what}.purged", each.id, details, tenant=each.tenant)


def swept(database: Database) -> bool:
    """Whether nothing of what was purged is left in SQLite's files: freed pages are zeros, the log is cut to nothing.

    False where somebody read all the time; then the next writers do it bit by bit, or the command again.  PostgreSQL
    does it by VACUUM, in its own time.
    """
    if not database.lite:
        return True
    connection = database.engine.raw_connection()
    try:
        busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.close()
    return not busy
