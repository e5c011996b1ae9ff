"""Cancelling one participant, several, or the whole booking; the freed places go to those who wait."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from tripkit.actions.booking_access import (
    Opened,
    open_booking,
    refuse_if_over,
    tell_booking,
    withdraw,
)
from tripkit.actions.promote_waiting import promote, waiting_in
from tripkit.actions.settling import settle
from tripkit.domain.bookings import ByOrganiser, Moment, ParticipantStatus
from tripkit.domain.refusals import BookingRefused, ChangeRefused, Problem
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import BookingRow

NOBODY_WAITS = sentence(
    "Nobody waits for the trip in a booking with this code. Look for it under Participants, among those who wait."
)


def cancel_participants(
    session: AnySession,
    *,
    booking_id: int,
    participant_ids: Sequence[int] | None = None,
    moment: Moment,
    reason: str = "",
    by: ByOrganiser | None = None,
    in_favour_of: str = "",
) -> None:
    """Cancel these participants, or all. Told after the commit: the contact person, and whoever is offered a place.

    ``in_favour_of``: the code of a booking whose people wait: an organiser gives them what is freed, before others who wait;
    empty = it is offered to who is next.

    Raises: NotFound, ChangeRefused (all of them are cancelled already, or the trip is over; or what is freed does not
    do for those who are to have it), BookingRefused (of an organiser's: no such code, no reason where one is needed).
    """
    with write(session):
        opened = open_booking(session, booking_id, by)
        refuse_if_over(opened, moment)
        chosen = (
            opened.people if participant_ids is None else [opened.person(one) for one in dict.fromkeys(participant_ids)]
        )
        going = [person for person in chosen if person.status is not ParticipantStatus.CANCELLED]
        if not going:
            raise ChangeRefused(sentence("This was cancelled before. Nothing more is needed."))
        if not reason and by is None and all(person.status is ParticipantStatus.APPLIED for person in going):
            reason = "taken_back"
        changes: dict[str, Sequence[object]] = {
            f"people/{one.id}/status": [one.status, ParticipantStatus.CANCELLED] for one in going
        }
        for person_id, visits in withdraw(session, opened, going, moment).items():
            if visits:
                changes[f"people/{person_id}/visits"] = [visits, []]
        tell_booking(
            session,
            opened,
            "cancelled",
            going,
            moment,
            reason=reason,
            audited="cancel_participants",
            changes=changes,
            by=by,
        )
        if by is not None and in_favour_of:
            _give_on(session, opened, in_favour_of, moment, by)
        settle(session, opened.seating, moment)


def _give_on(session: AnySession, opened: Opened, code: str, moment: Moment, by: ByOrganiser) -> None:
    """Give what was freed to those who wait in another booking: all of them if they stay together, else who fits first."""
    wanted = select(BookingRow).where(
        BookingRow.trip_id == opened.seating.trip_id, BookingRow.code == code.strip().upper()
    )
    booking = session.scalar(wanted)
    other = None if booking is None else Opened(booking, booking.participants, opened.seating)
    waiting = [] if other is None else waiting_in(session, other)
    if other is None or not waiting:
        raise BookingRefused((Problem("in_favour_of", NOBODY_WAITS),))
    theirs = ByOrganiser(why=by.why)  # Who gets a place is told of it, whoever else is not.
    seats = opened.seating.seats
    fits = [one for one in waiting if seats.has_room_for(seats.place_wants(other.person(one).segment))]
    promote(session, other, waiting if other.booking.together else (fits or waiting)[:1], "", moment, theirs)
