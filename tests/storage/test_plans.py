"""What is asked often is found by an index where there are many rows, on both databases: their own plans say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select, text
from sqlalchemy.orm import Session

from bench.grown import grow
from bench.grown_rows import NOW
from bench.grown_trips import LOOKED_AT
from tests.conftest import drop_postgres_database, make_postgres_database
from tripkit.actions.announce_signup import announce_signup
from tripkit.actions.erase_ended import erase_ended
from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.actions.seating import lock_seating, moving_queues
from tripkit.domain.seats import PoolKind
from tripkit.reads.places import trip_places
from tripkit.reads.queue_positions import queue_positions
from tripkit.reads.trip_plan import trip_plan
from tripkit.storage import db, open_engine, sessions, write
from tripkit.storage.bookings import BookingRow, OfferRow, ParticipantRow, PoolRow, WaitingRow
from tripkit.storage.migrations import upgrade
from tripkit.storage.trip_parts import SegmentRow
from tripkit.storage.trips import TripRow
from tripkit.testing import make_moment

PARTICIPANTS, QUEUE = 1_000, 200
_FAR = 1_000_000
"""How far apart the ids of two copies are."""
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("plans")]
MOMENT = make_moment(NOW, "worker")
Asked = list[tuple[str, Any]]


def multiply(connection: Connection) -> None:
    """Have every trip more often, and those of former years, erased since, much more often: of few, all are read."""
    whole = (TripRow, SegmentRow, PoolRow, BookingRow, ParticipantRow, WaitingRow, OfferRow)
    over = f"SELECT id FROM trip WHERE ends_on < '{NOW.date()}' AND id < {_FAR}"
    connection.execute(text(f"UPDATE trip SET erased_at = changed_at WHERE id IN ({over} AND id % 4 = 0)"))
    for number, row in enumerate((*whole, *whole[:3])):
        table = db.metadata.tables[row.__tablename__]
        former = number >= len(whole)
        first, last = (100, 300) if former else (1, 20)
        values = {column.name: column.name for column in table.columns}
        for name in values.keys() & {"id", "trip_id", "booking_id", "participant_id", "party"}:
            values[name] = f"{table.name}.{name} + n * {_FAR}"
        for name in {"trip": ["key"], "booking": ["code"]}.get(table.name, []):
            values[name] = f"{name} || '-' || n"
        if former and table.name == "trip":
            values["erased_at"] = "changed_at"
        numbers = f"WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
        which = f"{table.name}.{'id' if table.name == 'trip' else 'trip_id'}"
        those = f"{which} IN ({over})" if former else f"{which} < {_FAR}"
        copies = f"SELECT {', '.join(values.values())} FROM {table.name}, numbers WHERE {those}"
        connection.execute(text(f"INSERT INTO {table.name} ({', '.join(values)}) {numbers} {copies}"))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def grown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two hundred trips with twenty thousand people and queues on some of them, and a thousand of former years."""
    server = request.getfixturevalue("postgres_server") if request.param == "postgres" else None
    url = make_postgres_database(server) if server else f"sqlite:///{tmp_path_factory.mktemp('grown') / 'many.sqlite3'}"
    engine = open_engine(url)
    upgrade(engine)
    grow(engine, participants=PARTICIPANTS, queue=QUEUE)
    with engine.begin() as connection:
        multiply(connection)
        if not server:
            connection.execute(text("DELETE FROM sqlite_stat1"))  # Nobody counts rows for SQLite on a real site.
    if server:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    yield engine
    engine.dispose()
    if server:
        drop_postgres_database(server, url)


def looked_at(session: Session) -> int:
    return session.scalars(select(TripRow.id).where(TripRow.key == LOOKED_AT)).one()


def move(session: Session) -> None:
    """Look for queues that move, of a trip with room in all its groups and in one of its visits."""
    with write(session):
        seating = lock_seating(session, looked_at(session))
        seats = seating.seats
        seats.give_back(pool.id for pool in seats.pools.values() if pool.kind is not PoolKind.ITEM)
        seats.give_back([next(pool.id for pool in seats.pools.values() if pool.kind is PoolKind.ITEM)])
        moving_queues(session, seating)


def places(session: Session) -> None:
    trip_id = looked_at(session)
    plan = trip_plan(session, trip_id)
    assert plan is not None
    trip_places(session, trip_id, plan[2])


def offers(session: Session) -> None:
    """Those of one trip that are open, as when new ones were just made."""
    trip = looked_at(session)
    assert session.scalars(select(OfferRow).where(OfferRow.trip_id == trip, OfferRow.state == "open")).all()


def position(session: Session) -> None:
    last = select(func.max(WaitingRow.participant_id)).where(WaitingRow.trip_id == looked_at(session))
    assert queue_positions(session, [session.scalars(last).one()])[0].position > 1


QUESTIONS: dict[str, tuple[Callable[[Session], object], str, str]] = {
    "queues that move": (move, "waiting", "ix_waiting_trip_id_item_segment"),
    "a queue counted": (places, "waiting", "ix_waiting_trip_id_item_segment"),
    "a trip's open offers": (offers, "offer", "ix_offer_trip_id_state"),
    "one's position": (position, "count(*)", "ix_waiting_trip_id_item_segment"),
    "offers that end": (lambda s: expire_offers(s, moment=MOMENT), "offer", "ix_offer_state_until"),
    "guarantees that end": (lambda s: release_guarantees(s, moment=MOMENT), "segment", "ix_segment_guaranteed_until"),
    "trips to erase": (lambda s: erase_ended(s, moment=MOMENT), "trip", "ix_trip_ends_on"),
    "sign-up that opens or ends": (lambda s: announce_signup(s, moment=MOMENT), "trip", "ix_trip_ends_on"),
}
"""What is asked, a word of the statement that asks it, and the index it is found by."""


@contextmanager
def listening(engine: Engine) -> Iterator[Asked]:
    """Every statement of the block, with what it was given."""
    asked: Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def plan_of(connection: Connection, statement: str, parameters: Any) -> str:
    """How the database would answer it."""
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters))


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_found_by_its_index_and_by_no_other_way_without_it(grown: Engine, question: str) -> None:
    ask, word, index = QUESTIONS[question]
    with sessions(grown)() as session, listening(grown) as asked:
        ask(session)
    statement, parameters = next(
        one for one in reversed(asked) if one[0].startswith("SELECT") and word in one[0].replace("FROM ", "")
    )
    with grown.connect() as connection:
        plan = plan_of(connection, statement, parameters)
        assert index in plan, f"{statement}\n{plan}"
        connection.exec_driver_sql(f"DROP INDEX {index}")
        # In other words, since SQLite's driver remembers what it has explained.
        assert index not in plan_of(connection, f"{statement} -- without it", parameters)
        connection.rollback()
