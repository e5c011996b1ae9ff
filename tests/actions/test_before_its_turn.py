"""What does not depend on others is written before a sign-up's turn comes: while places are locked, everybody waits for them."""

from __future__ import annotations

import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions.apply_trip import apply_trip
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.prices import Money, Price
from tripkit.storage import sessions
from tripkit.storage.bookings import ParticipantRow
from tripkit.testing import applied, booked, make_moment, make_organisation, make_participant, make_trip

PATIENCE = 60.0


def in_turn(statements: list[str]) -> list[str]:
    """What is sent while the places are locked, each as its verb and table."""
    first = next(number for number, one in enumerate(statements) if one.startswith("SELECT pool.id"))
    found = [re.match(r"(SELECT|INSERT INTO|UPDATE|DELETE FROM) (\w+)", one) for one in statements[first + 1 :]]
    return [f"{one[1]} {one[2]}" for one in found if one is not None]


TO_THE_QUEUE = ("SELECT trip", "INSERT INTO waiting", "INSERT INTO queue_move", "SELECT waiting_1")
ON_THE_TRIP = ("SELECT trip", "UPDATE pool", "UPDATE participant", "INSERT INTO claim", "SELECT waiting")


@pytest.mark.parametrize(("size", "people"), [(1, 1), (1, 3), (9, 1), (9, 3)])
def test_little_is_done_while_the_places_are_locked(session: Session, size: int, people: int) -> None:
    trip_id = applied(session, make_trip(size=size))
    booked(session, trip_id)
    session.rollback()
    with count_statements(session) as statements:
        booked(session, trip_id, [make_participant(answers={"diet": "vegan"}) for _ in range(people)], together=False)
    expected = TO_THE_QUEUE if size == 1 else ON_THE_TRIP
    assert in_turn(statements) == [*expected, "INSERT INTO outbox", "INSERT INTO audit"]


def waits_for_a_lock(engine: Engine) -> bool:
    with engine.connect() as connection:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(connection.scalar(text(waiting)))


def test_a_trip_written_anew_meanwhile_is_what_a_sign_up_is_made_for(migrated_postgres: Engine) -> None:
    """Somebody has written their booking and waits for the places, which the organiser holds who changes the price."""
    from tests.emptying import empty  # noqa: PLC0415 (for this one, which needs PostgreSQL)

    trip = make_trip()
    dearer = replace(trip, price=Price(Money(200_000, "SEK"), Decimal(25)))
    make_session = sessions(migrated_postgres)
    signing_up: list[Future[None]] = []
    threads = ThreadPoolExecutor(1)
    with make_session() as session:
        trip_id = applied(session, trip)

    def sign_up() -> None:
        with make_session() as own:
            booked(own, trip_id)

    def meanwhile(_: object) -> None:
        if signing_up:
            return
        signing_up.append(threads.submit(sign_up))
        until = time.monotonic() + PATIENCE
        while not waits_for_a_lock(migrated_postgres):
            assert not signing_up[0].done(), signing_up[0].exception()
            assert time.monotonic() < until, "nobody waits for the places"
            time.sleep(0.02)

    with threads, make_session() as session:
        event.listen(session, "before_commit", meanwhile)
        apply_trip(session, organisation=make_organisation(), trip=dearer, pictures={}, moment=make_moment())
        signing_up[0].result(PATIENCE)
    with make_session() as session:
        (person,) = session.scalars(select(ParticipantRow)).all()
        assert (person.price, person.status) == (dearer.price, ParticipantStatus.CONFIRMED)
    empty(migrated_postgres)
