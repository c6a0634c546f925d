"""What Alembic runs: migrations on the connection it is given."""

from __future__ import annotations

from alembic import context

from tildeling_api.store.tables import Table

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Table.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
