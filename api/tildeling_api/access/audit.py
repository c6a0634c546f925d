"""The audit trail: lines that are only added, each with a hash over itself and the line before.

Whoever changes, removes or slips in a line breaks every hash after it (Schneier and Kelsey 1999, "Secure audit logs to
support computer forensics").  To cut off the end leaves a shorter trail that is whole: so keep the last hash elsewhere,
and ask for it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tildeling_api.store.tables import Event

BEGINNING = "0" * 64
"""What stands before the first line."""

BATCH = 1000
"""Lines read at a time."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What became of checking the trail: lines seen, the last hash, and the first line that is wrong, with why."""

    lines: int
    last: str
    wrong: int | None = None
    why: str = ""


def digest(event: Event) -> str:
    """SHA-256 of a line and the hash before it."""
    fields = [
        event.number, event.at.astimezone(dt.UTC).isoformat(timespec="microseconds"), event.tenant_id,
        event.account_id, event.action, event.subject, event.details, event.before,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def add(
    session: Session,
    at: dt.datetime,
    action: str,
    subject: str,
    details: Mapping[str, str] | None = None,
    *,
    tenant: str | None = None,
    account: str | None = None,
) -> Event:
    """Add a line, in the same session as what it tells of; the session is a writer's (:meth:`Database.writing`).

    ``subject`` and ``details`` are ids, hashes and names of things, never health data.
    """
    last = session.scalars(select(Event).order_by(Event.number.desc()).limit(1)).first()
    event = Event(
        number=1 if last is None else last.number + 1, at=at, tenant_id=tenant, account_id=account, action=action,
        subject=subject, details=dict(details or {}), before=BEGINNING if last is None else last.digest,
    )  # fmt: skip
    event.digest = digest(event)
    session.add(event)
    session.flush()
    return event


def page(session: Session, tenant: str, after: int, limit: int) -> list[Event]:
    """A tenant's lines after a number, oldest first."""
    own = select(Event).where(Event.tenant_id == tenant, Event.number > after)
    return list(session.scalars(own.order_by(Event.number).limit(limit)).all())


def holds(session: Session, last: str) -> bool:
    """Whether a line has this hash."""
    return session.scalars(select(Event.number).where(Event.digest == last)).first() is not None


def verify(session: Session) -> Chain:
    """Walk the whole trail."""
    seen, last = 0, BEGINNING
    while True:
        lines = session.scalars(
            select(Event).where(Event.number > seen).order_by(Event.number).limit(BATCH)
        ).all()
        for event in lines:
            if event.number != seen + 1:
                return Chain(seen, last, seen + 1, "the line is missing")
            if event.before != last:
                return Chain(seen, last, event.number, "it does not follow the line before it")
            if digest(event) != event.digest:
                return Chain(seen, last, event.number, "it was changed")
            seen, last = event.number, event.digest
        session.expunge_all()
        if len(lines) < BATCH:
            return Chain(seen, last)
