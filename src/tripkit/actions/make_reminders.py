"""Reminders whose moment has come become letters to many at once, each of them once, done by the worker."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import exists, insert, select

from tripkit.actions.recording import audit
from tripkit.actions.seating import lock_pools
from tripkit.actions.sweeping import sweep
from tripkit.domain.bookings import Moment
from tripkit.domain.campaigns import Audience, CampaignState
from tripkit.domain.deadlines import reminder_at
from tripkit.domain.reminders import CAMPAIGN, LATEST, Reminder, is_too_late
from tripkit.domain.trips import TripStatus
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import write
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.trip_parts import ReminderRow
from tripkit.storage.trips import REMINDER, OccasionRow, TripRow


def make_reminders(session: AnySession, *, moment: Moment) -> int:
    """Make a campaign of each reminder whose moment has come; how many. Safe to run twice and by two at once.

    None is made that was made before, that is more than two days late, or of a trip that does not happen as planned.

    Raises: ExceptionGroup when some could not be, after all the others.
    """
    made = exists().where(
        OccasionRow.trip_id == ReminderRow.trip_id, OccasionRow.kind == REMINDER, OccasionRow.key == ReminderRow.key
    )
    due = session.execute(
        select(ReminderRow.trip_id, ReminderRow.key)
        .join(TripRow, TripRow.id == ReminderRow.trip_id)
        .where(
            ReminderRow.due_at <= moment.at,
            ReminderRow.due_at >= moment.at - LATEST,
            TripRow.status == TripStatus.PLANNED,
            ~made,
        )
        .order_by(ReminderRow.due_at, ReminderRow.id)
    ).all()
    session.rollback()
    return sweep("reminders", [partial(_make, session, row.trip_id, row.key, moment) for row in due])


def _make(session: AnySession, trip_id: int, key: str, moment: Moment) -> bool:
    with write(session):
        lock_pools(session, trip_id)  # Whoever writes this trip anew, or makes the same reminder, holds it.
        plan = trip_plan(session, trip_id)
        reminder = None if plan is None else next((one for one in plan[2].reminders if one.key == key), None)
        if plan is None or reminder is None or plan[2].status is not TripStatus.PLANNED:
            return False
        due = reminder_at(plan[2], reminder)
        if due is None or due > moment.at or is_too_late(due, moment.at) or _was_made(session, trip_id, key):
            return False  # It has moved since it was listed, or another worker was here.
        session.execute(insert(OccasionRow).values(trip_id=trip_id, kind=REMINDER, key=key, at=due, noted_at=moment.at))
        row = _campaign(trip_id, reminder, due, moment)
        session.add(row)
        session.flush()
        audit(session, "make_reminder", moment=moment, trip_id=trip_id, campaign=row.id, key=key)
    return True


def _was_made(session: AnySession, trip_id: int, key: str) -> bool:
    noted = select(OccasionRow.id).where(
        OccasionRow.trip_id == trip_id, OccasionRow.kind == REMINDER, OccasionRow.key == key
    )
    return session.scalar(noted) is not None


def _campaign(trip_id: int, reminder: Reminder, due: datetime, moment: Moment) -> CampaignRow:
    return CampaignRow(
        trip_id=trip_id,
        key=f"{CAMPAIGN}{reminder.key} {due:%Y-%m-%d}",
        subject=dict(reminder.subject),
        text=dict(reminder.text),
        audience=Audience(who=reminder.audience, segments=reminder.segments, visits=reminder.visits),
        essential=True,  # About the trip they take part in, or wait for.
        state=CampaignState.SCHEDULED,
        made_at=moment.at,
        send_at=due,
    )
