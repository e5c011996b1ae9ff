"""Proving once more to be oneself, before something dangerous is done."""

from __future__ import annotations

from sqlalchemy import select, update

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
        note_proof(session, sign_in, moment, how="password")


def note_proof(session: AnySession, sign_in: int, moment: Moment, *, how: str) -> None:
    """Note in this transaction that somebody has proved to be themselves, and leave nothing half."""
    session.execute(update(SignInRow).where(SignInRow.id == sign_in).values(proved_at=moment.at, is_whole=True))
    audit(session, "prove_again", moment=moment, how=how)
