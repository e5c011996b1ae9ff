"""Whether a booking is still as somebody saw it: all that an act can change in it, as a few signs; nothing is shown from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from tripkit.domain.seats import PoolKind
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import AnswerRow, BookingRow, ClaimRow, OfferRow, ParticipantRow, PoolRow, WaitingRow
from tripkit.storage.outbox import AuditRow


def booking_stamp(session: AnySession, booking_id: int) -> str:
    """The booking as it is now, behind the number of the last thing that was done to it; seven statements.

    To be read before what is shown: then what is shown is never newer than it says.
    """
    last = session.scalar(select(func.max(AuditRow.id)).where(AuditRow.booking_id == booking_id))
    return f"{last or 0}-{_digest(session, booking_id)}"


def same_stamp(one: str, other: str) -> bool:
    """Whether two stamps are of the same booking in the same state, whatever was noted about it between them."""
    return one.rpartition("-")[2] == other.rpartition("-")[2]


def is_as_seen(session: AnySession, booking_id: int, seen: str) -> bool:
    """Whether nothing has changed since a stamp was read."""
    return seen.rpartition("-")[2] == _digest(session, booking_id)


def last_seen(seen: str) -> int:
    """The number of the last entry in the log that whoever holds this stamp can have seen; 0 = none, or no stamp of ours."""
    number = seen.partition("-")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


def _digest(session: AnySession, booking_id: int) -> str:
    written = json.dumps([list(map(str, row)) for row in _rows(session, booking_id)])
    return hashlib.sha256(written.encode()).hexdigest()[:20]


def _rows(session: AnySession, booking_id: int) -> Iterator[Any]:
    """Everything in it that people write or that is decided for them; how long a queue is, is nothing of theirs."""
    booking = (BookingRow.contact_name, BookingRow.contact_email, BookingRow.contact_phone, BookingRow.organisation)
    invoice = (BookingRow.invoice_address, BookingRow.invoice_reference, BookingRow.note, BookingRow.erased_at)
    yield from session.execute(select(*booking, *invoice).where(BookingRow.id == booking_id))
    person = (ParticipantRow.id, ParticipantRow.name, ParticipantRow.email, ParticipantRow.segment)
    of_it = ParticipantRow.booking_id == booking_id
    yield from session.execute(
        select(*person, ParticipantRow.status, ParticipantRow.wished).where(of_it).order_by(ParticipantRow.id)
    )
    people = select(ParticipantRow.id).where(of_it)
    yield from session.execute(
        select(AnswerRow.participant_id, AnswerRow.question, AnswerRow.value, AnswerRow.sealed)
        .where(AnswerRow.participant_id.in_(people))
        .order_by(AnswerRow.participant_id, AnswerRow.question)
    )
    yield from session.execute(
        select(ClaimRow.participant_id, PoolRow.key, ClaimRow.offer_id)
        .join(PoolRow, PoolRow.id == ClaimRow.pool_id)
        .where(ClaimRow.participant_id.in_(people), PoolRow.kind == PoolKind.ITEM)
        .order_by(ClaimRow.participant_id, PoolRow.key)
    )
    yield from session.execute(
        select(WaitingRow.participant_id, WaitingRow.item)
        .where(WaitingRow.participant_id.in_(people))
        .order_by(WaitingRow.participant_id, WaitingRow.item)
    )
    yield from session.execute(
        select(OfferRow.id, OfferRow.until)
        .where(OfferRow.booking_id == booking_id, OfferRow.state == "open")
        .order_by(OfferRow.id)
    )
