"""A sign-up as it is written before its turn comes: booking, people, answers and link, of people who wait; no place is given here."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from tripkit.actions.form_digest import form_digest
from tripkit.actions.recording import make_link
from tripkit.actions.sealed_answers import as_kept, sensitive
from tripkit.domain.answers import kept
from tripkit.domain.bookings import BookingRequest, Moment, ParticipantRequest, ParticipantStatus
from tripkit.domain.prices import Price
from tripkit.domain.trips import Trip
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import AnswerRow, BookingRow, ParticipantRow

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Booking codes: no letter that is taken for a digit, none twice the same aloud."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is written of a sign-up before it is its turn. ``token``: the secret of its link."""

    booking: BookingRow
    people: Sequence[ParticipantRow]
    token: str


def write_down(session: AnySession, trip_id: int, trip: Trip, request: BookingRequest, moment: Moment) -> Written:
    """Write a booking of people who wait, without a place in the queue yet. Raises: IntegrityError (sent before)."""
    booking = BookingRow(
        trip_id=trip_id,
        code=new_code(),
        form_key=request.form_key,
        form_digest=form_digest(session, trip_id, request),
        contact_name=request.contact_name.strip(),
        contact_email=request.contact_email.strip(),
        contact_phone=(request.contact_phone or "").strip() or None,
        organisation=request.organisation.strip(),
        invoice_address=request.invoice_address.strip(),
        invoice_reference=request.invoice_reference.strip(),
        language=request.language,
        together=request.together,
        terms_version=request.terms_version,
        booked_at=moment.at,
    )
    session.add(booking)
    session.flush()
    people = write_people(session, booking, trip, request.participants)
    return Written(booking, people, make_link(session, booking.id, trip, moment.at))


def write_people(
    session: AnySession, booking: BookingRow, trip: Trip, participants: Sequence[ParticipantRequest]
) -> Sequence[ParticipantRow]:
    """Write the party in the order of the form. One statement a table, whatever the size of the party."""
    written = insert(ParticipantRow).returning(ParticipantRow, sort_by_parameter_order=True)
    people = session.scalars(written, [_columns(booking, trip, asked) for asked in participants]).all()
    secret = sensitive(trip.questions)
    answers = [
        columns
        for person, asked in zip(people, participants, strict=True)
        for columns in as_kept(session, person.id, kept(trip.questions, asked.segment, asked.answers), secret)
    ]
    if answers:
        # With its empty columns written out: otherwise rows that are sealed and rows that are not take a statement each.
        session.execute(insert(AnswerRow), answers, execution_options={"render_nulls": True})
    return people


def _columns(booking: BookingRow, trip: Trip, asked: ParticipantRequest) -> dict[str, object]:
    return {
        "booking_id": booking.id,
        "trip_id": booking.trip_id,
        "name": asked.name.strip(),
        "email": (asked.email or "").strip() or None,
        "segment": asked.segment,
        "status": ParticipantStatus.WAITING,
        "price": price_of(trip, asked.segment),
        "wished": tuple(dict.fromkeys(asked.items)),
    }


def price_of(trip: Trip, segment: str) -> Price:
    """What one participant of a segment pays today."""
    return next((s.price for s in trip.segments if s.key == segment and s.price is not None), trip.price)


def new_code() -> str:
    """A booking code to read aloud: two groups of four, 6·10¹¹ of them."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
