"""Cancelling one participant, several, or the whole booking; the freed places go to those who wait."""

from __future__ import annotations

from collections.abc import Sequence

from tripkit.actions.booking_access import (
    open_booking,
    refuse_if_over,
    tell_booking,
    withdraw,
)
from tripkit.actions.settling import settle
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write


def cancel_participants(
    session: AnySession,
    *,
    booking_id: int,
    participant_ids: Sequence[int] | None = None,
    moment: Moment,
    reason: str = "",
) -> None:
    """Cancel these participants, or all. Told after the commit: the contact person, and whoever is offered a place.

    Raises: NotFound, ChangeRefused (all of them are cancelled already, or the trip is over).
    """
    with write(session):
        opened = open_booking(session, booking_id)
        refuse_if_over(opened, moment)
        chosen = (
            opened.people if participant_ids is None else [opened.person(one) for one in dict.fromkeys(participant_ids)]
        )
        going = [person for person in chosen if person.status is not ParticipantStatus.CANCELLED]
        if not going:
            raise ChangeRefused(sentence("This was cancelled before. Nothing more is needed."))
        changes = {f"people/{one.id}/status": [one.status, ParticipantStatus.CANCELLED] for one in going}
        withdraw(session, opened, going, moment)
        tell_booking(
            session,
            opened,
            "cancelled",
            going,
            moment,
            reason=reason,
            audited="cancel_participants",
            changes=changes,
        )
        settle(session, opened.seating, moment)
