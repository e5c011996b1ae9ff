"""Noting that somebody who is signed in was here, now and then; they stay signed in by it."""

from __future__ import annotations

from sqlalchemy import update

from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import SignInRow


def note_visit(session: AnySession, *, sign_in: int, moment: Moment) -> None:
    """Note when somebody was seen last."""
    with write(session):
        session.execute(update(SignInRow).where(SignInRow.id == sign_in).values(seen_at=moment.at))
