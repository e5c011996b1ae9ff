"""Engines and transactions, the same on SQLite and PostgreSQL; no table, no query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, scoped_session, sessionmaker

_WRITES = "tripkit_writes"
BUSY_SECONDS = 30
"""How long a writer waits for another one on SQLite before it gives up."""


def prepare(engine: Engine) -> Engine:
    """Make an engine behave as the actions expect.

    On SQLite: write-ahead log, foreign keys, and ``BEGIN IMMEDIATE`` for writers. SQLAlchemy leaves the begin to the
    driver, which would start a reader and fail when it turns writer after somebody else has written.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # The driver must not begin by itself; _begin_sqlite does.
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the last bookings when the power goes.
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def open_engine(url: str) -> Engine:
    """An engine outside Flask, for commands, workers and tests."""
    return prepare(create_engine(url, **engine_options(url)))


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` is told for this database."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_pre_ping": True}


def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions on an engine, outside Flask."""
    return sessionmaker(engine)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy whose engines are prepared as ours."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return prepare(super()._make_engine(bind_key, options, app))


@contextmanager
def write(session: Session | scoped_session[Session]) -> Iterator[None]:
    """One writing transaction: everything in the block is committed together, or nothing is.

    A reading transaction the session had open is ended first: what was read there may be stale, and SQLite could not
    turn it into a writing one.

    Raises: RuntimeError when the session holds changes from outside, which the block would commit unseen.
    """
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("the session holds changes made outside a writing transaction")
    session.rollback()
    session.expunge_all()
    session.connection(execution_options={_WRITES: True})
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
