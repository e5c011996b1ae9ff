"""Upgrades that meet others: each other, and people who hold the tables."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from tripkit.storage import migrations as upgrades
from tripkit.storage import open_engine
from tripkit.storage.migrations import TablesAreInUse, current, newest, upgrade
from tripkit.storage.revision import Age, age_of, revisions

both = pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)
on_postgres = pytest.mark.parametrize("fresh_url", ["postgres"], indirect=True)


@pytest.fixture
def old(fresh_url: str) -> Iterator[Engine]:
    """A database with the first tables."""
    engine = open_engine(fresh_url)
    upgrade(engine, revisions()[0])
    yield engine
    engine.dispose()


@both
def test_several_at_once_wait_for_each_other(old: Engine) -> None:
    engines = [open_engine(old.url.render_as_string(hide_password=False)) for _ in range(4)]
    begin = threading.Barrier(4)

    def go(engine: Engine) -> None:
        begin.wait(30)
        upgrade(engine)

    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(go, engine) for engine in engines]:
            one.result(120)
    assert current(old) == newest()
    for engine in engines:
        engine.dispose()


@on_postgres
def test_whoever_holds_a_table_is_not_made_to_wait_and_the_upgrade_comes_later(
    old: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds the outbox; a second one wants to write to it and must not wait behind the upgrade for long."""
    monkeypatch.setattr(upgrades, "_PAUSE", (0.05, 0.1))
    held = old.connect()
    held.execute(text("LOCK TABLE outbox IN ROW EXCLUSIVE MODE"))
    with ThreadPoolExecutor(1) as pool:
        upgrading = pool.submit(upgrade, old)
        for _ in range(5):
            with old.begin() as other:  # Longer than this it never stands in the way: it gives up, and comes again.
                other.execute(text("SET LOCAL lock_timeout = '20s'"))
                other.execute(text("LOCK TABLE outbox IN ROW EXCLUSIVE MODE"))
        assert not upgrading.done()
        held.rollback()
        held.close()
        upgrading.result(60)
    assert current(old) == newest()


@on_postgres
def test_an_upgrade_that_never_gets_its_moment_says_so_and_leaves_everything_as_it_was(old: Engine) -> None:
    before = {table: inspect(old).get_columns(table) for table in inspect(old).get_table_names()}
    with old.connect() as held:
        held.execute(text("LOCK TABLE outbox IN ROW EXCLUSIVE MODE"))
        with pytest.raises(TablesAreInUse, match="in use all the time"):
            upgrade(old, patience=1)
        held.rollback()
    assert current(old) == revisions()[0]
    assert {table: inspect(old).get_columns(table) for table in inspect(old).get_table_names()}.keys() == before.keys()
    upgrade(old)
    assert current(old) == newest()


@on_postgres
def test_without_giving_way_everybody_would_stand_behind_the_upgrade(
    old: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault itself: an upgrade that waits for its table has everybody else wait behind it."""
    monkeypatch.setattr(upgrades, "LOCK_MILLISECONDS", 60_000)
    held = old.connect()
    held.execute(text("LOCK TABLE outbox IN ROW EXCLUSIVE MODE"))
    with ThreadPoolExecutor(1) as pool:
        upgrading = pool.submit(upgrade, old)
        _until_somebody_waits(old)
        with old.connect() as other:
            other.execute(text("SET LOCAL lock_timeout = '1s'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                other.execute(text("LOCK TABLE outbox IN ROW EXCLUSIVE MODE"))
        held.rollback()
        held.close()
        upgrading.result(60)


def _until_somebody_waits(engine: Engine) -> None:
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass")
    for _ in range(600):
        with engine.connect() as connection:
            if connection.scalar(waits):
                return
        threading.Event().wait(0.05)
    raise AssertionError("nobody waits")


@on_postgres
def test_an_index_left_half_built_is_built_anew(old: Engine) -> None:
    upgrade(old, "0006")
    with old.begin() as connection:
        connection.execute(text("CREATE INDEX ix_outbox_due ON outbox (id)"))
        connection.execute(text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_outbox_due'::regclass"))
    upgrade(old)
    found = {index["name"]: index["column_names"] for index in inspect(old).get_indexes("outbox")}
    assert found["ix_outbox_due"] == ["priority", "next_at", "id"]


@both
def test_a_connection_that_upgraded_has_its_limits_again(old: Engine) -> None:
    upgrade(old)
    with old.connect() as connection:
        if old.dialect.name == "postgresql":
            assert connection.scalar(text("SHOW lock_timeout")) == "0"
            assert connection.scalar(text("SHOW statement_timeout")) == "30s"
        else:
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_how_tables_stand_to_this_version() -> None:
    assert age_of(None) is Age.NONE
    assert {age_of(one) for one in revisions()[:-1]} == {Age.OLDER}
    assert age_of(newest()) is Age.NEWEST
    assert age_of("9999") is Age.NEWER
    assert {age_of(one) for one in ("", "99999", "abcd", "0000", "zzzz")} == {Age.UNKNOWN}


def test_alembic_and_the_names_of_the_files_agree_on_what_is_newest() -> None:
    from alembic.config import Config  # noqa: PLC0415 (of this test alone)
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", upgrades.__path__[0])
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == newest()
