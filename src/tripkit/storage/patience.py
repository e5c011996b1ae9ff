"""How long PostgreSQL is waited for, so that nobody hangs for ever on a server that does; no table, no query."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, event

if TYPE_CHECKING:  # An extra, loaded when the first connection is made.
    import psycopg

STATEMENT_SECONDS = 30
"""After so long the server itself ends a statement, also one that waits for another's lock; what it did is undone."""
IDLE_SECONDS = 60
"""After so long the server ends a transaction whose process has gone silent, and gives its locks to who waits."""
SILENT_SECONDS = 40.0
"""After so long a statement's answer is not waited for any more: then the server itself has stopped."""
_CONNECT = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""Seconds to connect, and until a line that leads nowhere any more is known to (libpq; the last one in milliseconds)."""


def connect_args(url: URL) -> dict[str, Any]:
    """What a connection is told; what the address says itself (``?connect_timeout=…&options=…``) wins."""
    limits = {"statement_timeout": STATEMENT_SECONDS, "idle_in_transaction_session_timeout": IDLE_SECONDS}
    options = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())
    given = url.query.get("options", "")
    said = given if isinstance(given, str) else " ".join(given)
    return {
        **{name: value for name, value in _CONNECT.items() if name not in url.query},
        "options": f"{options} {said}".strip(),  # The last one holds.
    }


def brief_connect_args(url: URL, seconds: int) -> dict[str, Any]:
    """What a connection is told that waits for nothing longer than this, whatever the address says."""
    patient_ones = connect_args(url)
    options = f"{patient_ones['options']} -c statement_timeout={seconds}s"
    return {**patient_ones, "connect_timeout": seconds, "options": options}


def bound(engine: Engine, silent_seconds: float | None = None) -> None:
    """Have this engine's connections give up on a server that is there and says nothing; None = after `SILENT_SECONDS`."""

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: object, _record: object, arguments: list[Any], named: dict[str, Any]) -> object:
        made: Any = _kind().connect(*arguments, **named)
        if silent_seconds is not None:
            made.silent_seconds = silent_seconds
        return made


@contextmanager
def patient(connection: Connection) -> Iterator[None]:
    """Wait as long as it takes in this transaction: for work that is known to take long on a full database."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    inner: Any = connection.connection.dbapi_connection
    inner.silent_seconds = float("inf")
    try:
        yield
    finally:
        inner.silent_seconds = SILENT_SECONDS


@contextmanager
def patient_throughout(connection: Connection) -> Iterator[None]:
    """The same for all transactions of a connection that has none open, until the end of the block."""
    inner: Any = connection.connection.dbapi_connection
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.commit()
    inner.silent_seconds = float("inf")
    try:
        yield
    finally:
        inner.silent_seconds = SILENT_SECONDS
        connection.rollback()
        connection.exec_driver_sql("RESET statement_timeout")
        connection.commit()


_found: list[type[psycopg.Connection[Any]]] = []


def _kind() -> type[psycopg.Connection[Any]]:
    if _found:
        return _found[0]
    import psycopg  # noqa: PLC0415 (an extra)

    class BoundedConnection(psycopg.Connection[Any]):
        """A connection that is closed when an answer takes too long. libpq has no such limit of its own."""

        silent_seconds = SILENT_SECONDS

        def wait(self, gen: Any, *arguments: Any, **named: Any) -> Any:
            """As its parent does. Raises: psycopg.OperationalError, and the connection is closed."""
            return super().wait(self._until(gen, monotonic() + self.silent_seconds), *arguments, **named)

        def _until(self, gen: Generator[Any, Any, Any], deadline: float) -> Generator[Any, Any, Any]:
            """The same talk with the server, left when it takes too long; psycopg comes by ten times a second."""
            try:
                wanted = next(gen)
                while True:
                    ready = yield wanted
                    if monotonic() > deadline and not ready:
                        self.pgconn.finish()
                        raise psycopg.OperationalError(
                            f"the server is silent: no answer in {self.silent_seconds:.0f} seconds"
                        )
                    wanted = gen.send(ready)
            except StopIteration as done:
                return done.value

    _found.append(BoundedConnection)
    return BoundedConnection
