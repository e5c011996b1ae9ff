"""Tables of what was done and what is to be told: the outbox and the audit log; nothing is sent from here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.storage.columns import Row, UtcMoment


class OutboxRow(Row):
    """A message to be sent, written in the transaction of what it tells about.

    ``kind``: confirmation, queued, offer, cancelled, changed or link. ``payload``: what was true when it was written.
    ``state``: waiting, sent or dead. ``leased_until``: until when a worker has it in hand.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_next_at", "state", "next_at"), Index("ix_outbox_booking_id", "booking_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    kind: Mapped[str]
    recipient: Mapped[str]
    language: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    message_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcMoment)
    leased_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    leased_by: Mapped[str | None]
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class AuditRow(Row):
    """Who did what, when and from where. Only ever added to."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    actor: Mapped[str]
    origin: Mapped[str]
    action: Mapped[str]
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
