"""Telling an account that how it proves itself has changed; whoever did not do it learns of it by this."""

from __future__ import annotations

from tripkit.actions.sending_notices import send_notice
from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow


def tell_account(session: AnySession, account: AccountRow, change: str, moment: Moment, *, name: str = "") -> None:
    """Mail it. ``change``: see `tripkit.mailing.notice_words.CHANGES`; ``name``: of the passkey it is about."""
    if account.email:
        send_notice(
            session,
            "changed",
            recipient=account.email,
            language=account.language,
            moment=moment,
            change=change,
            name=name,
        )
