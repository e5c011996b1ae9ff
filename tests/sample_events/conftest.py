"""The sample event as values, and databases in which it is applied and its story played; nobody writes to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.emptying import empty
from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.play_story import Played, play_story
from tripkit.cli.demo import sample_directory
from tripkit.domain.bookings import Moment
from tripkit.eventfile import Event, read_event
from tripkit.storage import open_engine, sessions
from tripkit.storage.migrations import upgrade

CLOCK = datetime(2018, 12, 10, 8, 0, tzinfo=UTC)
"""When everything that the story tells has happened."""


@dataclass(frozen=True)
class Stage:
    """A database in which a story was played. ``played``: what it led to."""

    engine: Engine
    trip_id: int
    played: Played


@pytest.fixture(scope="session")
def directory() -> Path:
    return sample_directory()


@pytest.fixture(scope="session")
def event(directory: Path) -> Event:
    return read_event(directory)


def put_and_play(engine: Engine, event: Event, *, until_left: int | None = None) -> Stage:
    """Apply an event when its sign-up opens, and play its story."""
    assert event.story is not None
    assert event.trip.signup_opens_at is not None
    with sessions(engine)() as session:
        done = apply_trip(
            session,
            organisation=event.organisation,
            trip=event.trip,
            pictures=event.pictures,
            logo=event.logo,
            moment=Moment(at=event.trip.signup_opens_at, actor="test"),
        )
        played = play_story(session, trip_id=done.trip_id, story=event.story, until_left=until_left)
    return Stage(engine=engine, trip_id=done.trip_id, played=played)


@pytest.fixture(scope="session")
def played_on_sqlite(event: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('sample') / 'sample.sqlite3'}")
    upgrade(engine)
    yield put_and_play(engine, event)
    engine.dispose()


@pytest.fixture(scope="module")
def played_on_postgres(event: Event, migrated_postgres: Engine) -> Iterator[Stage]:
    # The one database of the run: making and dropping another takes longer than all these tests.
    yield put_and_play(migrated_postgres, event)
    empty(migrated_postgres)


@pytest.fixture(params=["sqlite", "postgres"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """The story played to its end, on each database."""
    found: Stage = request.getfixturevalue(f"played_on_{request.param}")
    return found


@pytest.fixture
def watching(stage: Stage) -> Iterator[Session]:
    """A session that looks at a played story."""
    with sessions(stage.engine)() as session:
        yield session
