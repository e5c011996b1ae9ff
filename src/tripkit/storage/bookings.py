"""Tables of who comes: pools, bookings, participants, claims, queue, offers, links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.prices import Price
from tripkit.domain.questions import Answer
from tripkit.domain.seats import PoolKind
from tripkit.storage.columns import AsJson, Row, UtcMoment, Word


class PoolRow(Row):
    """Anything with limited room.

    ``size``: people, NULL = no limit. ``bound``: what ``taken`` may never exceed: the size, or what was taken when an
    organiser lowered it. The check is the second fence behind the counting in `tripkit.actions.seating`.
    """

    __tablename__ = "pool"
    __table_args__ = (
        UniqueConstraint("trip_id", "kind", "key"),
        CheckConstraint("taken >= 0", name="not_negative"),
        CheckConstraint("bound IS NULL OR taken <= bound", name="not_oversold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    kind: Mapped[PoolKind] = mapped_column(Word(PoolKind))
    key: Mapped[str]
    size: Mapped[int | None]
    bound: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    released_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    """Of a guarantee: when its free places were opened to all."""


class BookingRow(Row):
    """One sign-up. ``form_key`` and ``form_digest`` (SHA-256 of what was sent, sealed) make a form sent twice one booking.

    ``note``: for colleagues, seen by who organises. ``accepted_by``: who accepted the terms in a call, of a booking made by
    hand; NULL = they were accepted in the form. ``erased_at``: when everything that says who it was was taken out of it; the code, states and prices stay.
    """

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("trip_id", "form_key"),
        Index("ix_booking_contact_email", text("lower(contact_email)")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    form_key: Mapped[str]
    form_digest: Mapped[str]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str | None]
    organisation: Mapped[str]
    invoice_address: Mapped[str]
    invoice_reference: Mapped[str]
    language: Mapped[str]
    together: Mapped[bool]
    terms_version: Mapped[str]
    note: Mapped[str | None]
    accepted_by: Mapped[str | None]
    booked_at: Mapped[datetime] = mapped_column(UtcMoment)
    erased_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    participants: Mapped[list[ParticipantRow]] = relationship(back_populates="booking", order_by="ParticipantRow.id")


class ParticipantRow(Row):
    """One person. ``price``: as on the day of booking. ``wished``: item keys wanted when a place on the trip comes."""

    __tablename__ = "participant"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    name: Mapped[str]
    email: Mapped[str | None]
    segment: Mapped[str]
    status: Mapped[ParticipantStatus] = mapped_column(Word(ParticipantStatus))
    price: Mapped[Price] = mapped_column(AsJson(Price))
    wished: Mapped[tuple[str, ...]] = mapped_column(AsJson(tuple[str, ...]))
    booking: Mapped[BookingRow] = relationship(back_populates="participants")

    __table_args__ = (
        Index("ix_participant_trip_id_segment_status", "trip_id", "segment", "status"),
        Index("ix_participant_email", text("lower(email)")),
    )


class AnswerRow(Row):
    """One participant's answer to one question. ``sealed``: where it is sensitive, and then ``value`` is empty."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("participant_id", "question"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    question: Mapped[str]
    value: Mapped[Answer] = mapped_column(AsJson(Answer))
    sealed: Mapped[str | None]


class ClaimRow(Row):
    """One participant's hold on one pool. ``offer_id``: the open offer it belongs to, NULL = it is theirs."""

    __tablename__ = "claim"
    __table_args__ = (UniqueConstraint("participant_id", "pool_id"), Index("ix_claim_pool_id", "pool_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"), index=True)


class WaitingRow(Row):
    """One participant in one queue. The id is the order; ``item``: empty for the trip itself; ``party`` goes together."""

    __tablename__ = "waiting"
    __table_args__ = (
        UniqueConstraint("participant_id", "item"),
        Index("ix_waiting_trip_id_item_segment", "trip_id", "item", "segment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    item: Mapped[str]
    party: Mapped[int]
    segment: Mapped[str]
    joined_at: Mapped[datetime] = mapped_column(UtcMoment)


class OfferRow(Row):
    """A freed place offered to a party. ``item``: empty for a place on the trip. ``state``: see `OfferState`."""

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_state_until", "state", "until"),
        Index("ix_offer_trip_id_state", "trip_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    item: Mapped[str]
    participant_ids: Mapped[tuple[int, ...]] = mapped_column(AsJson(tuple[int, ...]))
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    until: Mapped[datetime] = mapped_column(UtcMoment)
    state: Mapped[str]
    answered_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class QueueMoveRow(Row):
    """What happened in a queue, and why; never changed: joined, offered, passed, promoted, accepted, declined, expired, left.

    Of a ``passed`` move, ``participant_id`` got ahead and ``passed`` are the participants who had waited longer.
    """

    __tablename__ = "queue_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    item: Mapped[str]
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    what: Mapped[str]
    because: Mapped[str]
    passed: Mapped[list[int]] = mapped_column(JSON)


class LinkRow(Row):
    """A secret link to a booking. ``digest``: SHA-256 of the secret, which itself is never stored here.

    ``reader``: of one by which one unsubscribes, the digest of the address it was sent to.
    """

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    reader: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
