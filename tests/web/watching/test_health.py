"""Whether the process answers, and whether the site can be served from it: in words, from a line of its own, and soon."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from tests.conftest import DATA_KEYS, drop_postgres_database, make_postgres_database
from tests.servers import PostgresServer, running_postgres, running_redis
from tests.statements import count_statements
from tests.web.conftest import TRIP, Site
from tests.web.everywhere import engine_of
from tests.web.test_unreachable import away
from tripkit.app import create_app
from tripkit.settings import Settings
from tripkit.storage import open_briefly, open_engine, sessions, write
from tripkit.storage.migrations import upgrade
from tripkit.storage.revision import newest
from tripkit.storage.work import WorkerRow
from tripkit.testing import NOW
from tripkit.web.watching import readiness
from tripkit.web.watching.readiness import Readiness

SECRET_KEY = "only for tests, 32 characters.."


@pytest.fixture(autouse=True)
def looked_at_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question is a look."""
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0.0)


def settings_for(url: str, **changes: Any) -> Settings:
    return replace(Settings(database_url=url, secret_key=SECRET_KEY, data_keys=DATA_KEYS, worker=False), **changes)


def asked(app: Flask, path: str = "/readyz") -> tuple[int, dict[str, str]]:
    """The status, and the words."""
    answer = app.test_client().get(path)
    return answer.status_code, answer.get_json()


def beats(engine: Engine, at: Any = NOW) -> None:
    """Somebody works."""
    with sessions(engine)() as session, write(session):
        session.add(WorkerRow(id="one", host="here", pid=1, started_at=at, beat=1, beat_at=at))


def test_the_process_answers_and_touches_nothing(site: Site) -> None:
    with count_statements(engine_of(site)) as statements, away(site):
        answer = site.get("/healthz")
    assert (answer.status_code, answer.get_json(), statements) == (200, {"status": "ok"}, [])


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nobody_keeps_the_answer_and_no_cookie_is_set(site: Site, path: str) -> None:
    answer: TestResponse = site.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "application/json" and "Set-Cookie" not in answer.headers
    assert site.client.head(path).status_code == 200


def test_a_site_is_ready_with_somebody_who_works_or_nobody(kept_site: Site) -> None:
    assert asked(kept_site.app) == (200, {"status": "ok", "database": "ok", "worker": "away"})
    beats(kept_site.session.get_bind().engine, NOW - timedelta(minutes=5))
    assert asked(kept_site.app)[1]["worker"] == "away"
    kept_site.at(NOW - timedelta(minutes=5, seconds=-10))
    assert asked(kept_site.app) == (200, {"status": "ok", "database": "ok", "worker": "ok"})


def test_it_is_looked_at_on_a_line_of_its_own(kept_site: Site) -> None:
    """The pages' lines may all be busy, or cut."""
    with away(kept_site), count_statements(engine_of(kept_site)) as statements:
        assert asked(kept_site.app)[0] == 200
    assert statements == []


def test_tables_that_are_not_there_or_older_or_strange_are_said(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    app = create_app(settings_for(url))
    assert asked(app) == (503, {"status": "away", "database": "away"})
    assert not (tmp_path / "x.sqlite3").exists(), "to look makes nothing"
    (tmp_path / "x.sqlite3").touch()
    assert asked(app) == (503, {"status": "old", "database": "old"})
    engine = open_engine(url)
    upgrade(engine, "0004")
    assert asked(app) == (503, {"status": "old", "database": "old"})
    upgrade(engine)
    assert asked(app)[0] == 200
    newer = f"{int(newest()) + 1:0{len(newest())}}"
    for revision, status in ((newer, 200), ("abcd", 503)):
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        assert asked(app)[0] == status, revision
    assert asked(app)[1] == {"status": "unknown", "database": "unknown"}
    engine.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    url = make_postgres_database(postgres_server)
    yield url
    drop_postgres_database(postgres_server, url)


def test_a_postgresql_without_tables_is_not_ready(postgres_url: str) -> None:
    assert asked(create_app(settings_for(postgres_url))) == (503, {"status": "old", "database": "old"})


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A server that may be paused and stopped."""
    with running_postgres() as server:
        engine = open_engine(server.server_url)
        upgrade(engine)
        engine.dispose()
        yield server


def test_a_postgresql_that_hangs_or_is_gone_is_said_and_the_process_still_answers(own_postgres: PostgresServer) -> None:
    app = create_app(settings_for(own_postgres.server_url))
    assert asked(app)[0] == 200
    own_postgres.pause()
    try:
        with ThreadPoolExecutor(8) as at_once:
            many = [at_once.submit(asked, app) for _ in range(8)]
            assert asked(app, "/healthz") == (200, {"status": "ok"})
            # Pages have forty; this has two or so.
            found = [one.result(30) for one in many]
    finally:
        own_postgres.go_on()
    assert found == [(503, {"status": "away", "database": "away"})] * 8
    assert asked(app)[0] == 200
    own_postgres.stop()
    try:
        assert asked(app) == (503, {"status": "away", "database": "away"})
    finally:
        own_postgres.start()
    assert asked(app)[0] == 200


def test_a_line_that_falls_silent_is_given_up_whatever_the_address_says(own_postgres: PostgresServer) -> None:
    engine = open_briefly(f"{own_postgres.server_url}&connect_timeout=60&options=-c%20statement_timeout=60s", 2)
    with engine.connect() as connection:
        line: Any = connection.connection.dbapi_connection
        assert connection.scalar(text("SHOW statement_timeout")) == "2s"
        assert line.info.get_parameters()["connect_timeout"] == "2"
        connection.rollback()
        own_postgres.pause()
        try:
            with pytest.raises(OperationalError, match="no answer in 2 seconds"):
                connection.scalar(text("SELECT 1"))
        finally:
            own_postgres.go_on()


def test_redis_is_told_and_its_loss_is_not_the_sites(tmp_path: Path, sqlite_engine: Engine) -> None:
    url = sqlite_engine.url.render_as_string(hide_password=False)
    with running_redis(tmp_path) as redis:
        app = create_app(settings_for(url, redis_url=redis.url))
        assert asked(app) == (200, {"status": "ok", "database": "ok", "worker": "away", "redis": "ok"})
        redis.pause()
        try:
            assert asked(app) == (200, {"status": "ok", "database": "ok", "worker": "away", "redis": "away"})
        finally:
            redis.go_on()
    assert asked(app)[1]["redis"] == "away"


def test_who_asks_all_the_time_makes_no_work(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 60.0)
    looks: list[object] = []
    look = Readiness._look

    def counted(self: Readiness, now: Any) -> dict[str, str]:
        looks.append(now)
        return look(self, now)

    monkeypatch.setattr(Readiness, "_look", counted)
    site.app.extensions.pop("tripkit_readiness", None)
    assert {asked(site.app)[0] for _ in range(20)} == {200}
    assert len(looks) == 1


def test_monitors_do_not_fill_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tripkit.web.access"):
        site.get("/healthz")
        site.get("/readyz")
        assert caplog.records == []
        site.get(TRIP)
        assert len(caplog.records) == 1
