"""Signing in with a passkey alone: it says whose it is, and holds two factors by itself."""

from __future__ import annotations

from tripkit.actions.give_second_factor import check_passkey
from tripkit.actions.passkeys import Answer
from tripkit.actions.sign_in import Browser, SignedIn, begin
from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow


def sign_in_by_passkey(session: AnySession, *, answer: Answer, browser: Browser, moment: Moment) -> SignedIn:
    """Sign in the account whose passkey answered. Raises: ChangeRefused."""
    with write(session):
        passkey = check_passkey(session, answer, moment)
        account = session.get_one(AccountRow, passkey.account_id)
        return begin(session, account, browser, moment, how="passkey")
