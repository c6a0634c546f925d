"""What is kept, as SQLAlchemy tables; a change here needs a migration (``migrations/versions``)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up only a plain integer key."""


class Moment(TypeDecorator[dt.datetime]):
    """A moment in UTC; SQLite keeps no zone, so it is written and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        del dialect
        return value.replace(tzinfo=dt.UTC) if value is not None and value.tzinfo is None else value


class Table(DeclarativeBase):
    """The base of all tables; constraints have names, so that migrations can speak of them."""

    metadata = MetaData(naming_convention=NAMES)


class Tenant(Table):
    """A municipality, or an office of one: nobody sees what is another's."""

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(Moment)


class Account(Table):
    """Who may do what: a person or another system, of one tenant, in one role."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    closed_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class Token(Table):
    """A secret that speaks for an account until it expires or is revoked; only its hash is kept."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    expires_at: Mapped[dt.datetime] = mapped_column(Moment)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class Event(Table):
    """One line of the audit trail; ``digest`` covers it and the digest of the line before."""

    __tablename__ = "events"

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime] = mapped_column(Moment)
    tenant_id: Mapped[str | None] = mapped_column(ForeignKey("tenants.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, str]] = mapped_column(JSON)
    before: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class Dataset(Table):
    """A data set that is kept; ``content`` is its document, packed, until it is purged."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "digest", "policy_digest"),)

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    digest: Mapped[str] = mapped_column(String(64))
    policy_digest: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    purged_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class Job(Table):
    """Work that outlives a request: what is asked, how far it is, how it ended.

    ``attempt`` goes up whenever the work begins anew elsewhere: what an earlier attempt still says is not taken.
    ``version`` goes up with every change, for those who follow.  A purged job keeps its line, and nothing of what
    was asked or found.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("account_id", "idempotency_key"),
        Index("ix_jobs_tenant_id_number", "tenant_id", "number"),
        Index("ix_jobs_state", "state"),
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str] = mapped_column(String(20))
    dataset_id: Mapped[str | None] = mapped_column(ForeignKey("datasets.id"))
    asked: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    priority: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(Integer, default=0)
    attempt: Mapped[int] = mapped_column(Integer, default=1)
    lost: Mapped[int] = mapped_column(Integer, default=0)
    worker_id: Mapped[str | None] = mapped_column(ForeignKey("workers.id"))
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    outcome: Mapped[str | None] = mapped_column(String(20))
    cause: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    idempotency_key: Mapped[str | None] = mapped_column(String(80))
    fingerprint: Mapped[str] = mapped_column(String(64))
    deadline_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    cancel_asked_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    started_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    purged_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class JobFile(Table):
    """A file that a job made, packed."""

    __tablename__ = "job_files"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Worker(Table):
    """A process that does jobs: ``beat`` goes up while it lives; one that is gone does not come back."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    beat: Mapped[int] = mapped_column(Integer, default=0)
    started_at: Mapped[dt.datetime] = mapped_column(Moment)
    seen_at: Mapped[dt.datetime] = mapped_column(Moment)
    gone_at: Mapped[dt.datetime | None] = mapped_column(Moment)
