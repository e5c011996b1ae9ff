"""Helping an account whose proofs are lost: its second factors are taken off; or a link is made where no mail arrives."""

from __future__ import annotations

from sqlalchemy import delete, select

from tripkit.actions.ask_to_sign_in import new_sign_in_link
from tripkit.actions.recording import audit
from tripkit.actions.recovery_codes import forget_recovery_codes
from tripkit.actions.sign_out import end_sign_ins
from tripkit.actions.telling_account import tell_account
from tripkit.domain.accounts import email_key
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import NotFound
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, PasskeyRow

NO_SUCH_ACCOUNT = sentence("No account has this address.")


def reset_account(session: AnySession, *, email: str, reason: str, moment: Moment) -> None:
    """Take off all second factors and the password, and sign the account out everywhere; it is told.

    Afterwards a mailed link gets in: whoever asks for this has to know that it is them. Raises: NotFound.
    """
    with write(session):
        account = _with_address(session, email)
        session.execute(delete(PasskeyRow).where(PasskeyRow.account_id == account.id))
        forget_recovery_codes(session, account.id)
        account.totp = account.totp_step = account.password = account.wrong_codes = account.wrong_code_at = None
        end_sign_ins(session, account.id, None, moment)
        tell_account(session, account, "reset", moment)
        audit(session, "reset_account", moment=moment, reason=reason, account=account.id)


def hand_over_link(session: AnySession, *, email: str, language: str, reason: str, moment: Moment) -> str:
    """The secret of a link by which the account signs in, to be handed over by hand. Raises: NotFound."""
    with write(session):
        account = _with_address(session, email)
        audit(session, "hand_over_link", moment=moment, reason=reason, account=account.id)
        return new_sign_in_link(session, email=account.email or "", language=language, next_page="", moment=moment)


def _with_address(session: AnySession, email: str) -> AccountRow:
    account = session.scalar(select(AccountRow).where(AccountRow.email_key == email_key(email)).with_for_update())
    if account is None:
        raise NotFound(NO_SUCH_ACCOUNT)
    return account
