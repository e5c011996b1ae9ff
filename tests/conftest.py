"""Databases the tests run on: SQLite always, PostgreSQL where a server is named or answers on this machine."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tripkit.domain.bookings import ParticipantStatus
from tripkit.storage import Database, db, open_engine, sessions
from tripkit.storage.bookings import BookingRow, ClaimRow, ParticipantRow, PoolRow
from tripkit.storage.migrations import upgrade
from tripkit.testing import NOW, make_trip

REQUIRED = set(os.environ.get("TRIPKIT_REQUIRE", "").replace(" ", "").split(",")) - {""}
"""What must be there: ``postgres``, ``browser``. A missing one fails instead of being skipped."""
POSTGRES = os.environ.get("TRIPKIT_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
"""A server on which databases may be made and dropped."""


def missing(what: str, why: str) -> None:
    """Skip the test, or fail it when this was required."""
    if what in REQUIRED:
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def opened_engines() -> Iterator[list[Engine]]:
    """Engines of applications that tests made; what is still connected at the end is closed."""
    engines: list[Engine] = []
    yield engines
    for engine in engines:
        engine.dispose()


@pytest.fixture(autouse=True)
def connections_end_with_their_test(opened_engines: list[Engine], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An application made for one test leaves no connection open: from Python 3.13 on that is a warning, so an error."""
    before, make = len(opened_engines), Database._make_engine

    def made(self: Database, *args: Any) -> Engine:
        opened_engines.append(make(self, *args))
        return opened_engines[-1]

    monkeypatch.setattr(Database, "_make_engine", made)
    yield
    for engine in opened_engines[before:]:
        engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The address of a PostgreSQL server."""
    try:
        import psycopg  # noqa: F401, PLC0415 (an extra: the suite runs without it)
    except ImportError:
        missing("postgres", "psycopg is not installed: pip install 'tripkit[postgres]'")
    engine = create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return POSTGRES
    except OperationalError:
        missing("postgres", "no PostgreSQL server: name one in TRIPKIT_TEST_POSTGRES")
        raise
    finally:
        engine.dispose()


def make_postgres_database(server: str) -> str:
    """Make an empty database on the server; its address."""
    name = f"tripkit_test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop_postgres_database(server: str, url: str) -> None:
    """Drop a database of `make_postgres_database`."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[Engine]:
    """One migrated database for the whole run."""
    url = make_postgres_database(postgres_server)
    engine = open_engine(url)
    # Nothing here is worth surviving a power cut, and the disk is the slowest part of a test.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'ALTER DATABASE "{engine.url.database}" SET synchronous_commit = off'))
    upgrade(engine)
    yield engine
    engine.dispose()
    drop_postgres_database(postgres_server, url)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One migrated database for the whole run."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('database') / 'tripkit.sqlite3'}")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A migrated database that is empty again after the test."""
    engine: Engine = request.getfixturevalue(f"migrated_{request.param}")
    yield engine
    empty(engine)


@pytest.fixture
def sqlite_engine(migrated_sqlite: Engine) -> Iterator[Engine]:
    """A migrated SQLite database, where one database is enough; empty again after the test."""
    yield migrated_sqlite
    empty(migrated_sqlite)


def empty(engine: Engine) -> None:
    """Take every row out of every table."""
    tables = [table.name for table in db.metadata.sorted_tables]
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE"))
        else:
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on the database."""
    with sessions(engine)() as session:
        yield session


@pytest.fixture
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, of the kind the test is parametrised with: ``sqlite`` or ``postgres``."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
        return
    server = request.getfixturevalue("postgres_server")
    url = make_postgres_database(server)
    yield url
    drop_postgres_database(server, url)


@pytest.fixture
def fill(session: Session) -> Callable[[int, int], None]:
    """Fill a trip with so many confirmed people in bulk, as if they had signed up one by one."""

    def put(trip_id: int, people: int) -> None:
        open_pool = session.scalars(select(PoolRow).where(PoolRow.trip_id == trip_id, PoolRow.key == "")).one()
        price = make_trip().price
        booked = booked_by(session, trip_id)
        for start in range(0, people, 1000):
            rows = [
                ParticipantRow(
                    booking_id=booked,
                    trip_id=trip_id,
                    name=f"Fyllare {number}",
                    segment="city",
                    status=ParticipantStatus.CONFIRMED,
                    price=price,
                    wished=(),
                )
                for number in range(start, min(start + 1000, people))
            ]
            session.add_all(rows)
            session.flush()
            session.add_all(ClaimRow(participant_id=row.id, pool_id=open_pool.id) for row in rows)
        open_pool.taken += people
        session.commit()

    return put


def booked_by(session: Session, trip_id: int) -> int:
    """A booking to put participants into; its id."""
    row = BookingRow(
        trip_id=trip_id,
        code=uuid.uuid4().hex[:9],
        form_key=uuid.uuid4().hex,
        form_digest="",
        contact_name="Fyllare",
        contact_email="fyllare@tripkit.example",
        contact_phone=None,
        organisation="Påhittade kommunen",
        invoice_address="",
        invoice_reference="",
        language="sv",
        together=False,
        terms_version="1",
        booked_at=NOW,
    )
    session.add(row)
    session.flush()
    return row.id
