"""Leaving a queue, for a visit or for the trip itself."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from tripkit.actions.booking_access import (
    leave_queues,
    open_booking,
    tell_booking,
    withdraw,
)
from tripkit.actions.settling import settle
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import WaitingRow


def leave_queue(session: AnySession, *, booking_id: int, waiting_ids: Sequence[int], moment: Moment) -> None:
    """Leave queues. Who leaves the queue for the trip itself is cancelled; the rest of a party keeps its position.

    Raises: NotFound, ChangeRefused (not in that queue any more).
    """
    with write(session):
        opened = open_booking(session, booking_id)
        ids = [person.id for person in opened.people]
        rows = session.scalars(
            select(WaitingRow).where(WaitingRow.id.in_(waiting_ids), WaitingRow.participant_id.in_(ids))
        ).all()
        if not rows:
            raise ChangeRefused(sentence("You are not in this queue any more."))
        off = [opened.person(row.participant_id) for row in rows if not row.item]
        still = [opened.person(row.participant_id) for row in rows if row.item]
        leave_queues(session, opened, moment, WaitingRow.id.in_([row.id for row in rows]))
        if off:
            withdraw(session, opened, off, moment)
            tell_booking(session, opened, "cancelled", off, moment, reason="left", audited="leave_queue")
        if still:
            tell_booking(session, opened, "changed", still, moment, reason="left", audited="leave_queue")
        settle(session, opened.seating, moment)
