"""Data sets that are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """The way there."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "datasets",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=True
        ),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tenant_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("policy_digest", sa.String(64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.Column("purged_at", moment),
        sa.PrimaryKeyConstraint("number", name="pk_datasets"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_datasets_tenant_id"),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name="fk_datasets_created_by"),
        sa.UniqueConstraint("id", name="uq_datasets_id"),
        sa.UniqueConstraint(
            "tenant_id",
            "kind",
            "digest",
            "policy_digest",
            name="uq_datasets_tenant_id_kind_digest_policy_digest",
        ),
    )


def downgrade() -> None:
    """The way back."""
    op.drop_table("datasets")
