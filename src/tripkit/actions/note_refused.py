"""Noting that somebody was refused who said they were an account: counted by the hour, and told to the log once an hour is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import RefusedSignInRow

Refused = Literal["wrong_password", "wrong_code", "wrong_passkey", "used_link"]
_WINDOW = timedelta(hours=1)
_AT_ONCE = 500


def note_refused(session: AnySession, what: Refused, *, account_id: int | None, moment: Moment) -> None:
    """Count it, in a transaction of its own. ``account_id``: None = nobody here has the address that was written.

    The same is written for both, so that the answer takes as long for one as for the other; and however often somebody
    tries, it is one row for an account and an hour.
    """
    for is_last_try in (False, True):
        try:
            with write(session):
                count_refused(session, what, account_id=account_id, moment=moment)
        except IntegrityError:
            if is_last_try:
                raise  # The first one of the hour was there before; the second time it is found.
        else:
            return


def count_refused(session: AnySession, what: Refused, *, account_id: int | None, moment: Moment) -> None:
    """The same within a transaction, in which the account is locked or nothing else is lost."""
    hour = moment.at.replace(minute=0, second=0, microsecond=0)
    counted = session.execute(
        update(RefusedSignInRow)
        .where(
            RefusedSignInRow.account_id.is_not_distinct_from(account_id),
            RefusedSignInRow.what == what,
            RefusedSignInRow.began_at == hour,
        )
        .values(times=RefusedSignInRow.times + 1, last_at=moment.at)
        .returning(RefusedSignInRow.id)
    ).all()
    if not counted:
        session.add(RefusedSignInRow(account_id=account_id, what=what, began_at=hour, last_at=moment.at, times=1))
        session.flush()


def note_refusals(session: AnySession, *, moment: Moment) -> int:
    """Tell the log of the hours that are over: one entry for an account and a kind, with how often; how many. Scheduled work.

    Of addresses that nobody has the log is told nothing: they would fill it.
    """
    over = (RefusedSignInRow.began_at <= moment.at - _WINDOW, RefusedSignInRow.is_noted.is_(False))
    due = select(RefusedSignInRow.id).where(*over).order_by(RefusedSignInRow.id).limit(_AT_ONCE)
    if session.scalar(due.limit(1)) is None:
        session.rollback()
        return 0
    with write(session):
        rows = session.scalars(select(RefusedSignInRow).where(RefusedSignInRow.id.in_(due)).with_for_update()).all()
        for row in rows:
            row.is_noted = True
            if row.account_id is not None:
                at = Moment(at=row.last_at, actor="account", origin="web")
                audit(session, row.what, moment=at, account=row.account_id, times=row.times)
    return len(rows)
