"""A worker by itself: a reminder goes out when its moment comes, the organiser hears of sign-up, and then all is erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.actions.erase_ended import erase_ended
from tripkit.domain.deadlines import erased_at
from tripkit.domain.reminders import Anchor, Reminder, Side
from tripkit.settings import Clock
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.testing import NOW, applied, at, both, make_moment, make_trip
from tripkit.worker.worker import Worker

SOON = Reminder(
    key="soon",
    days=3,
    side=Side.BEFORE,
    anchor=Anchor.TRIP_STARTS,
    clock=time(9),
    subject=both("Snart åker vi, {name}", "We leave soon, {name}"),
    text=both("Ta med skor. [Din sida]({link})", "Bring shoes. [Your page]({link})"),
)
TRIP = make_trip(reminders=(SOON,), retention_days=90, signup_closes_at=NOW + timedelta(days=5))


def look(outbox: Outbox, when: datetime) -> None:
    """What a worker does by itself around a moment: one round, as if it had just been started."""
    with Worker(replace(outbox.settings, clock=Clock(when))) as worker:
        worker.look()


@pytest.fixture
def server(mail_server: MailServer, outbox: Outbox) -> MailServer:
    """A mail server, and a trip with a reminder in place of the usual one."""
    assert applied(outbox.session, TRIP) == outbox.trip
    return mail_server


def told(server: MailServer) -> list[tuple[str, str]]:
    """(recipient, subject) of what came since the last time."""
    found = sorted((took.to[0], str(took.message["Subject"])) for took in server.took)
    server.took.clear()
    return found


def test_it_reminds_tells_and_erases_by_itself(outbox: Outbox, server: MailServer) -> None:
    outbox.sign_up("Leyla Norrman")
    outbox.sign_up("Jonas Ekdahl", language="sv")
    outbox.deliver()
    assert len(told(server)) == 2
    look(outbox, NOW + timedelta(days=5))
    assert told(server) == [("disken@tripkit.example", "Anmälan har stängt: Studieresa till Hamnstad")]
    look(outbox, at(2, 6, 59))
    assert told(server) == []
    look(outbox, at(2, 7))
    assert told(server) == [
        ("jonas@tripkit.example", "Snart åker vi, Jonas Ekdahl"),
        ("leyla@tripkit.example", "We leave soon, Leyla Norrman"),
    ]
    look(outbox, at(2, 8))
    look(outbox, at(3, 8))
    assert told(server) == []
    look(outbox, erased_at(TRIP))
    assert told(server) == []
    outbox.session.rollback()
    assert set(outbox.session.scalars(select(BookingRow.contact_email))) == {""}
    assert set(outbox.session.scalars(select(ParticipantRow.name))) == {""}
    assert {row.recipient for row in outbox.rows()} == {""}


def test_a_message_that_waits_for_somebody_erased_is_not_sent(outbox: Outbox, server: MailServer) -> None:
    outbox.sign_up("Leyla Norrman")
    erase_ended(outbox.session, moment=make_moment(erased_at(TRIP), "worker"))
    look(outbox, erased_at(TRIP))
    assert told(server) == []
    assert outbox.states() == [("erased", 0)]
