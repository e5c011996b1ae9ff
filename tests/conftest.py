"""Databases the tests run on: SQLite always, PostgreSQL where a server is named or answers on this machine."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.compiled import Compiled
from tests.emptying import empty
from tripkit.domain.bookings import ParticipantStatus
from tripkit.settings import Settings
from tripkit.storage import Database, open_engine, sessions
from tripkit.storage.bookings import BookingRow, ClaimRow, ParticipantRow, PoolRow
from tripkit.storage.data_keys import vault_for
from tripkit.storage.migrations import upgrade
from tripkit.storage.session import BUSY_SECONDS
from tripkit.testing import NOW, make_trip

if TYPE_CHECKING:
    from playwright.sync_api import Browser

for name in [*os.environ]:
    if name.startswith("TRIPKIT_") and not name.startswith(("TRIPKIT_TEST_", "TRIPKIT_BENCH_")):
        del os.environ[name]  # A developer's own settings are not those of the tests, nor of the processes they start.
Flask.jinja_options["bytecode_cache"] = Compiled()
REQUIRED = set(os.environ.get("TRIPKIT_TEST_REQUIRE", "").replace(" ", "").split(",")) - {""}
"""What must be there: ``all``, or some of ``postgres``, ``browser``, ``redis``, ``faketime``, ``nginx``, ``caddy``, ``systemd``,
``openssl``. A missing one fails instead of being skipped."""
POSTGRES = os.environ.get("TRIPKIT_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
"""A server on which databases may be made and dropped."""
DATA_KEYS = ("d0" * 32,)
"""What sites of tests on PostgreSQL seal with."""
A_WALK = 12
"""Other tests take as long together as one in a browser."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On several processors, files that may take longest come first, then those with most tests: none is left to wait for at the end."""
    if not hasattr(config, "workerinput"):
        return
    longest, tests = defaultdict[Path, float](float), Counter[Path]()
    for item in items:
        tests[item.path] += A_WALK if "browser" in getattr(item, "fixturenames", ()) else 1
        for mark in item.iter_markers("timeout"):
            longest[item.path] = max(longest[item.path], *mark.args)
    items.sort(key=lambda item: (-longest[item.path], -tests[item.path]))


def missing(what: str, why: str) -> None:
    """Skip the test, or fail it when this was required."""
    if REQUIRED & {what, "all"}:
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


CHROMIUM = os.environ.get("TRIPKIT_TEST_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run: two of Playwright's drivers in one process do not get on."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (most runs of a few tests need no browser)

    if CHROMIUM is None or not shutil.which(CHROMIUM):
        missing("browser", "no Chromium: install it, or name one in TRIPKIT_TEST_CHROMIUM")
    with ExitStack() as driver:
        try:
            playwright = driver.enter_context(sync_playwright())
        except Exception as error:  # noqa: BLE001 (the driver's own, of no closer kind)
            missing("browser", f"Playwright does not start ({error}); on Debian: apt-get install libatomic1")
        # Chromium's own sandbox cannot be set up by root in a container, and it sees nothing but our pages.
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


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
    engine = open_engine(url, vault_for(Settings(database_url=url, data_keys=DATA_KEYS)))
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
    url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'tripkit.sqlite3'}"
    engine = open_engine(url, vault_for(Settings(database_url=url)))
    upgrade(engine)
    event.listen(engine, "checkin", still_patient)
    yield engine
    engine.dispose()


def still_patient(connection: sqlite3.Connection | None, _record: object) -> None:
    """A connection that others get is given back as it came: a test that made it impatient would be another one's fault."""
    if connection is not None:
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (BUSY_SECONDS * 1000,)


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


def in_files(engine: Engine) -> bytes:
    """What lies in the files of an SQLite database, used or not.

    Read by a process of its own: one that has the database open loses its locks on it as soon as it closes the file
    (POSIX), and whoever comes next takes the log away from under it: https://sqlite.org/howtocorrupt.html, 2.2.
    """
    files = sorted(Path(str(engine.url.database)).parent.glob("*.sqlite3*"))
    return subprocess.run(["cat", *files], check=True, stdout=subprocess.PIPE).stdout


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
