"""Everything the contact person of a booking sees through the secret link; sensitive answers stay out."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.collisions import replaced_by
from tripkit.domain.places import has_started, is_over
from tripkit.domain.prices import Price, Sum, add_up
from tripkit.domain.questions import Answer, Answers
from tripkit.domain.seats import Pool, PoolKind, Seats
from tripkit.domain.trips import Trip
from tripkit.domain.waiting_list import Waiting, ahead_of
from tripkit.reads.trip_page import TripPage, trip_page_of
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import (
    AnswerRow,
    BookingRow,
    ClaimRow,
    LinkRow,
    OfferRow,
    ParticipantRow,
    PoolRow,
    WaitingRow,
)


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
    """A booking. ``sum``: what those with a confirmed place pay; ``may_change``/``may_cancel``: by the dates."""

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
    together: bool
    booked_at: datetime
    terms_version: str
    sum: Sum
    currency: str
    participants: tuple[BookedParticipant, ...]
    may_change: bool
    may_cancel: bool


def find_booking(session: AnySession, *, token: str, now: datetime) -> int | None:
    """The booking a secret link opens, None when the secret is wrong or has expired."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return session.scalar(
        select(LinkRow.booking_id).where(
            LinkRow.digest == digest, LinkRow.purpose == "booking", LinkRow.expires_at > now
        )
    )


def booking_page(session: AnySession, *, token: str, now: datetime) -> BookingPage | None:
    """The booking a secret link opens, None when the secret is wrong or has expired."""
    booking_id = find_booking(session, token=token, now=now)
    return None if booking_id is None else booking_page_of(session, booking_id=booking_id, now=now)


def booking_page_of(session: AnySession, *, booking_id: int, now: datetime) -> BookingPage | None:
    """A booking by its id, for those who write its messages."""
    booking = session.get(BookingRow, booking_id)
    page = None if booking is None else trip_page_of(session, trip_id=booking.trip_id, now=now)
    if booking is None or page is None:
        return None
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
    rows = session.scalars(
        select(ParticipantRow).where(ParticipantRow.booking_id == booking.id).order_by(ParticipantRow.id)
    ).all()
    ids = [row.id for row in rows]
    answers: dict[int, dict[str, Answer]] = defaultdict(dict)
    for answer in session.scalars(select(AnswerRow).where(AnswerRow.participant_id.in_(ids)).order_by(AnswerRow.id)):
        answers[answer.participant_id][answer.question] = answer.value
    held = _visits(session, ids)
    waiting = _waiting(session, booking.trip_id, ids)
    offers = session.scalars(
        select(OfferRow).where(OfferRow.booking_id == booking.id, OfferRow.state == "open").order_by(OfferRow.id)
    ).all()
    hidden = {question.key for question in trip.questions if question.sensitive}
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
            answers={key: value for key, value in answers[row.id].items() if key not in hidden},
            sensitive_answered=tuple(key for key in answers[row.id] if key in hidden),
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


def _visits(session: AnySession, participant_ids: list[int]) -> dict[int, list[str]]:
    """Visits held by each, by key in the order of the pools; a visit that is itself on offer is not held yet."""
    held: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(
        select(ClaimRow.participant_id, PoolRow.key)
        .join(PoolRow, PoolRow.id == ClaimRow.pool_id)
        .outerjoin(OfferRow, OfferRow.id == ClaimRow.offer_id)
        .where(
            ClaimRow.participant_id.in_(participant_ids),
            PoolRow.kind == PoolKind.ITEM,
            (OfferRow.id.is_(None)) | (OfferRow.item == ""),
        )
        .order_by(PoolRow.id)
    ):
        held[row.participant_id].append(row.key)
    return held


def _waiting(session: AnySession, trip_id: int, participant_ids: list[int]) -> dict[int, list[WaitingPlace]]:
    # One query: between two, somebody of theirs could be offered a place and be gone from the queue.
    theirs = select(WaitingRow.item).where(WaitingRow.participant_id.in_(participant_ids))
    rows = session.execute(
        select(WaitingRow.id, WaitingRow.participant_id, WaitingRow.party, WaitingRow.item, WaitingRow.segment)
        .where(WaitingRow.trip_id == trip_id, WaitingRow.item.in_(theirs))
        .order_by(WaitingRow.id)
    ).all()
    found: dict[int, list[WaitingPlace]] = defaultdict(list)
    if not rows:
        return found
    seats = Seats(
        Pool(row.id, row.kind, row.key, row.size, row.taken)
        for row in session.scalars(select(PoolRow).where(PoolRow.trip_id == trip_id))
    )
    queues: dict[str, list[Waiting]] = defaultdict(list)
    for row in rows:
        pool = seats.item(row.item) if row.item else None
        wants = seats.place_wants(row.segment) if pool is None else ((pool.id,),)
        queues[row.item].append(Waiting(row.id, row.participant_id, row.party, wants))
    for item, queue in queues.items():
        for waiting in queue:
            if waiting.participant_id in participant_ids:
                ahead = ahead_of(waiting, queue)
                found[waiting.participant_id].append(
                    WaitingPlace(waiting_id=waiting.id, item=item or None, position=ahead + 1, ahead=ahead)
                )
    for places in found.values():
        places.sort(key=lambda place: place.waiting_id)
    return found
