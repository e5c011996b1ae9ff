"""What migrations do to tables that are in use, so that nobody waits for long; no migration is here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import op
from sqlalchemy import text

from tripkit.storage.migrations import LOCK_MILLISECONDS


def build_index(name: str, table: str, columns: list[str], *, unique: bool = False, where: str | None = None) -> None:
    """Build an index while others write, on PostgreSQL; where one of this name is left from a try that failed, anew.

    Alone in its migration, or last: what stands before it in there is committed by it, and the migration would not get
    past it a second time, unless that is another index. ``columns`` may hold expressions. On SQLite, and where a
    transaction is open already, it is built like any other.
    """
    named: dict[str, Any] = {"unique": unique}
    if where is not None:
        named |= {"sqlite_where": text(where), "postgresql_where": text(where)}
    with _others_go_on() as concurrently:
        op.drop_index(name, table, if_exists=True, **concurrently)
        op.create_index(name, table, [_expression(one) for one in columns], **concurrently, **named)


def _expression(column: str) -> Any:
    return text(column) if "(" in column else column


def take_index(name: str, table: str) -> None:
    """Take an index away that a newer one stands for, while others read by it; the same holds as for `build_index`."""
    with _others_go_on() as concurrently:
        op.drop_index(name, table, if_exists=True, **concurrently)


@contextmanager
def _others_go_on() -> Iterator[dict[str, Any]]:
    """What indexes are built and taken away with, so that nobody waits for it."""
    context = op.get_context()
    # Alembic has no public word for a transaction that is not its own.
    if context.dialect.name != "postgresql" or context._in_external_transaction:
        yield {}
        return
    with context.autocommit_block():
        # It waits for every transaction that is open, holding up nobody: it has all the time there is.
        op.execute("SET lock_timeout = 0")
        try:
            yield {"postgresql_concurrently": True}
        finally:
            op.execute(f"SET lock_timeout = {LOCK_MILLISECONDS}")
