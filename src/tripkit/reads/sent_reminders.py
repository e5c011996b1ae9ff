"""Which of a trip's reminders were sent; when the others are to be, follows from the trip."""

from __future__ import annotations

from sqlalchemy import select

from tripkit.reads.trip_plan import AnySession
from tripkit.storage.trips import REMINDER, OccasionRow


def sent_reminders(session: AnySession, trip_id: int) -> frozenset[str]:
    """The keys of a trip's reminders that were sent; one query."""
    query = select(OccasionRow.key).where(OccasionRow.trip_id == trip_id, OccasionRow.kind == REMINDER)
    return frozenset(session.scalars(query))
