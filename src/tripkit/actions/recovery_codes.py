"""Recovery codes: made anew for who has lost their second factor, shown once, and each good once."""

from __future__ import annotations

from sqlalchemy import delete, insert, update

from tripkit.actions.recording import audit, digest_of
from tripkit.actions.telling_account import tell_account
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.second_factors import new_recovery_codes, plain_code
from tripkit.domain.sentences import sentence
from tripkit.reads.second_factors import has_second_factor
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, RecoveryCodeRow

NOTHING_TO_RECOVER = sentence("Recovery codes stand in for a passkey or an app. Add one of these first.")


def make_recovery_codes(session: AnySession, *, account_id: int, moment: Moment) -> tuple[str, ...]:
    """Ten new codes in place of those there were; they are stored by digest, so this is the only time they are seen.

    Raises: ChangeRefused without a second factor that they could stand in for.
    """
    codes = new_recovery_codes()
    with write(session):
        account = session.get_one(AccountRow, account_id, with_for_update=True)
        if not has_second_factor(session, account_id):
            raise ChangeRefused(NOTHING_TO_RECOVER)
        forget_recovery_codes(session, account_id)
        rows = [{"account_id": account_id, "digest": digest_of(plain_code(code))} for code in codes]
        session.execute(insert(RecoveryCodeRow), rows)
        tell_account(session, account, "recovery_made", moment)
        audit(session, "make_recovery_codes", moment=moment)
    return codes


def use_recovery_code(session: AnySession, account: AccountRow, code: str, moment: Moment) -> bool:
    """Whether this plain code was one that is still good; it is used from now on, within a transaction."""
    used = session.execute(
        update(RecoveryCodeRow)
        .where(
            RecoveryCodeRow.account_id == account.id,
            RecoveryCodeRow.digest == digest_of(code),
            RecoveryCodeRow.used_at.is_(None),
        )
        .values(used_at=moment.at)
        .returning(RecoveryCodeRow.id)
    ).all()
    if used:
        tell_account(session, account, "recovery_used", moment)
    return bool(used)


def forget_recovery_codes(session: AnySession, account_id: int) -> None:
    """Take away all of them, within a transaction."""
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.account_id == account_id))
