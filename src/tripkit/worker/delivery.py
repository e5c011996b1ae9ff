"""Delivering the outbox: lease, send, note; a message is sent after its commit, and tried again until it is."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased, sessionmaker

from tripkit.mailing.compose import compose
from tripkit.settings import Settings
from tripkit.storage import write
from tripkit.storage.outbox import OutboxRow
from tripkit.worker.letters import letter_of
from tripkit.worker.transports import Transport
from tripkit.worker.trouble import Refused, ServerAway, Trouble

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""How long a worker has a message in hand; when it dies meanwhile, another one takes over after this."""
AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))
"""How long to wait before each new try; the last one is repeated."""
GIVE_UP_AFTER = timedelta(days=5)
"""How long a server is given to come back (RFC 5321, 4.5.4.1: at least four to five days)."""


def deliver_due(
    make_session: sessionmaker[Session],
    transport: Transport,
    settings: Settings,
    *,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Send what is due, a booking's messages in their order; how many were sent.

    Ends early when ``stopped`` says so, and when the server does not answer: the rest would not fare better.
    """
    sent = 0
    with make_session() as session:
        while not stopped() and (leased := lease(session, settings.clock.now())):
            try:
                sent += _deliver(session, *leased, transport, settings)
            except ServerAway:
                break
    return sent


def lease(session: Session, now: datetime) -> tuple[int, str] | None:
    """Take the next message in hand: (id, this worker's mark on it), None when nothing is due.

    One at a time: with several in hand, a slow server would keep the last ones until their lease had run out, and
    another worker would send them too. Of each booking only the oldest that is not yet sent may go: what cancels never
    overtakes what confirms.
    """
    next_one = select(OutboxRow.id).where(_is_due(now)).order_by(OutboxRow.next_at, OutboxRow.id).limit(1)
    found = session.scalar(next_one)
    session.rollback()
    if found is None:
        return None  # Looking takes no lock: on SQLite a writer keeps everybody else out.
    with write(session):
        row_id = session.scalar(next_one.with_for_update(skip_locked=True))
        if row_id is None:
            return None
        mark = secrets.token_hex(8)
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id)
            .values(leased_until=now + LEASE, leased_by=mark, attempts=OutboxRow.attempts + 1)
        )
    return row_id, mark


def _is_due(now: datetime) -> ColumnElement[bool]:
    earlier = aliased(OutboxRow)
    return and_(
        OutboxRow.state == "waiting",
        OutboxRow.next_at <= now,
        or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= now),
        ~exists().where(
            earlier.booking_id == OutboxRow.booking_id, earlier.state == "waiting", earlier.id < OutboxRow.id
        ),
    )


def _deliver(session: Session, row_id: int, mark: str, transport: Transport, settings: Settings) -> bool:
    """Send one message and note what became of it. Raises: ServerAway, after noting it."""
    try:
        message = compose(letter_of(session, session.get_one(OutboxRow, row_id), settings))
        session.rollback()  # Nothing is held open while a mail server takes its time.
        transport.send(message)
    except DBAPIError:
        raise  # Nothing is wrong with the message, and nothing can be noted now.
    except Trouble as trouble:
        _note_failure(session, row_id, mark, trouble, settings.clock.now())
        if isinstance(trouble, ServerAway):
            raise
        return False
    except Exception as error:
        # One that cannot be written must not keep the others waiting.
        log.exception("message %s could not be written", row_id)
        _note_failure(session, row_id, mark, error, settings.clock.now())
        return False
    _note_sent(session, row_id, settings.clock.now())
    return True


def _note_sent(session: Session, row_id: int, now: datetime) -> None:
    """Whoever has it in hand by now: it is sent."""
    with write(session):
        row = session.get_one(OutboxRow, row_id)
        row.state, row.sent_at, row.last_error = "sent", now, None
        row.leased_by, row.leased_until = None, None
        row.payload = {**row.payload, "token": ""}  # The secret is in the reader's mailbox now, and only there.


def _note_failure(session: Session, row_id: int, mark: str, error: Exception, now: datetime) -> None:
    with write(session):
        row = session.get_one(OutboxRow, row_id)
        if row.leased_by != mark:
            return  # It took longer than the lease, and somebody else has it in hand.
        row.last_error = f"{type(error).__name__}: {error}"[:500]
        row.leased_by, row.leased_until = None, None
        if _is_hopeless(row, error, now):
            row.state = "dead"
            log.error("message %s is given up after %s tries: %s", row_id, row.attempts, row.last_error)
        else:
            row.next_at = now + AGAIN_AFTER[min(row.attempts, len(AGAIN_AFTER)) - 1]


def _is_hopeless(row: OutboxRow, error: Exception, now: datetime) -> bool:
    if isinstance(error, Refused):
        return True
    if row.attempts <= len(AGAIN_AFTER):
        return False
    # A server may come back, also after a week in which no worker ran. What cannot be written stays so.
    return not isinstance(error, Trouble) or row.created_at + GIVE_UP_AFTER <= now


def revive(session: Session, now: datetime) -> int:
    """Try messages again that were given up, when the reason is put right; how many."""
    with write(session):
        ids = session.scalars(select(OutboxRow.id).where(OutboxRow.state == "dead")).all()
        session.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(state="waiting", attempts=0, next_at=now))
    return len(ids)
