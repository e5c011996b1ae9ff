"""Many people at once for few places, in real processes with real commits."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.races import crowd
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.trips import Trip
from tripkit.reads.pool_recount import pool_recount
from tripkit.reads.trip_page import trip_page_of
from tripkit.storage.bookings import BookingRow, ParticipantRow, WaitingRow
from tripkit.testing import NOW, applied, make_segment, make_trip

PROCESSES = 8
PEOPLE = 400
PLACES = 40

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("races")]


def trip_of_forty() -> Trip:
    return make_trip(size=PLACES)


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def people_with_a_place(session: Session) -> int:
    holds = ParticipantRow.status.in_([ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED])
    return session.scalar(select(func.count()).select_from(ParticipantRow).where(holds)) or 0


def test_without_the_guard_places_are_sold_twice(engine: Engine, session: Session) -> None:
    trip = applied(session, trip_of_forty())
    work = partial(crowd.without_guard, people=PEOPLE // PROCESSES)
    crowd.run(work, address(engine), trip, PROCESSES)
    assert people_with_a_place(session) > PLACES
    assert pool_recount(session) != ()


def test_without_the_lock_the_guarded_update_still_stops_the_forty_first(engine: Engine, session: Session) -> None:
    trip = applied(session, trip_of_forty())
    work = partial(crowd.without_lock, people=PEOPLE // PROCESSES)
    found = crowd.run(work, address(engine), trip, PROCESSES)
    assert found["stopped by the guard"] > 0
    assert people_with_a_place(session) <= PLACES
    assert pool_recount(session) == ()


def test_four_hundred_at_once_for_forty_places_give_exactly_forty(engine: Engine, session: Session) -> None:
    trip = applied(session, trip_of_forty())
    work = partial(crowd.sign_up_one_by_one, people=PEOPLE // PROCESSES)
    found = crowd.run(work, address(engine), trip, PROCESSES)
    assert found == {"confirmed": PLACES, "waiting": PEOPLE - PLACES}
    assert people_with_a_place(session) == PLACES
    assert session.scalar(select(func.count()).select_from(WaitingRow)) == PEOPLE - PLACES
    assert pool_recount(session) == ()


def test_parties_that_come_and_go_at_once_leave_true_counters(engine: Engine, session: Session) -> None:
    segments = (make_segment("city", at_most=12), make_segment("police", guaranteed=4))
    trip = applied(session, make_trip(size=20, segments=segments))
    work = partial(crowd.come_and_go, rounds=25)
    found = crowd.run(work, address(engine), trip, PROCESSES)
    assert set(found) <= {"booked", "cancelled", "refused"}, found
    assert found["booked"] > PROCESSES and found["cancelled"] > PROCESSES
    assert pool_recount(session) == ()
    page = trip_page_of(session, trip_id=trip, now=NOW)
    assert page is not None
    assert page.places.trip.taken == people_with_a_place(session) <= 20
    split = [
        booking.code
        for booking in session.scalars(select(BookingRow).where(BookingRow.together))
        if len({p.status is ParticipantStatus.WAITING for p in booking.participants if p.status != "cancelled"}) > 1
    ]
    assert split == []


def test_the_same_form_sent_at_once_is_one_booking(engine: Engine, session: Session) -> None:
    trip = applied(session, trip_of_forty())
    found = crowd.run(crowd.send_the_same_form, address(engine), trip, PROCESSES)
    assert list(found.values()) == [PROCESSES], found
    assert people_with_a_place(session) == 1
