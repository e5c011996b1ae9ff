"""Taking messages up again that were given up or held, or letting them be; each is noted with who did it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import note_told, write
from tripkit.storage.outbox import OutboxRow

_AT_ONCE = 500


def take_up_messages(session: AnySession, *, state: str, ids: Sequence[int] | None = None, moment: Moment) -> int:
    """Have messages sent that are in this ``state``: dead or held; how many. ``ids``: these only, None = all of them."""
    return _change(session, "take_up_message", state, ids, moment, {"state": "waiting", "attempts": 0})


def drop_messages(session: AnySession, *, ids: Sequence[int], moment: Moment) -> int:
    """Give up messages that are held: they are not sent; how many."""
    return _change(session, "drop_message", "held", ids, moment, {"state": "dropped"})


def _change(
    session: AnySession, what: str, state: str, ids: Sequence[int] | None, moment: Moment, values: dict[str, object]
) -> int:
    """In pieces, so that no transaction holds up those who sign up meanwhile."""
    done, after = 0, 0
    while True:
        found = select(OutboxRow.id, OutboxRow.booking_id, OutboxRow.trip_id).where(
            OutboxRow.state == state, OutboxRow.id > after
        )
        if ids is not None:
            found = found.where(OutboxRow.id.in_(ids))
        with write(session):
            rows = session.execute(found.order_by(OutboxRow.id).limit(_AT_ONCE).with_for_update()).all()
            if not rows:
                return done
            session.execute(update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows])).values(**values))
            for row in rows:
                audit(session, what, moment=moment, trip_id=row.trip_id, booking_id=row.booking_id, message=row.id)
            note_told(session)
        done, after = done + len(rows), rows[-1].id
