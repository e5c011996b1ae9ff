"""Proving once more to be oneself, before something dangerous is done."""

from __future__ import annotations

from sqlalchemy import select, update

from tripkit.actions.give_second_factor import SIGNED_OUT
from tripkit.actions.note_refused import note_refused
from tripkit.actions.passwords import is_right
from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, SignInRow

NOT_THE_PASSWORD = sentence("This is not your password. Write it once more, or have a link mailed.")


def prove_by_password(session: AnySession, *, account_id: int, sign_in: int, password: str, moment: Moment) -> None:
    """Note that whoever is signed in knows the password. Raises: ChangeRefused."""
    stored = session.scalar(select(AccountRow.password).where(AccountRow.id == account_id))
    session.rollback()
    if not is_right(stored, password):
        note_refused(session, "wrong_password", account_id=account_id, moment=moment)
        raise ChangeRefused(NOT_THE_PASSWORD)
    with write(session):
        # Not of who is half in: a password is the first proof, and no second one.
        here = (SignInRow.id == sign_in, SignInRow.account_id == account_id, SignInRow.is_whole)
        proved = session.execute(
            update(SignInRow)
            .where(*here, SignInRow.ended_at.is_(None))
            .values(proved_at=moment.at)
            .returning(SignInRow.id)
        ).all()
        if not proved:
            raise ChangeRefused(SIGNED_OUT)
        audit(session, "prove_again", moment=moment, how="password")
