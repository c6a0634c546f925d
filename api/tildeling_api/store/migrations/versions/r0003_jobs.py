"""Jobs, what they made, and the processes that do them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """The way there."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "workers",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("gone_at", moment),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.create_table(
        "jobs",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=True
        ),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tenant_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("dataset_id", sa.String(32)),
        sa.Column("asked", sa.JSON()),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.String(32)),
        sa.Column("progress", sa.JSON()),
        sa.Column("outcome", sa.String(20)),
        sa.Column("cause", sa.JSON()),
        sa.Column("idempotency_key", sa.String(80)),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("deadline_at", moment),
        sa.Column("cancel_asked_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("started_at", moment),
        sa.Column("ended_at", moment),
        sa.Column("purged_at", moment),
        sa.PrimaryKeyConstraint("number", name="pk_jobs"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_jobs_tenant_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_jobs_account_id"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_jobs_dataset_id"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="fk_jobs_worker_id"),
        sa.UniqueConstraint("id", name="uq_jobs_id"),
        sa.UniqueConstraint("account_id", "idempotency_key", name="uq_jobs_account_id_idempotency_key"),
    )
    op.create_index("ix_jobs_tenant_id_number", "jobs", ["tenant_id", "number"])
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "job_files",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "name", name="pk_job_files"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_files_job_id"),
    )


def downgrade() -> None:
    """The way back."""
    for table in ("job_files", "jobs", "workers"):
        op.drop_table(table)
