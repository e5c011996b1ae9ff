"""Sending a new secret link to who has lost theirs."""

from __future__ import annotations

from sqlalchemy import select

from tripkit.actions.booking_access import open_booking, said_of
from tripkit.actions.recording import audit, make_link, tell
from tripkit.domain.bookings import ByOrganiser, Moment
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import write
from tripkit.storage.bookings import BookingRow


def send_new_link(session: AnySession, *, email: str, code: str, moment: Moment) -> None:
    """Mail a new secret link to the contact person, if this code and address belong together; silent otherwise."""
    with write(session):
        booking = session.scalar(select(BookingRow).where(BookingRow.code == code.strip().upper()))
        if booking is None or booking.erased_at is not None:
            return
        # Compared here: SQLite knows the small letters of ASCII only.
        if booking.contact_email.casefold() != email.strip().casefold():
            return
        plan = trip_plan(session, booking.trip_id)
        if plan is None:
            return
        token = make_link(session, booking.id, plan[2], moment.at)
        tell(session, "link", booking=booking, token=token, moment=moment)
        audit(session, "send_new_link", moment=moment, trip_id=booking.trip_id, booking_id=booking.id)


def send_link_to(session: AnySession, *, booking_id: int, moment: Moment, by: ByOrganiser) -> None:
    """Mail a new secret link to the contact person because an organiser wants it. Raises: NotFound, ChangeRefused (erased)."""
    with write(session):
        opened = open_booking(session, booking_id, by)
        token = make_link(session, booking_id, opened.seating.trip, moment.at)
        tell(session, "link", booking=opened.booking, token=token, moment=moment, **said_of(by))
        trip_id = opened.seating.trip_id
        audit(session, "send_new_link", moment=moment, trip_id=trip_id, booking_id=booking_id, reason=by.why)
