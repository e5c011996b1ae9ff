"""Erasing one booking because somebody asked for it, before its trip's time has come."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from tripkit.actions.booking_access import Opened, open_booking, withdraw
from tripkit.actions.erasing import erase
from tripkit.actions.recording import audit
from tripkit.actions.settling import settle
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.places import is_over
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import rewrite, write
from tripkit.storage.bookings import BookingRow


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing led to. ``cancelled``: people; ``file_is_clean``: nothing of it is left in the database's file."""

    cancelled: int
    file_is_clean: bool


def erase_booking(session: AnySession, *, code: str, cancel: bool = False, reason: str, moment: Moment) -> Erased:
    """Erase everything that a booking says of anybody.

    ``cancel``: whoever still has or waits for a place gives it up, and it goes to those who wait; nobody is written to
    about it but them. ``reason``: for the log, without names. Not to be undone.

    Raises: NotFound; ChangeRefused when it is erased already, or somebody in it still has or waits for a place.
    """
    with write(session):
        booking_id = session.scalar(select(BookingRow.id).where(BookingRow.code == code.strip().upper()))
        if booking_id is None:
            raise NotFound(sentence("There is no booking with the code {code}.", code=code.strip()[:40]))
        going = erase_one(session, booking_id, cancel=cancel, reason=reason, moment=moment)
    return Erased(cancelled=going, file_is_clean=rewrite(session))


def erase_one(session: AnySession, booking_id: int, *, cancel: bool, reason: str, moment: Moment) -> int:
    """The same within a transaction, the file left as it is; how many people were cancelled. Raises: as `erase_booking`."""
    opened = open_booking(session, booking_id)
    if opened.booking.erased_at is not None:
        raise ChangeRefused(sentence("This booking was erased before. Nothing more is needed."))
    going = 0 if is_over(opened.seating.trip, moment.at) else _cancel(session, opened, moment, cancel=cancel)
    erase(session, [booking_id], moment.at)
    trip_id = opened.seating.trip_id
    audit(session, "erase_booking", moment=moment, trip_id=trip_id, booking_id=booking_id, reason=reason)
    return going


def _cancel(session: AnySession, opened: Opened, moment: Moment, *, cancel: bool) -> int:
    going = [person for person in opened.people if person.status is not ParticipantStatus.CANCELLED]
    if going and not cancel:
        raise ChangeRefused(
            sentence("Somebody in this booking still has a place, or waits for one. Cancel first, or say --cancel.")
        )
    if going:
        ids = [person.id for person in going]
        withdraw(session, opened, going, moment)
        audit(
            session,
            "cancel_participants",
            moment=moment,
            trip_id=opened.seating.trip_id,
            booking_id=opened.booking.id,
            participants=ids,
        )
        settle(session, opened.seating, moment)
        session.flush()
    return len(going)
