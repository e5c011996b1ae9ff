"""Transactions that wait for each other: what the second one sees of what the first one did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from tests.emptying import empty
from tripkit.domain.bookings import BookingMade, ParticipantStatus
from tripkit.domain.refusals import FormSentAlready
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage.bookings import ClaimRow, PoolRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import (
    applied,
    booked,
    both,
    make_organisation,
    make_participant,
    make_segment,
    make_trip,
)


@pytest.fixture
def server(migrated_postgres: Engine) -> Iterator[Engine]:
    """PostgreSQL, where transactions run beside each other; empty again after the test."""
    yield migrated_postgres
    empty(migrated_postgres)


def waiting_for_locks(engine: Engine) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with engine.connect() as connection:
        return connection.scalar(text(query)) or 0


def one_after_the_other(engine: Engine, trip_id: int, *acts: Callable[[Session], object]) -> list[object]:
    """Let acts wait for the trip's lock in this order, each begun before the one ahead has changed anything."""
    results: list[object] = [None] * len(acts)

    def run(number: int) -> None:
        with Session(engine) as session:
            try:
                results[number] = acts[number](session)
            except Exception as error:  # noqa: BLE001 (the test looks at it)
                results[number] = error

    threads = [Thread(target=run, args=(number,)) for number in range(len(acts))]
    with Session(engine) as holder:
        holder.execute(select(PoolRow.id).where(PoolRow.trip_id == trip_id).with_for_update())
        for number, thread in enumerate(threads, 1):
            thread.start()
            ends = monotonic() + 20
            while waiting_for_locks(engine) < number:
                assert monotonic() < ends, "nobody waits"
                sleep(0.01)
        holder.rollback()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def test_a_sign_up_that_waited_for_a_new_limit_counts_against_it(server: Engine) -> None:
    with Session(server) as session:
        trip = applied(session)
    limited = make_trip(segments=(make_segment("city", at_most=1), make_segment("police")))
    _, made = one_after_the_other(
        server, trip, lambda session: applied(session, limited), lambda session: booked(session, trip, 2)
    )
    assert isinstance(made, BookingMade), made
    assert made.statuses == (ParticipantStatus.CONFIRMED, ParticipantStatus.WAITING)
    with Session(server) as session:
        assert pool_recount(session) == ()


def test_a_sign_up_that_waited_for_a_visit_that_became_a_choice_holds_a_place_on_it(server: Engine) -> None:
    trip = make_trip()
    with Session(server) as session:
        before = replace(trip, programme=tuple(item for item in trip.programme if item.key != "late"))
        trip_id = applied(session, before)
    people = [make_participant(items=("mill", "late"))]
    _, made = one_after_the_other(
        server,
        trip_id,
        lambda session: applied(session, trip),
        lambda session: booked(session, trip_id, people),
    )
    assert isinstance(made, BookingMade), made
    with Session(server) as session:
        query = select(PoolRow.key).join(ClaimRow, ClaimRow.pool_id == PoolRow.id)
        assert sorted(session.scalars(query)) == ["", "late", "mill"]


def test_two_who_apply_a_trip_at_once_do_not_wait_for_each_other(server: Engine) -> None:
    """One of them changes the organisation too, which every trip of it shows."""
    with Session(server) as session:
        trip = applied(session)
    renamed = make_organisation(name=both("Nya byrån", "The new bureau"))
    results = one_after_the_other(
        server,
        trip,
        lambda session: applied(session, make_trip(size=8)),
        lambda session: applied(session, make_trip(size=9), organisation=renamed),
    )
    assert results == [trip, trip]
    with Session(server) as session:
        assert session.scalar(select(OrganisationRow.name)) == both("Nya byrån", "The new bureau")


def test_the_same_key_with_other_content_is_refused_when_sent_at_once(server: Engine) -> None:
    with Session(server) as session:
        trip = applied(session)
    first, second = one_after_the_other(
        server,
        trip,
        lambda session: booked(session, trip, form_key="one form"),
        lambda session: booked(session, trip, 2, form_key="one form"),
    )
    assert isinstance(first, BookingMade), first
    assert isinstance(second, FormSentAlready), second
    with Session(server) as session:
        made = booked(session, applied(session, make_trip(key="another")), form_key="one form")
    assert made.booking_id != first.booking_id
