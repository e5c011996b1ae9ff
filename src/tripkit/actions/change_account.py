"""Changing what an account is called, and its password; the account is told of a new one, and signed out elsewhere."""

from __future__ import annotations

from tripkit.actions.passwords import hash_of
from tripkit.actions.recording import audit
from tripkit.actions.sign_out import end_sign_ins
from tripkit.actions.telling_account import tell_account
from tripkit.domain.accounts import SignIn
from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow


def change_name(session: AnySession, *, account_id: int, name: str, moment: Moment) -> None:
    """Let the account be called this; empty = nothing but its address."""
    with write(session):
        account = session.get_one(AccountRow, account_id, with_for_update=True)
        if account.name != name:
            account.name = name
            audit(session, "change_name", moment=moment)


def change_password(session: AnySession, *, somebody: SignIn, password: str | None, moment: Moment) -> None:
    """Let this be the password from now on. ``password``: a good one (`check_password`), None = by mailed links only."""
    stored = None if password is None else hash_of(password)  # Before the transaction: it takes a tenth of a second.
    with write(session):
        account = session.get_one(AccountRow, somebody.account_id, with_for_update=True)
        if account.password is None and stored is None:
            return
        account.password = stored
        end_sign_ins(session, account.id, somebody.id, moment)
        tell_account(session, account, "password" if stored else "password_removed", moment)
        audit(session, "change_password", moment=moment, has_password=stored is not None)
