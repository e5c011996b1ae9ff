"""Taking up messages that wait for a moment no wait leads to: a clock had been ahead when it was written down."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, select, update

from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.outbox import OutboxRow

LONGEST_WAIT = timedelta(hours=2)
"""Longer than any message waits for its next try."""
AHEAD = timedelta(minutes=1)
"""A message that was written so far in the future was written by a clock that was ahead."""


def mend_times(session: AnySession, *, moment: Moment) -> int:
    """Make messages due that would wait for longer than any wait is, or were written when it was not yet; how many."""
    from_ahead = and_(OutboxRow.created_at > moment.at + AHEAD, OutboxRow.next_at > moment.at)
    too_far = (OutboxRow.state == "waiting", or_(OutboxRow.next_at > moment.at + LONGEST_WAIT, from_ahead))
    ids = session.scalars(select(OutboxRow.id).where(*too_far).limit(1000)).all()
    session.rollback()
    if not ids:
        return 0
    with write(session):
        session.execute(update(OutboxRow).where(OutboxRow.id.in_(ids), *too_far).values(next_at=moment.at))
    return len(ids)
