"""Opening a booking for whoever is signed in with its address: a secret link is made, and handed over instead of mailed."""

from __future__ import annotations

from sqlalchemy import select

from tripkit.actions.recording import audit, make_link
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import NotFound
from tripkit.domain.sentences import sentence
from tripkit.reads.addresses import booked_by
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import write
from tripkit.storage.bookings import BookingRow

NO_SUCH_BOOKING = sentence("None of your bookings has this code.")


def open_booking(session: AnySession, *, code: str, email: str, moment: Moment) -> str:
    """The secret of a new link to this booking, if it was made with this address. Raises: NotFound."""
    with write(session):
        booking = session.scalar(
            select(BookingRow).where(BookingRow.code == code, BookingRow.erased_at.is_(None), booked_by(email))
        )
        plan = None if booking is None else trip_plan(session, booking.trip_id)
        if booking is None or plan is None:
            raise NotFound(NO_SUCH_BOOKING)
        audit(session, "open_booking", moment=moment, trip_id=booking.trip_id, booking_id=booking.id)
        return make_link(session, booking.id, plan[2], moment.at)
