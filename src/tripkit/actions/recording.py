"""What an action leaves behind in its transaction: messages to send, secret links, moves in the queue, the audit log."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.done import Changes
from tripkit.domain.trips import Trip
from tripkit.reads.trip_plan import AnySession
from tripkit.reads.unsubscribed import digest_of_address
from tripkit.storage import note_told
from tripkit.storage.bookings import BookingRow, LinkRow, ParticipantRow, QueueMoveRow
from tripkit.storage.outbox import AuditRow, OutboxRow

BOOKING, UNSUBSCRIBE = "booking", "unsubscribe"
"""What a secret link opens: a booking, or the page on which whoever it was sent to unsubscribes."""
ERASED_LINK = "erased"
"""The purpose of a link whose booking was erased."""
_AFTER_TRIP = timedelta(days=90)
"""How long after the trip a secret link opens the booking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a message says of one participant. ``position``: in the queue, counted from 1; None = not waiting."""

    participant: ParticipantRow
    items: Sequence[str] = ()
    position: int | None = None

    def as_json(self) -> dict[str, Any]:
        """What the outbox keeps."""
        person = self.participant
        return {
            "id": person.id,
            "name": person.name,
            "segment": person.segment,
            "status": person.status.value,
            "items": list(self.items),
            "position": self.position,
        }


def digest_of(secret: str) -> str:
    """What is stored of a secret: its SHA-256. It has 256 random bits, so it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make_link(session: AnySession, booking_id: int, trip: Trip, at: datetime) -> str:
    """A new secret link to a booking; returns the secret, of which only a digest is stored."""
    return make_links(session, [booking_id], trip, at)[0]


def make_links(session: AnySession, booking_ids: Sequence[int], trip: Trip, at: datetime) -> list[str]:
    """A new secret link to each of these bookings, in one statement; the secrets, in the same order."""
    return _make(session, BOOKING, trip, at, [(one, None) for one in booking_ids])


def make_ways_out(session: AnySession, sent_to: Sequence[tuple[int, str]], trip: Trip, at: datetime) -> list[str]:
    """A new secret link for each (booking, address), by which whoever reads there unsubscribes; as in `make_links`."""
    return _make(session, UNSUBSCRIBE, trip, at, [(one, digest_of_address(address)) for one, address in sent_to])


def _make(
    session: AnySession, purpose: str, trip: Trip, at: datetime, wanted: Sequence[tuple[int, str | None]]
) -> list[str]:
    tokens = [secrets.token_urlsafe(32) for _ in wanted]
    expires = max(links_end_at(trip), at + _AFTER_TRIP)
    rows = [
        {
            "booking_id": booking_id,
            "digest": digest_of(token),
            "purpose": purpose,
            "reader": reader,
            "made_at": at,
            "expires_at": expires,
        }
        for (booking_id, reader), token in zip(wanted, tokens, strict=True)
    ]
    session.execute(insert(LinkRow), rows)
    return tokens


def links_end_at(trip: Trip) -> datetime:
    """Until when the links to a trip's bookings open them."""
    return datetime.combine(trip.ends_on, datetime.min.time(), UTC) + _AFTER_TRIP


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one booking is told. ``token``: the secret of the link it carries; ``more``: what this kind says besides."""

    booking: BookingRow
    token: str
    told: Iterable[Told] = ()
    more: Mapping[str, Any]


def tell(
    session: AnySession,
    kind: str,
    *,
    booking: BookingRow,
    token: str,
    moment: Moment,
    told: Iterable[Told] = (),
    **more: Any,
) -> None:
    """Put a message in the outbox, with a snapshot of what is true now; it is sent after the commit."""
    tell_all(session, kind, [Message(booking=booking, token=token, told=told, more=more)], moment)


def tell_all(session: AnySession, kind: str, messages: Iterable[Message], moment: Moment) -> None:
    """Put messages of one kind in the outbox, in one statement."""
    rows = [
        {
            "booking_id": one.booking.id,
            "kind": kind,
            "recipient": one.booking.contact_email,
            "language": one.booking.language,
            "payload": {"token": one.token, "participants": [told.as_json() for told in one.told], **one.more},
            "message_id": secrets.token_hex(16),
            "created_at": moment.at,
            "next_at": moment.at,
        }
        for one in messages
    ]
    session.execute(insert(OutboxRow), rows)
    note_told(session)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move in a queue to be noted. ``passed``: participants who had waited longer, of a move that went past them."""

    what: str
    participant_id: int
    item: str = ""
    because: str = ""
    passed: Sequence[int] = ()


def log_moves(session: AnySession, trip_id: int, moment: Moment, moves: Iterable[Move]) -> None:
    """Note what happened in a trip's queues, in one statement."""
    rows = [{"trip_id": trip_id, "at": moment.at, **asdict(move), "passed": list(move.passed)} for move in moves]
    if rows:
        session.execute(insert(QueueMoveRow), rows)


def audit(
    session: AnySession,
    action: str,
    *,
    moment: Moment,
    organisation_id: int | None = None,
    trip_id: int | None = None,
    booking_id: int | None = None,
    reason: str = "",
    changes: Changes | None = None,
    **details: Any,
) -> None:
    """Note who did what. Names and addresses stay out: the log outlives the people in it.

    ``changes``: what it was and became, by path (`tripkit.eventfile.noted_changes`); None in place of both where that would
    name somebody. ``details``: what else is needed to understand it.
    """
    if changes:
        details["changes"] = {path: None if both is None else list(both) for path, both in changes.items()}
    session.add(
        AuditRow(
            at=moment.at,
            actor=moment.actor,
            origin=moment.origin,
            action=action,
            account_id=moment.account_id,
            organisation_id=organisation_id,
            trip_id=trip_id,
            booking_id=booking_id,
            reason=reason,
            details=details,
        )
    )


def rewritten(row: object, now: Mapping[str, object]) -> Changes:
    """Which of these fields become something else, without what they were or are: for what people write of themselves."""
    return {name: None for name, value in now.items() if getattr(row, name) != value}


HAS_PLACE = frozenset({ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED})
"""Those who hold a place, for good or for now."""
WITHOUT_PLACE = frozenset({ParticipantStatus.APPLIED, ParticipantStatus.WAITING})
"""Those who hope for a place and hold none; what visits they want stands with them as wishes."""
