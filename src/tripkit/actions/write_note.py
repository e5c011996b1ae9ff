"""Noting something about a booking for colleagues; nobody of the booking is told, and it is erased with it."""

from __future__ import annotations

from tripkit.actions.booking_access import open_booking
from tripkit.actions.recording import audit, rewritten
from tripkit.domain.bookings import ByOrganiser, Moment
from tripkit.domain.refusals import BookingRefused
from tripkit.domain.signup import check_text
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write

LONGEST_NOTE = 2000
"""Characters."""


def write_note(session: AnySession, *, booking_id: int, note: str, moment: Moment, by: ByOrganiser) -> None:
    """Write the note anew; empty = there is none any more. Raises: NotFound, BookingRefused, ChangedMeanwhile, ChangeRefused."""
    with write(session):
        opened = open_booking(session, booking_id, by)
        if problems := tuple(check_text("note", note, LONGEST_NOTE)):
            raise BookingRefused(problems)
        written = {"note": note.strip() or None}
        changes = rewritten(opened.booking, written)
        opened.booking.note = written["note"]
        trip_id = opened.seating.trip_id
        audit(session, "write_note", moment=moment, trip_id=trip_id, booking_id=booking_id, changes=changes)
