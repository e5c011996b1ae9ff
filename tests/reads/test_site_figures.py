"""How an installation fares, in figures: what is counted, what is not, and in how many statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.domain.trips import TripStatus
from tripkit.reads.site_figures import Rooms, SiteFigures, site_figures
from tripkit.storage import write
from tripkit.storage.bookings import OfferRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import JobRow, MailServerRow, WorkerRow
from tripkit.testing import NOW, applied, booked, make_moment, make_organisation, make_trip

HOUR = timedelta(hours=1)


def published(session: Session, key: str, **changes: Any) -> int:
    """A trip of two places, three people in it, of whom one waits; its id."""
    trip_id = applied(session, make_trip(size=2, **changes), organisation=make_organisation(key))
    booked(session, trip_id)
    booked(session, trip_id, 2)
    return trip_id


def test_an_installation_without_anything_has_figures(session: Session) -> None:
    found = site_figures(session, NOW)
    assert (found.open_trips, found.places, found.visits) == (0, Rooms(), Rooms())
    assert set(found.messages.values()) == {0} == set(found.campaigns.values()) and found.due_since is None


def test_places_are_those_of_trips_that_are_open_for_sign_up(session: Session) -> None:
    published(session, "one")
    published(session, "two")
    one = site_figures(session, NOW)
    assert one.open_trips == 2
    assert one.places.size == 4 and one.places.taken >= 2 and one.places.waiting >= 2
    for key, changes in {
        "over": {"status": TripStatus.CANCELLED},
        "late": {"signup_opens_at": NOW + HOUR},
        "shut": {"signup_closes_at": NOW - HOUR},
    }.items():
        applied(session, make_trip(size=7, **changes), organisation=make_organisation(key))
    again = site_figures(session, NOW)
    assert (again.open_trips, again.places) == (2, one.places)
    assert site_figures(session, NOW + timedelta(days=365)).open_trips == 0


def test_messages_are_counted_by_state_and_by_how_late_they_are(session: Session) -> None:
    for key in ("one", "two"):
        published(session, key)
    found = site_figures(session, NOW + HOUR)
    many = found.messages["waiting"]
    assert many >= 3 and found.failing == 0 and found.due_since == NOW
    with write(session):
        rows = session.query(OutboxRow).order_by(OutboxRow.id).all()
        rows[0].state, rows[0].sent_at = "sent", NOW
        rows[1].last_error, rows[1].next_at = "Away: 451", NOW + 2 * HOUR
        for row in rows[2:]:
            row.leased_by, row.leased_until = "one", NOW + 2 * HOUR
    found = site_figures(session, NOW + HOUR)
    assert (found.messages["sent"], found.messages["waiting"], found.failing) == (1, many - 1, 1)
    assert found.due_since is None, "what is in hand, or to be tried again later, is not late"


def test_work_is_told_by_process_and_job(session: Session) -> None:
    with write(session):
        session.add(
            WorkerRow(id="a", host="here", pid=7, started_at=NOW - HOUR, beat=3, beat_at=NOW - timedelta(seconds=4))
        )
        session.add(JobRow(name="good", due_at=NOW, ended_at=NOW - HOUR, failures=0))
        session.add(JobRow(name="bad", due_at=NOW, ended_at=NOW - HOUR, failures=3, last_error="ValueError"))
        session.add(MailServerRow(name="mail:25", failures=4))
    found = site_figures(session, NOW)
    assert found.beats == {"here:7": NOW - timedelta(seconds=4)}
    assert (found.jobs["good"].succeeded_at, found.jobs["good"].failures) == (NOW - HOUR, 0)
    assert (found.jobs["bad"].succeeded_at, found.jobs["bad"].failures) == (None, 3)
    assert found.mail_servers == {"mail:25": 4}


def test_offers_whose_time_is_over_are_told(session: Session) -> None:
    trip_id = applied(session, make_trip(size=1))
    first = booked(session, trip_id)
    booked(session, trip_id)
    cancel_participants(session, booking_id=first.booking_id, moment=make_moment())
    found = site_figures(session, NOW)
    assert (found.open_offers, found.overdue_offers) == (1, 0)
    with write(session):
        session.execute(update(OfferRow).values(until=NOW - HOUR))
    assert site_figures(session, NOW).overdue_offers == 1


@pytest.mark.parametrize("trips", [1, 3])
def test_it_takes_nine_statements_however_many_trips_there_are(session: Session, trips: int) -> None:
    for number in range(trips):
        published(session, f"host-{number}")
    session.rollback()
    with count_statements(session) as statements:
        found = site_figures(session, NOW)
    assert isinstance(found, SiteFigures) and found.open_trips == trips
    assert len(statements) == 9
