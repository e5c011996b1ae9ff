"""When somebody who works in the background last showed a sign of life; one query."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from tripkit.reads.trip_plan import AnySession
from tripkit.storage.work import WorkerRow


def last_beat(session: AnySession) -> datetime | None:
    """The youngest beat of all workers, by their own clocks; None where nobody works."""
    found: datetime | None = session.scalar(select(func.max(WorkerRow.beat_at)))
    return found
