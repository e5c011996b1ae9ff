"""Everything the contact person of a booking sees through the secret link; sensitive answers stay out."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Select, bindparam, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.collisions import replaced_by
from tripkit.domain.places import has_started, is_over
from tripkit.domain.prices import Price, Sum, add_up
from tripkit.domain.questions import Answer, Answers
from tripkit.domain.trips import Trip
from tripkit.reads.queue_positions import queue_positions
from tripkit.reads.trip_page import TripPage, page_of_plan
from tripkit.reads.trip_plan import AnySession, plan_named
from tripkit.reads.visits_held import visits_held
from tripkit.storage.bookings import (
    AnswerRow,
    BookingRow,
    LinkRow,
    OfferRow,
    ParticipantRow,
)
from tripkit.storage.trips import TripRow

_HAS_PLACE = {ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED}
_THIS: BindParameter[int] = bindparam("booking_id")
_THESE: BindParameter[int] = bindparam("participant_ids", expanding=True)
_OPENED = (LinkRow.digest == bindparam("digest"), LinkRow.purpose == "booking", LinkRow.expires_at > bindparam("now"))
# Put together once: everybody who signs up is shown their receipt.
_FIND = select(LinkRow.booking_id).where(*_OPENED)
_BOOKING = select(BookingRow, TripRow.revision, TripRow.edition).join(TripRow, TripRow.id == BookingRow.trip_id)
_BY_TOKEN = _BOOKING.join(LinkRow, LinkRow.booking_id == BookingRow.id).where(*_OPENED)
_BY_ID = _BOOKING.where(BookingRow.id == _THIS)
_PEOPLE = select(ParticipantRow).where(ParticipantRow.booking_id == _THIS).order_by(ParticipantRow.id)
_ANSWERS = (
    select(
        AnswerRow.participant_id, AnswerRow.question, AnswerRow.value, AnswerRow.sealed.is_not(None).label("is_sealed")
    )
    .where(AnswerRow.participant_id.in_(_THESE))
    .order_by(AnswerRow.id)
)
_OFFERS = select(OfferRow).where(OfferRow.booking_id == _THIS, OfferRow.state == "open").order_by(OfferRow.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPlace:
    """A place in a queue. ``item``: None = the trip itself. ``position``: counted from 1; ``ahead``: people before."""

    waiting_id: int
    item: str | None
    position: int
    ahead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOffer:
    """A place on offer. ``instead_of``: visits given up on accepting, of this participant."""

    offer_id: int
    item: str | None
    until: datetime
    participant_ids: tuple[int, ...]
    instead_of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedParticipant:
    """One person. ``items``: visits held; ``wished``: wanted when a place on the trip comes."""

    id: int
    name: str
    email: str | None
    segment: str
    status: ParticipantStatus
    price: Price
    items: tuple[str, ...]
    wished: tuple[str, ...]
    answers: Answers
    sensitive_answered: tuple[str, ...]
    waiting: tuple[WaitingPlace, ...]
    offers: tuple[OpenOffer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPage:
    """A booking. ``sum``: what those with a confirmed place pay; ``may_change``/``may_cancel``: by the dates.

    ``note``: for those who organise, never on a page of its own people.
    """

    booking_id: int
    code: str
    language: str
    organisation_key: str
    trip_key: str
    trip_page: TripPage
    contact_name: str
    contact_email: str
    contact_phone: str | None
    organisation: str
    invoice_address: str
    invoice_reference: str
    note: str
    accepted_by: str
    together: bool
    booked_at: datetime
    terms_version: str
    sum: Sum
    currency: str
    participants: tuple[BookedParticipant, ...]
    may_change: bool
    may_cancel: bool


def _opens(token: str, now: datetime) -> dict[str, object]:
    return {"digest": hashlib.sha256(token.encode()).hexdigest(), "now": now}


def find_booking(session: AnySession, *, token: str, now: datetime) -> int | None:
    """The booking a secret link opens, None when the secret is wrong or has expired."""
    return session.scalar(_FIND, _opens(token, now))


def was_erased(session: AnySession, *, token: str) -> bool:
    """Whether a secret link opened a booking that was erased since."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return session.scalar(select(LinkRow.id).where(LinkRow.digest == digest, LinkRow.purpose == "erased")) is not None


def booking_page(session: AnySession, *, token: str, now: datetime) -> BookingPage | None:
    """The booking a secret link opens, None when the secret is wrong or has expired."""
    return _page(session, _BY_TOKEN, _opens(token, now), now)


def booking_page_of(session: AnySession, *, booking_id: int, now: datetime) -> BookingPage | None:
    """A booking by its id, for those who write its messages."""
    return _page(session, _BY_ID, {"booking_id": booking_id}, now)


def _page(
    session: AnySession, find: Select[BookingRow, int, str], by: dict[str, object], now: datetime
) -> BookingPage | None:
    found = session.execute(find, by).one_or_none()
    if found is None:
        return None
    booking, revision, edition = found
    plan = plan_named(session, booking.trip_id, revision, edition)
    page = page_of_plan(session, booking.trip_id, *plan, now)
    trip = page.trip
    people = _participants(session, booking, trip)
    currency = trip.price.net.currency
    confirmed = [person for person in people if person.status is ParticipantStatus.CONFIRMED]
    late = trip.changes_until is not None and now >= trip.changes_until
    return BookingPage(
        booking_id=booking.id,
        code=booking.code,
        language=booking.language,
        organisation_key=page.organisation.key,
        trip_key=trip.key,
        trip_page=page,
        contact_name=booking.contact_name,
        contact_email=booking.contact_email,
        contact_phone=booking.contact_phone,
        organisation=booking.organisation,
        invoice_address=booking.invoice_address,
        invoice_reference=booking.invoice_reference,
        note=booking.note or "",
        accepted_by=booking.accepted_by or "",
        together=booking.together,
        booked_at=booking.booked_at,
        terms_version=booking.terms_version,
        sum=add_up([person.price for person in confirmed], confirmed[0].price.net.currency if confirmed else currency),
        currency=currency,
        participants=people,
        may_change=not late and not has_started(trip, now),
        may_cancel=not is_over(trip, now),
    )


def _participants(session: AnySession, booking: BookingRow, trip: Trip) -> tuple[BookedParticipant, ...]:
    this = {"booking_id": booking.id}
    rows = session.scalars(_PEOPLE, this).all()
    these = {"participant_ids": [row.id for row in rows]}
    hidden = {question.key for question in trip.questions if question.sensitive}
    answers: dict[int, dict[str, Answer]] = defaultdict(dict)
    hidden_answers: dict[int, list[str]] = defaultdict(list)
    for answer in session.execute(_ANSWERS, these):
        # What was sealed when it was given stays hidden, also if its question is no longer marked sensitive.
        if answer.is_sealed or answer.question in hidden:
            hidden_answers[answer.participant_id].append(answer.question)
        else:
            answers[answer.participant_id][answer.question] = answer.value
    waiting = _waiting(session, these["participant_ids"])
    held: dict[int, list[str]] = defaultdict(list)
    offers: Sequence[OfferRow] = ()
    if any(row.status in _HAS_PLACE for row in rows):  # Nobody else holds a visit, or has one on offer.
        held = visits_held(session, these["participant_ids"])
        offers = session.scalars(_OFFERS, this).all()
    return tuple(
        BookedParticipant(
            id=row.id,
            name=row.name,
            email=row.email,
            segment=row.segment,
            status=row.status,
            price=row.price,
            items=tuple(held[row.id]),
            wished=row.wished,
            answers=answers[row.id],
            sensitive_answered=tuple(hidden_answers[row.id]),
            waiting=tuple(waiting[row.id]),
            offers=tuple(
                OpenOffer(
                    offer_id=offer.id,
                    item=offer.item or None,
                    until=offer.until,
                    participant_ids=offer.participant_ids,
                    instead_of=replaced_by(trip, held[row.id], offer.item) if offer.item else (),
                )
                for offer in offers
                if row.id in offer.participant_ids
            ),
        )
        for row in rows
    )


def _waiting(session: AnySession, participant_ids: list[int]) -> dict[int, list[WaitingPlace]]:
    found: dict[int, list[WaitingPlace]] = defaultdict(list)
    for one in queue_positions(session, participant_ids):
        found[one.participant_id].append(
            WaitingPlace(waiting_id=one.waiting_id, item=one.item or None, position=one.position, ahead=one.ahead)
        )
    return found
