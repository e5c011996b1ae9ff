"""A site with a trip on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.conftest import drop_postgres_database, make_postgres_database
from tests.faults.site import SiteProcesses, site
from tests.faults.trip_ahead import trip_ahead
from tests.servers import PostgresServer, RedisServer, running_postgres, running_redis
from tripkit.storage import open_engine, sessions
from tripkit.storage.migrations import upgrade
from tripkit.testing import applied

SIZE = 30


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server that may be stopped; it runs when a test begins."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis server that may be stopped."""
    (tmp_path / "redis").mkdir()
    with running_redis(tmp_path / "redis") as server:
        yield server


@contextmanager
def with_trip(request: pytest.FixtureRequest, folder: Path, kind: str = "") -> Iterator[Engine]:
    """A database of its own with a trip of thirty places in it. ``kind``: empty = what the fixture asks for."""
    if (kind or request.param) == "sqlite":
        yield from _with_trip(f"sqlite:///{folder / 'tripkit.sqlite3'}")
        return
    server: PostgresServer = request.getfixturevalue("own_postgres")
    url = make_postgres_database(server.server_url)
    try:
        yield from _with_trip(url)
    finally:
        server.go_on()  # It may be paused, or stopped.
        server.start()
        drop_postgres_database(server.server_url, url)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with a trip in it."""
    with with_trip(request, tmp_path) as made:
        yield made


@pytest.fixture
def postgres_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The same on PostgreSQL only; its server may be stopped."""
    with with_trip(request, tmp_path, "postgres") as made:
        yield made


@pytest.fixture
def sqlite_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The same on SQLite only."""
    with with_trip(request, tmp_path, "sqlite") as made:
        yield made


def _with_trip(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    upgrade(engine)
    with sessions(engine)() as session:
        applied(session, trip_ahead(size=SIZE))
    try:
        yield engine
    finally:
        engine.dispose()


MakeSite = Callable[..., AbstractContextManager[SiteProcesses]]


@pytest.fixture
def make_site(tmp_path: Path) -> MakeSite:
    """Makes a site on an engine's database."""

    def make(engine: Engine, *, redis: RedisServer | None = None) -> AbstractContextManager[SiteProcesses]:
        url = engine.url.render_as_string(hide_password=False)
        return site(tmp_path, url, redis_url=redis and redis.url)

    return make
