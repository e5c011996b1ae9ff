"""Tables of what was done and what is to be told: the outbox and the audit log; nothing is sent from here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.storage.columns import Row, UtcMoment

_WAITING = text("state = 'waiting'")
_NOTICE = text("kind = 'notice'")
_LEASED = text("leased_by IS NOT NULL")
_FAILED = text("state = 'dead' OR bounced_at IS NOT NULL")

MAY_BE_TWICE = "May have arrived twice"
"""How the note at a message begins that was sent although nobody could tell whether it had been taken before."""


class OutboxRow(Row):
    """A message to be sent, written in the transaction of what it tells about.

    ``booking_id``: the booking it is about; NULL = it is about the trip ``trip_id`` and goes to who organises it, or, with
    neither, about an account or an organisation (a notice, see `tripkit.mailing.notice`).
    ``campaign_id``: the campaign it belongs to. ``kind``: see `tripkit.mailing.verdict.KINDS`. ``payload``: what was
    true when it was written. ``priority``: the lower ones go first; a confirmation does not wait behind a campaign.
    ``state``: waiting, sent, dead (given up), held (until somebody releases it), paused (with its campaign), dropped, or
    erased (with its booking, before it was sent). ``leased_by``: the worker that has
    it in hand, and ``leased_until`` when it should be through. ``bounced_at``: when it came back after it was sent, and
    ``bounce_status`` as what (RFC 3463); one that begins with 5 says that nobody is to be reached there.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state_next_at", "state", "next_at"),
        Index("ix_outbox_due", "priority", "next_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_outbox_leased_by", "leased_by", sqlite_where=_LEASED, postgresql_where=_LEASED),
        Index("ix_outbox_booking_id", "booking_id"),
        Index("ix_outbox_failed", "booking_id", sqlite_where=_FAILED, postgresql_where=_FAILED),
        Index("ix_outbox_notice_recipient", text("lower(recipient)"), sqlite_where=_NOTICE, postgresql_where=_NOTICE),
        Index("ix_outbox_campaign_id_booking_id", "campaign_id", "booking_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"))
    campaign_id: Mapped[int | None]
    kind: Mapped[str]
    recipient: Mapped[str]
    language: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    message_id: Mapped[str] = mapped_column(unique=True)
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcMoment)
    leased_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    leased_by: Mapped[str | None]
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    bounced_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    bounce_status: Mapped[str | None]


class AuditRow(Row):
    """Who did what, when and from where. Only ever added to.

    ``account_id``: who, where an account did it, and ``organisation_id`` whose it is; both outlive what they name, so no
    key of another table binds them.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_account_id", "account_id"),
        Index("ix_audit_organisation_id", "organisation_id"),
        Index("ix_audit_booking_id", "booking_id"),
        Index("ix_audit_trip_id", "trip_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    actor: Mapped[str]
    origin: Mapped[str]
    action: Mapped[str]
    account_id: Mapped[int | None]
    organisation_id: Mapped[int | None]
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
