"""Messages and what has become of them: as a list, and one of them; a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow
from tripkit.storage.outbox import MAY_BE_TWICE, OutboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. ``code``: its booking's, None = it is not about one. Its recipient is told only where one asks for it.

    ``state``: waiting, sent, dead or held; ``error``: what went wrong last; ``in_hand``: a worker is sending it.
    """

    id: int
    code: str | None
    kind: str
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime
    sent_at: datetime | None
    bounced_at: datetime | None
    in_hand: bool
    error: str | None
    message_id: str
    recipient: str


def message_list(
    session: AnySession,
    *,
    states: Sequence[str],
    code: str | None = None,
    twice: bool = False,
    after: int = 0,
    limit: int = 100,
) -> tuple[Message, ...]:
    """Messages in one of these states, oldest first, from the one behind ``after``; one query.

    ``code``: of this booking only; ``twice``: only those that may have arrived twice.
    """
    wanted = _messages().where(OutboxRow.state.in_(states), OutboxRow.id > after)
    if code is not None:
        wanted = wanted.where(BookingRow.code == code)
    if twice:
        wanted = wanted.where(OutboxRow.last_error.startswith(MAY_BE_TWICE))
    rows = session.execute(wanted.order_by(OutboxRow.id).limit(limit))
    return tuple(_message(message, of_booking) for message, of_booking in rows)


def message_by_id(session: AnySession, message: int) -> Message | None:
    """One message, None when there is no such; one query."""
    row = session.execute(_messages().where(OutboxRow.id == message)).one_or_none()
    return None if row is None else _message(row[0], row[1])


def messages_of_booking(session: AnySession, booking_id: int, limit: int = 100) -> tuple[Message, ...]:
    """What was written about a booking, latest first; one query."""
    rows = session.execute(
        _messages().where(OutboxRow.booking_id == booking_id).order_by(OutboxRow.id.desc()).limit(limit)
    )
    return tuple(_message(message, of_booking) for message, of_booking in rows)


def message_counts(session: AnySession) -> dict[str, int]:
    """How many there are in each state; one query."""
    rows = session.execute(select(OutboxRow.state, func.count().label("number")).group_by(OutboxRow.state))
    return {row.state: row.number for row in rows}


def _messages() -> Select[OutboxRow, str | None]:
    return select(OutboxRow, BookingRow.code).outerjoin(BookingRow, BookingRow.id == OutboxRow.booking_id)


def _message(message: OutboxRow, code: str | None) -> Message:
    return Message(
        id=message.id,
        code=code,
        kind=message.kind,
        state=message.state,
        attempts=message.attempts,
        created_at=message.created_at,
        next_at=message.next_at,
        sent_at=message.sent_at,
        bounced_at=message.bounced_at,
        in_hand=message.leased_by is not None,
        error=message.last_error,
        message_id=message.message_id,
        recipient=message.recipient,
    )
