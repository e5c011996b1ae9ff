"""Noting that a message came back; where nobody is to be reached, letters to many at once are sent no more."""

from __future__ import annotations

from sqlalchemy import select, update

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.reads.audience import is_unreachable
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.outbox import OutboxRow


def note_bounce(session: AnySession, *, message_id: str, status: str, is_lost: bool, moment: Moment) -> bool:
    """Note it at the message; whether there is such a one. The same again changes nothing.

    ``is_lost``: the message will not arrive; a delay changes nothing. Where the status says that nobody is to be reached
    at this address, letters of campaigns that still wait for it in the same booking are dropped, and none is written
    there again (`tripkit.reads.audience`). A booking that has got another address is not concerned.
    """
    with write(session):
        row = session.scalars(
            select(OutboxRow).where(OutboxRow.message_id == message_id).with_for_update()
        ).one_or_none()
        if row is None or row.attempts == 0:
            return False  # What was never handed over cannot have come back.
        if not is_lost or (row.bounced_at is not None and not is_worse(row.bounce_status, status)):
            return True
        row.bounced_at, row.bounce_status, row.last_error = moment.at, status, f"Came back: {status}"
        if is_unreachable(status) and row.booking_id is not None:
            session.execute(
                update(OutboxRow)
                .where(
                    OutboxRow.booking_id == row.booking_id,
                    OutboxRow.recipient == row.recipient,
                    OutboxRow.campaign_id.is_not(None),
                    OutboxRow.state.in_(("waiting", "paused", "held")),
                    OutboxRow.leased_by.is_(None),
                )
                .values(state="dropped", last_error=f"An earlier message came back: {status}")
            )
        audit(session, "note_bounce", moment=moment, booking_id=row.booking_id, message=row.id, status=status)
    return True


def is_worse(known: str | None, status: str) -> bool:
    """Whether a second report says more than the first: for good, after one that was for now."""
    return is_unreachable(status) and not is_unreachable(known or "")
