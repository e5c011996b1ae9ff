"""Handing a place over to a colleague."""

from __future__ import annotations

from tripkit.actions.booking_access import (
    open_booking,
    refuse_if_changes_closed,
    tell_booking,
)
from tripkit.actions.correct_booking import active_person, rewrite_person, written_name
from tripkit.actions.recording import rewritten
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.questions import Answers
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write


def hand_over_place(
    session: AnySession,
    *,
    booking_id: int,
    participant_id: int,
    name: str,
    email: str | None,
    answers: Answers,
    moment: Moment,
) -> None:
    """Give a place, with its segment and visits, to a colleague. Nothing of the first one's answers is kept.

    Raises: NotFound, BookingRefused, ChangeRefused (too late, or no place to hand over).
    """
    with write(session):
        opened = open_booking(session, booking_id)
        refuse_if_changes_closed(opened, moment)
        person = active_person(opened, participant_id)
        if person.status is not ParticipantStatus.CONFIRMED:
            raise ChangeRefused(sentence("A place can be handed over when it is confirmed."))
        changes = {**rewritten(person, written_name(name, email)), "answers": None}
        rewrite_person(session, opened, person, name, email, answers)
        tell_booking(
            session,
            opened,
            "changed",
            [person],
            moment,
            reason="handed_over",
            audited="hand_over_place",
            changes=changes,
        )
