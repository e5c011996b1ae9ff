"""The audit log can be added to, and emptied of what is personal; whatever else is tried, the database itself refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Engine, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeDecorator

from tests.emptying import log_unlocked
from tests.storage.neighbours import made_up
from tests.storage.test_backup import put, saved
from tripkit.storage import open_engine
from tripkit.storage.migrations import upgrade
from tripkit.storage.outbox import AuditRow

ENTRY: dict[str, Any] = {
    "at": datetime(2027, 3, 1, 9, 0, tzinfo=UTC),
    "actor": "organiser",
    "origin": "console",
    "action": "change_trip",
    "reason": "Maja asked for it",
    "details": {"people": [60, 40]},
}
LOG = AuditRow.__table__
NAMES = [column.name for column in LOG.columns]
REPLACED = f"""REPLACE INTO audit ({", ".join(NAMES)})
    SELECT {", ".join("'x'" if name == "actor" else name for name in NAMES)} FROM audit"""
both = pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)
ATTEMPTS = (
    "DELETE FROM audit",
    "UPDATE audit SET actor = 'somebody else'",
    "UPDATE audit SET reason = 'another one'",
    "UPDATE audit SET reason = reason || '.'",
    "UPDATE audit SET reason = '', action = 'nothing'",
    "UPDATE audit SET details = '{\"people\": [60, 60]}'",
    "UPDATE audit SET at = '2027-03-02 09:00:00'",
    "UPDATE audit SET id = id + 1000",
)
ON_ONE = {
    "sqlite": (REPLACED,),
    "postgresql": (
        "TRUNCATE audit CASCADE",
        "INSERT INTO audit SELECT * FROM audit ON CONFLICT (id) DO UPDATE SET actor = 'x'",
    ),
}


def write_entry(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(AuditRow).values(ENTRY))


def found(connection: Connection) -> list[Any]:
    return [tuple(row) for row in connection.execute(select(LOG).order_by(LOG.c.id))]


def attempts(engine: Engine) -> tuple[str, ...]:
    return ATTEMPTS + ON_ONE[engine.dialect.name]


def test_nothing_that_was_noted_can_be_changed_or_taken_out(engine: Engine) -> None:
    write_entry(engine)
    for statement in attempts(engine):
        with engine.connect() as connection:
            before = found(connection)
            with pytest.raises(IntegrityError, match="the audit log only grows"):
                connection.execute(text(statement))
            connection.rollback()
            assert found(connection) == before, statement


def test_without_the_guard_each_of_these_would_do_its_harm(engine: Engine) -> None:
    write_entry(engine)
    for statement in attempts(engine):
        with engine.connect() as connection:
            before = found(connection)
            with log_unlocked(connection):
                connection.execute(text(statement))
                assert found(connection) != before, statement
            connection.rollback()


def test_every_column_is_held_also_one_that_was_added_later(engine: Engine) -> None:
    """Who adds a column has it refused here until the triggers know it."""
    write_entry(engine)
    for number, column in enumerate(LOG.columns, 7):
        kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
        value = made_up(Column(column.name, kind), number)
        with engine.connect() as connection, pytest.raises(IntegrityError, match="only grows"):
            connection.execute(update(AuditRow).values({column.name: value}))


@pytest.mark.parametrize("fresh_url", ["postgres"], indirect=True)
def test_on_postgresql_a_column_that_comes_later_is_held_at_once(full: Engine) -> None:
    upgrade(full)
    with full.begin() as connection:
        connection.execute(update(AuditRow).values(reason="", details={}))
        connection.execute(text("ALTER TABLE audit ADD COLUMN floor integer"))
        connection.execute(update(AuditRow).values(reason=""))
        with pytest.raises(IntegrityError, match="only grows"):
            connection.execute(text("UPDATE audit SET floor = 1"))


def test_what_is_personal_can_be_emptied_and_never_filled_again(engine: Engine) -> None:
    write_entry(engine)
    with engine.begin() as connection:
        connection.execute(update(AuditRow).values(reason="", details={}))
        connection.execute(update(AuditRow).values(reason="", details={}))
        (row,) = connection.execute(select(LOG)).mappings()
    assert {**row, **ENTRY, "reason": "", "details": {}} == dict(row)
    with engine.connect() as connection, pytest.raises(IntegrityError, match="only grows"):
        connection.execute(update(AuditRow).values(details=ENTRY["details"]))


@pytest.fixture
def full(fresh_url: str) -> Iterator[Engine]:
    """A database of the version before, with an entry in its log."""
    engine = open_engine(fresh_url)
    upgrade(engine, "0010")
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO audit ({', '.join(ENTRY)}) VALUES (:{', :'.join(ENTRY)})"), _plain())
    yield engine
    engine.dispose()


def _plain() -> dict[str, Any]:
    return {**ENTRY, "at": "2027-03-01 09:00:00+00", "details": '{"people": [60, 40]}'}


@both
def test_a_log_that_was_written_before_is_held_too(full: Engine) -> None:
    with full.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'anybody'"))
    upgrade(full)
    with full.connect() as connection, pytest.raises(IntegrityError, match="only grows"):
        connection.execute(text("UPDATE audit SET actor = 'anybody else'"))
    with full.connect() as connection:
        assert connection.scalars(select(AuditRow.actor)).all() == ["anybody"]


@both
def test_a_log_that_was_restored_is_held_too(full: Engine, engine: Engine) -> None:
    """Its tables are dropped and made anew for that, which takes no trigger of theirs along."""
    put(engine, saved(full))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(AuditRow)) == 1
        with pytest.raises(IntegrityError, match="only grows"):
            connection.execute(text("DELETE FROM audit"))
        connection.rollback()
