"""From nothing to the newest tables, on both databases, and nothing the models know is missing there."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from tripkit.storage import db, open_engine, sessions
from tripkit.storage.migrations import current, newest, upgrade
from tripkit.testing import applied, make_trip

both = pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)


# What SQLAlchemy cannot describe on SQLite, it does not compare there either; on PostgreSQL it does.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index:UserWarning")
@both
def test_an_empty_database_gets_every_table_the_models_describe(fresh_url: str) -> None:
    engine = open_engine(fresh_url)
    assert current(engine) is None
    upgrade(engine)
    assert current(engine) == newest()
    assert set(inspect(engine).get_table_names()) == {*db.metadata.tables, "alembic_version"}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
    engine.dispose()


@both
def test_migrating_twice_changes_nothing(fresh_url: str) -> None:
    engine = open_engine(fresh_url)
    upgrade(engine)
    upgrade(engine)
    assert current(engine) == newest()
    engine.dispose()


@both
@pytest.mark.parametrize("taken", [-1, 4])
def test_the_database_itself_refuses_a_pool_out_of_its_bounds(fresh_url: str, taken: int) -> None:
    engine = open_engine(fresh_url)
    upgrade(engine)
    with sessions(engine)() as session:
        applied(session, make_trip(size=3))
    with engine.connect() as connection:
        with pytest.raises(IntegrityError, match=r"not_oversold|not_negative"):
            connection.execute(text(f"UPDATE pool SET taken = {taken} WHERE kind = 'open'"))
        connection.rollback()
    engine.dispose()
