"""Delivering the outbox: lease, send, note; a message is sent after its commit, and tried again until it is."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session, aliased, sessionmaker

from tripkit.mailing.compose import compose
from tripkit.settings import Settings
from tripkit.storage import write
from tripkit.storage.outbox import OutboxRow
from tripkit.worker.letters import letter_of
from tripkit.worker.transports import Away, Refused, Transport

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""How long a worker has a message in hand; when it dies meanwhile, another one takes over after this."""
_AT_ONCE = 20
AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""How long to wait before each new try; after the last one the message is dead, and `tripkit doctor` says so."""


def deliver_due(make_session: sessionmaker[Session], transport: Transport, settings: Settings, now: datetime) -> int:
    """Send what is due, oldest first, a booking's messages in their order; how many were sent."""
    sent = 0
    with make_session() as session:
        while leased := lease(session, now):
            sent += sum(_deliver(session, row_id, by, transport, settings, now) for row_id, by in leased)
    return sent


def lease(session: Session, now: datetime) -> list[tuple[int, str]]:
    """Take messages in hand: (id, this worker's mark on it).

    Of each booking only the oldest one that is not yet sent: what cancels never overtakes what confirms.
    """
    earlier = aliased(OutboxRow)
    with write(session):
        ids = session.scalars(
            select(OutboxRow.id)
            .where(
                OutboxRow.state == "waiting",
                OutboxRow.next_at <= now,
                or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= now),
                ~exists().where(
                    earlier.booking_id == OutboxRow.booking_id, earlier.state == "waiting", earlier.id < OutboxRow.id
                ),
            )
            .order_by(OutboxRow.id)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        mark = secrets.token_hex(8)
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(ids))
            .values(leased_until=now + LEASE, leased_by=mark, attempts=OutboxRow.attempts + 1)
        )
    return [(row_id, mark) for row_id in ids]


def _deliver(session: Session, row_id: int, mark: str, transport: Transport, settings: Settings, now: datetime) -> bool:
    row = session.get_one(OutboxRow, row_id, populate_existing=True)
    try:
        message = compose(letter_of(session, row, settings))
        session.rollback()  # Nothing is held open while a mail server takes its time.
        transport.send(message)
    except Exception as error:
        session.rollback()
        _note_failure(session, row_id, mark, error, now)
        return False
    with write(session):
        done = session.get_one(OutboxRow, row_id)
        if done.leased_by == mark:
            done.state, done.sent_at, done.last_error = "sent", now, None
            done.leased_by, done.leased_until = None, None
            done.payload = {**done.payload, "token": ""}  # The secret is in the reader's mailbox now, and only there.
    return True


def _note_failure(session: Session, row_id: int, mark: str, error: Exception, now: datetime) -> None:
    if not isinstance(error, (Refused, Away)):
        log.exception("message %s could not be written", row_id, exc_info=error)
    with write(session):
        row = session.get_one(OutboxRow, row_id)
        if row.leased_by != mark:
            return
        row.last_error = f"{type(error).__name__}: {error}"[:500]
        row.leased_by, row.leased_until = None, None
        if isinstance(error, Refused) or row.attempts > len(AGAIN_AFTER):
            row.state = "dead"
            log.error("message %s is dead after %s tries: %s", row_id, row.attempts, row.last_error)
        else:
            row.next_at = now + AGAIN_AFTER[row.attempts - 1]
