"""Engines and transactions, the same on SQLite and PostgreSQL; no table, no query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.pool import NullPool

from tripkit.logs import note_statement
from tripkit.storage.folding import teach_sqlite
from tripkit.storage.local_days import teach_sqlite_days
from tripkit.storage.patience import bound, brief_connect_args, connect_args
from tripkit.storage.sealing import VAULT, Vault

_WRITES = "tripkit_writes"
_TOLD = "tripkit_told"
_TOGETHER = "tripkit_together"
_FORESEES = "tripkit_foresees"
_wakers: WeakKeyDictionary[Engine, Callable[[], None]] = WeakKeyDictionary()
BUSY_SECONDS = 30
"""How long a writer waits for another one on SQLite before it gives up."""
_READERS_SECONDS = 2
"""How long readers are waited for until the write-ahead log can be emptied."""
_HIDDEN = {"hide_parameters": True}
"""What somebody wrote stands in no error, and so in no log."""


def prepare(engine: Engine, *, busy_seconds: float | None = None, silent_seconds: float | None = None) -> Engine:
    """Make an engine behave as the actions expect.

    On SQLite: write-ahead log, foreign keys, and ``BEGIN IMMEDIATE`` for writers. SQLAlchemy leaves the begin to the
    driver, which would start a reader and fail when it turns writer after somebody else has written.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", partial(_set_up_sqlite, BUSY_SECONDS if busy_seconds is None else busy_seconds))
        event.listen(engine, "begin", _begin_sqlite)
    else:
        bound(engine, silent_seconds)
    event.listen(engine, "before_cursor_execute", _count)
    event.listen(engine, "handle_error", _leave_values_out)
    return engine


def _count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    if not statement.startswith("BEGIN"):
        note_statement()


def _leave_values_out(context: ExceptionContext) -> None:
    """Cut an error to its first line, whoever logs it: below that, PostgreSQL repeats the row that was refused."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args and isinstance(error.args[0], str):
            error.args = (error.args[0].strip().partition("\n")[0], *error.args[1:])


def _set_up_sqlite(busy_seconds: float, connection: Any, _record: object) -> None:
    connection.isolation_level = None  # The driver must not begin by itself; _begin_sqlite does.
    teach_sqlite(connection)
    teach_sqlite_days(connection)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the last bookings when the power goes.
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten; not every SQLite is built to do so by itself.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def open_engine(url: str, vault: Vault | None = None) -> Engine:
    """An engine outside Flask, for commands, workers and tests. ``vault``: what is sensitive is sealed with it, see `vault_for`."""
    return prepare(create_engine(url, **engine_options(url, vault)))


def open_briefly(url: str, seconds: int) -> Engine:
    """An engine for who looks whether the database is there: each look is a line of its own, and waits no longer than this."""
    if make_url(url).get_backend_name() == "sqlite":
        told: dict[str, Any] = {"timeout": seconds}
    else:
        told = brief_connect_args(make_url(url), seconds)
    engine = create_engine(url, poolclass=NullPool, connect_args=told, **_HIDDEN)
    return prepare(engine, busy_seconds=seconds, silent_seconds=seconds)


def engine_options(url: str, vault: Vault | None = None) -> dict[str, Any]:
    """What `create_engine` is told for this database."""
    told: dict[str, Any] = {"execution_options": {VAULT: vault}, **_HIDDEN}
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS}, **told}
    return {"pool_pre_ping": True, "connect_args": connect_args(make_url(url)), **told}


def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions on an engine, outside Flask."""
    return sessionmaker(engine)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy whose engines are prepared as ours, and whose sessions end even when the database is gone."""

    def let_go(self) -> None:
        """End the session of this request. A line that was cut has nothing to roll back."""
        try:
            self.session.remove()
        except DBAPIError:
            with suppress(DBAPIError):
                self.session().invalidate()
            self.session.registry.clear()

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return prepare(super()._make_engine(bind_key, options, app))


def wake_after_commit(engine: Engine, wake: Callable[[], None]) -> None:
    """Have somebody woken after each transaction on this engine that wrote messages. ``wake`` returns at once."""
    _wakers[engine] = wake


def note_told(session: Session | scoped_session[Session]) -> None:
    """Messages were written in this transaction: who delivers them is woken when it is committed."""
    session.info[_TOLD] = True


def _wake_if_told(session: Session | scoped_session[Session]) -> None:
    if session.info.pop(_TOLD, False):
        bind = session.get_bind()
        wake = _wakers.get(bind if isinstance(bind, Engine) else bind.engine)
        if wake is not None:
            wake()


def rewrite(session: Session | scoped_session[Session], *, wholly: bool = True) -> bool:
    """Leave nothing in the database's file of what was taken out of its tables; whether it is so now.

    SQLite keeps deleted rows in pages it may use again, and in its write-ahead log: the file is written anew without
    them, while others read and whoever writes waits. Elsewhere this is the server's own affair (`docs/operating.md`).

    ``wholly``: no = the log only, for what goes every hour: deleted rows were overwritten where they stood.
    """
    session.rollback()
    bind = session.get_bind()
    if bind.dialect.name != "sqlite":
        return True
    connection = bind.engine.raw_connection()  # A transaction of ours would be one too many: VACUUM makes its own.
    try:
        cursor = connection.cursor()
        if wholly:
            cursor.execute("VACUUM")
        # It waits for who still reads what was there before, and whoever writes waits for it: not for long, then.
        cursor.execute(f"PRAGMA busy_timeout = {_READERS_SECONDS * 1000}")
        try:
            ((busy, *_),) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:  # The next one on this connection is as patient as everybody, whatever went wrong.
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        cursor.close()
    finally:
        connection.close()
    return not busy


@contextmanager
def writing(engine: Engine, *, keeps_foreign_keys: bool = True) -> Iterator[Connection]:
    """One writing transaction without a session: committed together, or nothing is.

    ``keeps_foreign_keys``: whether SQLite looks at each row; no: it lets tables be made anew that others name, and who
    uses it looks at all rows together before the end (``PRAGMA foreign_key_check``).
    """
    with engine.connect().execution_options(**{_WRITES: True}) as connection:
        loose = engine.dialect.name == "sqlite" and not keeps_foreign_keys
        raw: Any = connection.connection.dbapi_connection
        if loose:
            raw.execute("PRAGMA foreign_keys = OFF")  # Within a transaction nothing would happen.
        try:
            with connection.begin():
                yield connection
        finally:
            if loose:
                raw.execute("PRAGMA foreign_keys = ON")


@contextmanager
def write(session: Session | scoped_session[Session]) -> Iterator[None]:
    """One writing transaction: everything in the block is committed together, or nothing is.

    A reading transaction the session had open is ended first: what was read there may be stale, and SQLite could not
    turn it into a writing one.

    Raises: RuntimeError when the session holds changes from outside, which the block would commit unseen.
    """
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("the session holds changes made outside a writing transaction")
    if session.info.get(_TOGETHER):
        session.expunge_all()
        with session.begin_nested():
            yield
        return
    session.rollback()
    session.expunge_all()
    session.connection(execution_options={_WRITES: True})
    foresees = session.info.get(_FORESEES)
    try:
        yield
        if foresees is None:
            session.commit()
        else:
            session.flush()
            foresees()
            session.info.pop(_TOLD, None)
            session.rollback()
    except BaseException:
        session.info.pop(_TOLD, None)
        session.rollback()
        raise
    _wake_if_told(session)


@contextmanager
def undone(session: Session | scoped_session[Session], look: Callable[[], None]) -> Iterator[None]:
    """Writing transactions in the block are taken back instead of committed; ``look`` sees each of them as it would have been."""
    session.info[_FORESEES] = look
    try:
        yield
    finally:
        session.info.pop(_FORESEES, None)


@contextmanager
def undone_together(session: Session | scoped_session[Session]) -> Iterator[None]:
    """Writing transactions in the block become one, in which each sees what those before it did; all of it is taken back."""
    session.rollback()
    session.expunge_all()
    session.connection(execution_options={_WRITES: True})
    session.info[_TOGETHER] = True
    try:
        yield
    finally:
        session.info.pop(_TOGETHER, None)
        session.info.pop(_TOLD, None)
        session.rollback()
