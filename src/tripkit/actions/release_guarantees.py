"""Opening guaranteed places to all when their date has come, swept by the worker."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select, update

from tripkit.actions.recording import audit
from tripkit.actions.seating import lock_seating
from tripkit.actions.settling import settle
from tripkit.actions.sweeping import sweep
from tripkit.domain.bookings import Moment
from tripkit.domain.seats import PoolKind
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import PoolRow
from tripkit.storage.trip_parts import SegmentRow


def release_guarantees(session: AnySession, *, moment: Moment) -> int:
    """Open the guarantees whose date has come; in how many trips. One transaction each, safe to run by two at once.

    Raises: ExceptionGroup when some could not be, after all the others.
    """
    due = session.scalars(
        select(SegmentRow.trip_id)
        .join(PoolRow, (PoolRow.trip_id == SegmentRow.trip_id) & (PoolRow.key == SegmentRow.key))
        .where(
            PoolRow.kind == PoolKind.GUARANTEE,
            PoolRow.released_at.is_(None),
            SegmentRow.guaranteed_until <= moment.at,
        )
    )
    # Put in order here: asked to, SQLite would go through the trips instead of the dates.
    return sweep("guarantees", [partial(_release, session, trip_id, moment) for trip_id in sorted(set(due))])


def _release(session: AnySession, trip_id: int, moment: Moment) -> bool:
    with write(session):
        seating = lock_seating(session, trip_id)
        ripe = {
            segment.key
            for segment in seating.trip.segments
            if segment.guaranteed_until is not None and segment.guaranteed_until <= moment.at
        } - seating.released
        guarantees = [key for kind, key in seating.seats.by_key if kind is PoolKind.GUARANTEE and key in ripe]
        if not guarantees:
            return False  # Another worker was here.
        session.execute(
            update(PoolRow)
            .where(PoolRow.trip_id == trip_id, PoolRow.kind == PoolKind.GUARANTEE, PoolRow.key.in_(guarantees))
            .values(released_at=moment.at)
        )
        seating.released |= frozenset(guarantees)
        audit(session, "release_guarantees", moment=moment, trip_id=trip_id, segments=sorted(guarantees))
        settle(session, seating, moment)
    return True
