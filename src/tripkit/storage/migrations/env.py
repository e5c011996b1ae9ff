"""What Alembic runs for each migration command; called by `tripkit.storage.migrations` only."""

from __future__ import annotations

from alembic import context

from tripkit.storage import Row

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Row.metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by copying it.
    compare_type=True,
    transaction_per_migration=True,  # Unless there is one already, which then holds them all.
)
with context.begin_transaction():
    context.run_migrations()
