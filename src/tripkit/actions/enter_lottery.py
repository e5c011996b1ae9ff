"""Entering a party in a trip's draw: nobody gets a place, or waits for one, before it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from tripkit.actions.booking_access import note_signup, said_of
from tripkit.actions.recording import Told, tell
from tripkit.actions.seating import Seating
from tripkit.actions.written_signup import Written
from tripkit.domain.bookings import BookingMade, ByOrganiser, Moment, ParticipantStatus
from tripkit.domain.trips import Admission
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ParticipantRow
from tripkit.storage.lottery import LotteryRow


def is_before_draw(session: AnySession, seating: Seating) -> bool:
    """Whether a trip's places are still to be drawn. Asked under the trip's lock, which whoever draws holds too."""
    if seating.trip.admission is not Admission.DRAW:
        return False
    drawn = select(LotteryRow.id).where(LotteryRow.trip_id == seating.trip_id, LotteryRow.drawn_at.is_not(None))
    return session.scalar(drawn) is None


def enter_lottery(session: AnySession, written: Written, moment: Moment, by: ByOrganiser | None = None) -> BookingMade:
    """Enter a party that was written down. Told after the commit: one message. ``by``: an organiser enters them."""
    booking, people = written.booking, written.people
    _apply(people)
    session.flush()
    told = [Told(participant=person, items=person.wished) for person in people]
    if by is None or by.tells:
        tell(session, "applied", booking=booking, token=written.token, moment=moment, told=told, **said_of(by))
    note_signup(session, booking, len(told), moment, by)
    return BookingMade(
        booking_id=booking.id,
        code=booking.code,
        token=written.token,
        statuses=tuple(person.status for person in people),
    )


def _apply(people: Sequence[ParticipantRow]) -> None:
    for person in people:
        person.status = ParticipantStatus.APPLIED
