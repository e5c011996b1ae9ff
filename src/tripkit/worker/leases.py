"""Which message goes next, and in whose hand it is; nothing is sent here."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from tripkit.storage import write
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import MailServerRow, WorkerRow
from tripkit.worker.heart import Owner
from tripkit.worker.retries import SERVER_AWAY, server_again_after

LEASE = timedelta(minutes=5)
"""How long a worker should need for a message. One that dies is found out sooner (`tripkit.worker.heart`); this is the
end for who has no heartbeat."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a mail server is burdened with, by all workers together.

    ``name``: the server's; empty = there is none, so nothing to spare. ``at_once``: messages in hand at one moment.
    ``per_minute``: messages begun in a minute, None = as many as there are.
    """

    name: str = ""
    at_once: int | None = None
    per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """A message in somebody's hand. ``mark``: what is written on it, new each time it is taken."""

    row_id: int
    mark: str


@dataclass(frozen=True, slots=True)
class Wait:
    """So many messages have gone in this minute that the next one may go after so many seconds."""

    seconds: float


def lease(session: Session, owner: Owner, now: datetime, limits: Limits) -> Lease | Wait | None:
    """Take the next message in hand; None when nothing is due, or as much is in hand as may be.

    One at a time: with several in hand, a slow server would keep the last ones from everybody else. To a recipient,
    only the oldest message about a booking that is not yet sent may go: what cancels never overtakes what confirms.
    """
    mark = owner.id  # Once: a worker that was thought dead comes back under another name at any moment.
    found = session.scalar(_next(now))
    session.rollback()
    if found is None:
        return None  # Looking takes no lock: on SQLite a writer keeps everybody else out.
    with write(session):
        server = _locked(session, limits.name)
        if server is not None:
            if timedelta() < _until(server.away_until, now) <= SERVER_AWAY[-1] * 1.2:
                return None
            if timedelta() < (wait := _until(server.next_at, now)) <= timedelta(minutes=1):
                return Wait(wait.total_seconds())
        if limits.at_once is not None and in_hand(session) >= limits.at_once:
            return None
        row_id = session.scalar(_next(now).with_for_update(skip_locked=True))
        if row_id is None:
            return None
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id)
            .values(leased_until=now + LEASE, leased_by=mark, attempts=OutboxRow.attempts + 1)
        )
        if server is not None and limits.per_minute is not None:
            server.next_at = now + timedelta(minutes=1) / limits.per_minute
    return Lease(row_id, mark)


def in_hand(session: Session) -> int:
    """How many messages are in somebody's hand."""
    return session.scalar(select(func.count()).where(OutboxRow.leased_by.is_not(None))) or 0


def overdue(session: Session, now: datetime) -> int:
    """How many messages have been in a hand for longer than any should need."""
    return session.scalar(select(func.count()).where(OutboxRow.leased_until <= now)) or 0


def due(session: Session, now: datetime, *, at_most: int) -> int:
    """How many messages could be taken, counted up to ``at_most``."""
    counted = session.scalar(select(func.count()).select_from(_next(now).limit(at_most).subquery())) or 0
    session.rollback()
    return counted


def due_since(session: Session, before: datetime) -> tuple[int, datetime | None]:
    """How many messages could have been taken at that moment and still can, and when the oldest was due; one query."""
    found = session.execute(select(func.count(), func.min(OutboxRow.next_at)).where(_is_due(before))).one()
    return found[0], found[1]


def note_away(session: Session, name: str, now: datetime, said: str) -> None:
    """The server did not answer: nobody tries it for a while, which grows with each failure."""
    with write(session):
        server = _locked(session, name)
        if server is None or (server.away_until is not None and server.away_until > now):
            return  # Somebody else met the same a moment ago; that was one failure, not two.
        server.failures += 1
        server.away_until = now + server_again_after(server.failures)
        server.last_error = said


def note_answers(session: Session, name: str) -> None:
    """The server takes messages. Written only when it had been away; inside a writing transaction."""
    session.execute(
        update(MailServerRow)
        .where(MailServerRow.name == name, MailServerRow.failures > 0)
        .values(failures=0, away_until=None, last_error=None)
    )


def _next(now: datetime) -> Select[int]:
    return (
        select(OutboxRow.id).where(_is_due(now)).order_by(OutboxRow.priority, OutboxRow.next_at, OutboxRow.id).limit(1)
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    earlier = aliased(OutboxRow)
    left_behind = and_(OutboxRow.leased_until <= now, ~exists().where(WorkerRow.id == OutboxRow.leased_by))
    return and_(
        OutboxRow.state == "waiting",
        OutboxRow.next_at <= now,
        or_(OutboxRow.leased_by.is_(None), left_behind),
        ~exists().where(
            earlier.booking_id == OutboxRow.booking_id,
            earlier.recipient == OutboxRow.recipient,
            earlier.campaign_id.is_not_distinct_from(OutboxRow.campaign_id),
            earlier.state == "waiting",
            earlier.id < OutboxRow.id,
        ),
    )


def _locked(session: Session, name: str) -> MailServerRow | None:
    """The server's row, locked until the transaction ends, so that two workers count one after the other."""
    if not name:
        return None
    this_one = select(MailServerRow).where(MailServerRow.name == name).with_for_update()
    found = session.scalars(this_one).one_or_none()
    if found is not None:
        return found
    with suppress(IntegrityError), session.begin_nested():  # Another worker meets it for the first time, too.
        session.add(MailServerRow(name=name, failures=0))
    return session.scalars(this_one).one()


def _until(moment: datetime | None, now: datetime) -> timedelta:
    """How long it is until then. One longer than any wait is, was written before a clock was set back."""
    return timedelta() if moment is None else moment - now
