"""Putting right what was written in a booking: who answers for it, who travels, what they answered."""

from __future__ import annotations

from sqlalchemy import delete, select

from tripkit.actions.booking_access import (
    Opened,
    open_booking,
    refuse_if_over,
    tell_booking,
)
from tripkit.actions.recording import tell
from tripkit.domain.answers import check_answers, kept
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.questions import Answers
from tripkit.domain.refusals import BookingRefused, ChangeRefused, Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import (
    LONGEST_NAME,
    check_contact,
    check_email,
    check_invoice,
    check_text,
)
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import AnswerRow, ParticipantRow


def correct_contact(
    session: AnySession,
    *,
    booking_id: int,
    contact_name: str,
    contact_email: str,
    contact_phone: str | None,
    organisation: str,
    invoice_address: str,
    invoice_reference: str,
    moment: Moment,
) -> None:
    """Change who answers for the booking and where the invoice goes. The old address is told, so nobody is robbed.

    Raises: NotFound, BookingRefused, ChangeRefused (the trip is over).
    """
    with write(session):
        opened = open_booking(session, booking_id)
        refuse_if_over(opened, moment)
        _refuse(
            (
                *check_contact(contact_name, contact_email, contact_phone, organisation),
                *check_invoice(invoice_address, invoice_reference),
            )
        )
        booking = opened.booking
        if contact_email.strip().casefold() != booking.contact_email.casefold():
            # To the old address, without a link that opens what now belongs to another.
            tell(session, "changed", booking=booking, token="", moment=moment, reason="moved")
        booking.contact_name = contact_name.strip()
        booking.contact_email = contact_email.strip()
        booking.contact_phone = (contact_phone or "").strip() or None
        booking.organisation = organisation.strip()
        booking.invoice_address = invoice_address.strip()
        booking.invoice_reference = invoice_reference.strip()
        session.flush()
        tell_booking(session, opened, "changed", opened.people, moment, audited="correct_contact")


def correct_participant(
    session: AnySession,
    *,
    booking_id: int,
    participant_id: int,
    name: str,
    email: str | None,
    answers: Answers,
    moment: Moment,
) -> None:
    """Change a participant's name, address and answers.

    A sensitive answer that is not among ``answers`` stays as it was, since no page shows it back; None erases it.

    Raises: NotFound, BookingRefused, ChangeRefused (cancelled, or the trip is over).
    """
    with write(session):
        opened = open_booking(session, booking_id)
        refuse_if_over(opened, moment)
        person = active_person(opened, participant_id)
        stored = _stored(session, person)
        hidden = {question.key for question in opened.seating.trip.questions if question.sensitive}
        merged = {**{key: value for key, value in stored.items() if key in hidden}, **answers}
        rewrite_person(session, opened, person, name, email, merged)
        tell_booking(session, opened, "changed", [person], moment, audited="correct_participant")


def active_person(opened: Opened, participant_id: int) -> ParticipantRow:
    """One of its participants who is not cancelled. Raises: NotFound, ChangeRefused."""
    person = opened.person(participant_id)
    if person.status is ParticipantStatus.CANCELLED:
        raise ChangeRefused(sentence("{name} is cancelled, so nothing can be changed.", name=person.name))
    return person


def _stored(session: AnySession, person: ParticipantRow) -> Answers:
    rows = session.scalars(select(AnswerRow).where(AnswerRow.participant_id == person.id))
    return {row.question: row.value for row in rows}


def rewrite_person(
    session: AnySession, opened: Opened, person: ParticipantRow, name: str, email: str | None, answers: Answers
) -> None:
    """Write a participant's name, address and answers anew. Raises: BookingRefused."""
    questions = opened.seating.trip.questions
    _refuse(
        (
            *check_text("participants.0.name", name, LONGEST_NAME, sentence("Write the participant's name.")),
            *check_email("participants.0.email", email or ""),
            *check_answers(questions, person.segment, answers, "participants.0.answers"),
        )
    )
    person.name = name.strip()
    person.email = (email or "").strip() or None
    session.execute(delete(AnswerRow).where(AnswerRow.participant_id == person.id))
    for question, value in kept(questions, person.segment, answers).items():
        session.add(AnswerRow(participant_id=person.id, question=question, value=value))
    session.flush()


def _refuse(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise BookingRefused(problems)
