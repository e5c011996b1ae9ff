"""Putting right what was written in a booking: who answers for it, who travels, what they answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select

from tripkit.actions.booking_access import (
    Opened,
    open_booking,
    refuse_if_over,
    said_of,
    tell_booking,
)
from tripkit.actions.change_segment import change_segment
from tripkit.actions.recording import rewritten, tell
from tripkit.actions.sealed_answers import as_kept, opened_or_refused, sensitive
from tripkit.actions.settling import settle
from tripkit.domain.answers import check_answers, kept, without_sensitive
from tripkit.domain.bookings import ByOrganiser, Moment, ParticipantStatus
from tripkit.domain.questions import Answer, Answers
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
    by: ByOrganiser | None = None,
) -> None:
    """Change who answers for the booking and where the invoice goes. The old address is told, so nobody is robbed.

    ``by``: an organiser does, also when the trip is over, since invoices come after it. Raises: NotFound, BookingRefused,
    ChangeRefused (the trip is over).
    """
    with write(session):
        opened = open_booking(session, booking_id, by)
        if by is None:
            refuse_if_over(opened, moment)
        _refuse(
            (
                *check_contact(contact_name, contact_email, contact_phone, organisation),
                *check_invoice(invoice_address, invoice_reference),
            )
        )
        booking = opened.booking
        moved = contact_email.strip().casefold() != booking.contact_email.casefold()
        if moved and (by is None or by.tells):
            # To the old address, without a link that opens what now belongs to another.
            tell(session, "changed", booking=booking, token="", moment=moment, reason="moved", **said_of(by))
        written = {
            "contact_name": contact_name.strip(),
            "contact_email": contact_email.strip(),
            "contact_phone": (contact_phone or "").strip() or None,
            "organisation": organisation.strip(),
            "invoice_address": invoice_address.strip(),
            "invoice_reference": invoice_reference.strip(),
        }
        changes = rewritten(booking, written)
        for name, value in written.items():
            setattr(booking, name, value)
        session.flush()
        tell_booking(
            session, opened, "changed", opened.people, moment, audited="correct_contact", changes=changes, by=by
        )


def correct_participant(
    session: AnySession,
    *,
    booking_id: int,
    participant_id: int,
    name: str,
    email: str | None,
    answers: Answers,
    moment: Moment,
    segment: str | None = None,
    by: ByOrganiser | None = None,
) -> None:
    """Change a participant's name, address and answers.

    A sensitive answer that is not among ``answers`` stays as it was, since no page shows it back; None erases it.
    ``by``: an organiser does, also when the trip is over; of sensitive questions nothing is asked then, not even what has
    to be answered. ``segment``: another group, if there is room in it; None = the one they are in.

    Raises: NotFound, BookingRefused, ChangeRefused (cancelled, or the trip is over).
    """
    with write(session):
        opened = open_booking(session, booking_id, by)
        if by is None:
            refuse_if_over(opened, moment)
        person = active_person(opened, participant_id)
        was = person.segment
        if segment is not None and segment != was:
            change_segment(session, opened, person, segment)
        before, hidden = _stored(session, person, sensitive(opened.seating.trip.questions))
        merged = {**{key: before[key] for key in hidden}, **answers}
        changes = {**rewritten(person, written_name(name, email))}
        if person.segment != was:
            changes[f"people/{person.id}/segment"] = [was, person.segment]
        # What was sealed when it was given stays so until it is answered anew, whatever its question has become.
        after = rewrite_person(session, opened, person, name, email, merged, hidden - answers.keys(), by is None)
        changes |= {f"answers/{key}": None for key in {**before, **after} if before.get(key) != after.get(key)}
        tell_booking(
            session, opened, "changed", [person], moment, audited="correct_participant", changes=changes, by=by
        )
        if person.segment != was:
            settle(session, opened.seating, moment)


def active_person(opened: Opened, participant_id: int) -> ParticipantRow:
    """One of its participants who is not cancelled. Raises: NotFound, ChangeRefused."""
    person = opened.person(participant_id)
    if person.status is ParticipantStatus.CANCELLED:
        raise ChangeRefused(sentence("{name} is cancelled, so nothing can be changed.", name=person.name))
    return person


def _stored(session: AnySession, person: ParticipantRow, secret: Collection[str]) -> tuple[dict[str, Answer], set[str]]:
    """Their answers, and to which questions they are that no page shows. Raises: ChangeRefused."""
    rows = session.scalars(select(AnswerRow).where(AnswerRow.participant_id == person.id)).all()
    hidden = {row.question for row in rows if row.sealed is not None or row.question in secret}
    return {row.question: opened_or_refused(session, row) for row in rows}, hidden


def written_name(name: str, email: str | None) -> dict[str, str | None]:
    """A participant's name and address as they are kept."""
    return {"name": name.strip(), "email": (email or "").strip() or None}


def rewrite_person(
    session: AnySession,
    opened: Opened,
    person: ParticipantRow,
    name: str,
    email: str | None,
    answers: Answers,
    secret: Iterable[str] = (),
    is_theirs: bool = True,
) -> dict[str, Answer]:
    """Write a participant's name, address and answers anew, those to ``secret`` questions sealed as well; the answers kept.

    ``is_theirs``: they answer themselves; no: what is sensitive need not be answered. Raises: BookingRefused.
    """
    questions = opened.seating.trip.questions
    _refuse(
        (
            *check_text("participants.0.name", name, LONGEST_NAME, sentence("Write the participant's name.")),
            *check_email("participants.0.email", email or ""),
            *check_answers(
                questions if is_theirs else without_sensitive(questions),
                person.segment,
                answers,
                "participants.0.answers",
            ),
        )
    )
    for field, value in written_name(name, email).items():
        setattr(person, field, value)
    given = kept(questions, person.segment, answers)
    session.execute(delete(AnswerRow).where(AnswerRow.participant_id == person.id))
    written = as_kept(session, person.id, given, sensitive(questions).union(secret))
    session.add_all(AnswerRow(**columns) for columns in written)
    session.flush()
    return given


def _refuse(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise BookingRefused(problems)
