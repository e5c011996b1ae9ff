"""Signing out: here, in one other browser, or everywhere."""

from __future__ import annotations

from sqlalchemy import ColumnElement, update

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import SignInRow


def sign_out(session: AnySession, *, account_id: int, sign_in: int, moment: Moment) -> None:
    """End one of the account's sign-ins; done twice it is done once."""
    with write(session):
        _end(session, account_id, SignInRow.id == sign_in, moment)


def sign_out_elsewhere(session: AnySession, *, account_id: int, but: int | None, moment: Moment) -> None:
    """End all of the account's sign-ins. ``but``: this one is kept, None = none is."""
    with write(session):
        end_sign_ins(session, account_id, but, moment)


def end_sign_ins(session: AnySession, account_id: int, but: int | None, moment: Moment) -> None:
    """The same within a transaction."""
    _end(session, account_id, SignInRow.id != (but or 0), moment)


def _end(session: AnySession, account_id: int, which: ColumnElement[bool], moment: Moment) -> None:
    ended = session.execute(
        update(SignInRow)
        .where(SignInRow.account_id == account_id, SignInRow.ended_at.is_(None), which)
        .values(ended_at=moment.at)
        .returning(SignInRow.id)
    ).all()
    if ended:
        audit(session, "sign_out", moment=moment, browsers=len(ended))
