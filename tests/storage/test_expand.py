"""Each migration leaves the version before it working: its rows can still be written, read and changed, in its own words.

That is what lets web processes and workers go on while `tripkit db upgrade` runs, and be restarted one by one after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from tests.docs.blocks import page_text
from tests.storage.neighbours import insert_rows, read_rows, update_rows
from tests.storage.scripts import migration, oldest_neighbour
from tripkit.storage import open_engine
from tripkit.storage.migrations import current, newest, upgrade
from tripkit.storage.revision import revisions

PAIRS = [*zip(revisions(), revisions()[1:], strict=False)]
both = pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def engine_at_first(fresh_url: str) -> Iterator[Engine]:
    engine = open_engine(fresh_url)
    upgrade(engine, revisions()[0])
    yield engine
    engine.dispose()


def still_works(engine: Engine, before: str, after: str) -> None:
    """The version of ``before`` writes, reads and changes rows on tables of ``after``. Raises: what it would meet."""
    upgrade(engine, before)
    with engine.begin() as connection:
        old = insert_rows(connection, before)
    upgrade(engine, after)
    with engine.begin() as connection:
        read_rows(connection, before, old)
        update_rows(connection, before, old)
        new = insert_rows(connection, before)
        read_rows(connection, before, new)
        update_rows(connection, before, new)


@both
def test_every_version_works_on_the_tables_of_the_next(engine_at_first: Engine) -> None:
    """One database goes all the way, with rows of every version in it."""
    assert PAIRS
    for before, after in PAIRS:
        if oldest_neighbour(after) is None:
            still_works(engine_at_first, before, after)
        else:
            with pytest.raises((DatabaseError, AssertionError)):  # It says so, and it is so.
                still_works(engine_at_first, before, after)
            upgrade(engine_at_first, after)
    assert current(engine_at_first) == newest()


@both
def test_the_first_version_works_on_the_newest_tables(engine_at_first: Engine) -> None:
    """As long as none has said otherwise: who skips versions skips no step."""
    if all(oldest_neighbour(after) is None for _, after in PAIRS):
        still_works(engine_at_first, revisions()[0], newest())


@both
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE booking ADD COLUMN floor VARCHAR NOT NULL DEFAULT 'x'",
        "ALTER TABLE answer RENAME COLUMN question TO asked",
        "ALTER TABLE queue_move DROP COLUMN because",
        "CREATE UNIQUE INDEX ux ON participant (segment)",
        "DROP TABLE note",
    ],
)
def test_a_migration_that_would_stop_the_version_before_is_noticed(engine_at_first: Engine, statement: str) -> None:
    """What this test says would mean nothing if it could not fail. The first one is harmless, and passes."""
    first = revisions()[0]
    with engine_at_first.begin() as connection:
        old = insert_rows(connection, first)
        connection.execute(text(statement))

    def go_on() -> None:
        with engine_at_first.begin() as connection:
            read_rows(connection, first, old)
            connection.execute(text("UPDATE participant SET segment = 'x'"))
            insert_rows(connection, first)
            connection.execute(text("UPDATE participant SET segment = 'x'"))

    if "DEFAULT" in statement:
        go_on()
    else:
        with pytest.raises(DatabaseError):
            go_on()


def test_a_migration_that_cannot_keep_to_it_says_from_where_to_come_and_so_does_the_page() -> None:
    for _, after in PAIRS:
        named = oldest_neighbour(after)
        if named is not None:
            assert re.fullmatch(r"\d+\.\d+", named), after
            assert f"`{named}`" in page_text("docs/hosting.md"), (
                f"docs/hosting.md names {named}, where to stop before {after}"
            )


def test_migrations_are_numbered_without_a_gap_and_in_one_line() -> None:
    assert [migration(revision).revision for revision in revisions()] == [*revisions()]
    assert [migration(revision).down_revision for revision in revisions()] == [None, *revisions()[:-1]]
    assert [int(revision) for revision in revisions()] == [*range(1, len(revisions()) + 1)]


def test_a_migration_builds_indexes_of_tables_that_are_in_use_so_that_nobody_waits() -> None:
    """An index of a table that the same migration makes holds up nobody; every other one goes through `build_index`."""
    from tests.storage.scripts import VERSIONS  # noqa: PLC0415 (of this test alone)

    wrong = []
    for path in sorted(VERSIONS.glob("*.py"))[1:]:
        code = path.read_text("utf-8")
        made = set(re.findall(r'create_table\(\s*"(\w+)"', code))
        wrong += [
            f"{path.name}: {table}"
            for table in re.findall(r'op\.create_index\(\s*[^,]+,\s*"(\w+)"', code)
            if table not in made
        ]
        if "batch_op.create_index" in code:
            wrong.append(f"{path.name}: batch_op.create_index")
    assert wrong == []
