"""A PostgreSQL server that hangs, or that holds a lock for ever, makes nobody wait for ever."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tests.servers import PostgresServer, running_postgres
from tripkit.storage import open_engine
from tripkit.storage import patience as patience_module
from tripkit.storage.patience import IDLE_SECONDS, STATEMENT_SECONDS, connect_args, patient

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with running_postgres() as running:
        yield running


@pytest.fixture
def engine(server: PostgresServer) -> Iterator[Engine]:
    made = open_engine(server.server_url)
    yield made
    made.dispose()


def shown(engine: Engine, name: str) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text(f"SHOW {name}")).scalar_one())


def test_the_server_is_told_how_long_a_statement_and_a_silent_transaction_may_take(engine: Engine) -> None:
    assert shown(engine, "statement_timeout") == f"{STATEMENT_SECONDS}s"
    assert shown(engine, "idle_in_transaction_session_timeout") == f"{IDLE_SECONDS // 60}min"


def test_what_the_address_says_itself_holds(server: PostgresServer) -> None:
    url = make_url(server.server_url).update_query_dict(
        {"options": "-c statement_timeout=7s", "connect_timeout": "9", "application_name": "trips"}
    )
    assert "connect_timeout" not in connect_args(url)
    engine = open_engine(url.render_as_string(hide_password=False))
    assert shown(engine, "statement_timeout") == "7s"
    assert shown(engine, "idle_in_transaction_session_timeout") == "1min"
    assert shown(engine, "application_name") == "trips"
    engine.dispose()


def test_who_waits_for_a_lock_that_is_never_given_back_is_told_so_and_can_go_on(server: PostgresServer) -> None:
    url = make_url(server.server_url).update_query_dict({"options": "-c statement_timeout=300ms"})
    engine = open_engine(url.render_as_string(hide_password=False))
    with engine.connect() as holding, engine.connect() as waiting:
        holding.execute(text("SELECT pg_advisory_xact_lock(1)"))
        with pytest.raises(OperationalError, match="statement timeout"):
            waiting.execute(text("SELECT pg_advisory_xact_lock(1)"))
        holding.rollback()
        waiting.rollback()
        waiting.execute(text("SELECT pg_advisory_xact_lock(1)"))
    engine.dispose()


def test_what_is_known_to_take_long_may(server: PostgresServer) -> None:
    url = make_url(server.server_url).update_query_dict({"options": "-c statement_timeout=300ms"})
    engine = open_engine(url.render_as_string(hide_password=False))
    with engine.begin() as connection, patient(connection):
        connection.execute(text("SELECT pg_sleep(0.6)"))
    with engine.connect() as connection, pytest.raises(OperationalError, match="statement timeout"):
        connection.execute(text("SELECT pg_sleep(60)"))
    engine.dispose()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> Engine:
    """An engine that waits for a second, and has a connection."""
    with engine.connect() as connection:
        inner = connection.connection.dbapi_connection
    monkeypatch.setattr(type(inner), "silent_seconds", 1.0)
    return engine


def test_a_server_that_falls_silent_is_given_up_and_asked_again_when_it_is_back(
    server: PostgresServer, hasty: Engine
) -> None:
    with hasty.connect() as connection:
        connection.execute(text("SELECT 1"))
        server.pause()
        try:
            with pytest.raises(OperationalError, match="the server is silent"):
                connection.execute(text("SELECT 1"))
            assert connection.invalidated
        finally:
            server.go_on()
    with hasty.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_connection_from_the_pool_is_no_exception(server: PostgresServer, hasty: Engine) -> None:
    server.pause()
    try:
        with pytest.raises(OperationalError), hasty.connect():
            raise AssertionError("a server that hangs cannot be connected to")
    finally:
        server.go_on()


def test_without_that_it_would_be_waited_for_as_long_as_it_hangs(server: PostgresServer) -> None:
    # The server's own limit is no help: it is the server that hangs.
    engine = create_engine(server.server_url, connect_args={"options": "-c statement_timeout=1s"})

    def ask() -> int:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT 1")).scalar_one())

    assert ask() == 1
    server.pause()
    with ThreadPoolExecutor() as aside:
        asked = aside.submit(ask)
        try:
            with pytest.raises(TimeoutError):
                asked.result(5)
        finally:
            server.go_on()
        assert asked.result(30) == 1
    engine.dispose()


def test_a_long_answer_that_keeps_coming_is_read_to_its_end(hasty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with hasty.connect() as connection:
        monkeypatch.setattr(type(connection.connection.dbapi_connection), "silent_seconds", 0.0)
        rows = connection.execute(text("SELECT repeat('x', 1000) FROM generate_series(1, 20000)"))
        assert len(rows.all()) == 20_000
    assert patience_module.SILENT_SECONDS > STATEMENT_SECONDS
