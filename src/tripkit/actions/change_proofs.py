"""Adding to what an account proves itself with, and taking away from it: one-time passwords, passkeys; the account is told."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from tripkit.actions.give_second_factor import WRONG_CODE, use_challenge
from tripkit.actions.one_time_codes import opened_at, pending_place, place_of, sealed_for, step_of_code
from tripkit.actions.passkeys import Answer, made
from tripkit.actions.recording import audit
from tripkit.actions.recovery_codes import forget_recovery_codes
from tripkit.actions.sign_out import end_sign_ins
from tripkit.actions.telling_account import tell_account
from tripkit.domain.accounts import SignIn
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.second_factors import MOST_PASSKEYS, plain_code
from tripkit.domain.sentences import sentence
from tripkit.reads.second_factors import demanded_by, has_second_factor
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, PasskeyRow
from tripkit.storage.sealing import Locked

START_ANEW = sentence("The page had been open too long. Scan the new picture.")


def set_up_one_time(session: AnySession, *, somebody: SignIn, pending: str, code: str, moment: Moment) -> None:
    """Take one-time passwords into use, once a code shows that the app has the secret.

    ``pending``: the secret, sealed for this sign-in. Raises: ChangeRefused.
    """
    try:
        secret = opened_at(session, pending, pending_place(somebody.account_id, somebody.id))
    except Locked as error:
        raise ChangeRefused(START_ANEW) from error
    step = step_of_code(secret, plain_code(code), at=moment.at, last=None)
    if step is None:
        raise ChangeRefused(WRONG_CODE)
    with write(session):
        account = _account(session, somebody)
        _end_others_if_first(session, somebody, moment)
        account.totp, account.totp_step = sealed_for(session, secret, place_of(account.id)), step
        tell_account(session, account, "one_time_added", moment)
        audit(session, "set_up_one_time", moment=moment)


def take_away_one_time(session: AnySession, *, somebody: SignIn, moment: Moment) -> None:
    """Use one-time passwords no more. Raises: ChangeRefused when nothing would be left that an organisation demands."""
    with write(session):
        account = _account(session, somebody)
        if account.totp is None:
            return
        account.totp = account.totp_step = None
        session.flush()
        _after_taking_away(session, account)
        tell_account(session, account, "one_time_removed", moment)
        audit(session, "take_away_one_time", moment=moment)


def add_passkey(session: AnySession, *, somebody: SignIn, name: str, answer: Answer, moment: Moment) -> None:
    """Register the passkey that was made. Raises: ChangeRefused."""
    new = made(answer)
    with write(session):
        account = _account(session, somebody)
        use_challenge(session, answer, moment)
        number = session.scalar(select(func.count()).where(PasskeyRow.account_id == account.id)) or 0
        if number >= MOST_PASSKEYS:
            raise ChangeRefused(sentence("You have {count} passkeys. Take one away first.", count=number))
        _end_others_if_first(session, somebody, moment)
        row = PasskeyRow(
            account_id=account.id,
            credential=new.credential,
            public_key=new.public_key,
            sign_count=new.sign_count,
            name=name,
            made_at=moment.at,
        )
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise ChangeRefused(sentence("This passkey is registered already.")) from error
        tell_account(session, account, "passkey_added", moment, name=name)
        audit(session, "add_passkey", moment=moment)


def take_away_passkey(session: AnySession, *, somebody: SignIn, passkey: int, moment: Moment) -> None:
    """Take a passkey off the account; one that is not there is somebody else's, or gone. Raises: ChangeRefused."""
    with write(session):
        account = _account(session, somebody)
        gone = session.scalar(
            delete(PasskeyRow)
            .where(PasskeyRow.id == passkey, PasskeyRow.account_id == account.id)
            .returning(PasskeyRow.name)
        )
        if gone is None:
            return
        _after_taking_away(session, account)
        tell_account(session, account, "passkey_removed", moment, name=gone)
        audit(session, "take_away_passkey", moment=moment)


def _account(session: AnySession, somebody: SignIn) -> AccountRow:
    """The account, locked: what is its last proof is decided by one at a time."""
    return session.get_one(AccountRow, somebody.account_id, with_for_update=True)


def _end_others_if_first(session: AnySession, somebody: SignIn, moment: Moment) -> None:
    """Who got in elsewhere before there was a second factor gives it now."""
    if not has_second_factor(session, somebody.account_id):
        end_sign_ins(session, somebody.account_id, somebody.id, moment)


def _after_taking_away(session: AnySession, account: AccountRow) -> None:
    if has_second_factor(session, account.id):
        return
    hosts = demanded_by(session, account.id)
    if hosts:
        raise ChangeRefused(
            sentence(
                "{organisation} lets nobody in without a second proof, and this is your last one. Add another one first.",
                organisation=hosts[0],
            )
        )
    forget_recovery_codes(session, account.id)
