"""Giving the second factor: a one-time password, a recovery code or a passkey; to get in, or before something dangerous."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from tripkit.actions.note_refused import count_refused, note_refused
from tripkit.actions.one_time_codes import opened_at, place_of, step_of_code
from tripkit.actions.passkeys import NOT_THIS_PASSKEY, Answer, credential_of, handle_of, used
from tripkit.actions.recording import audit, digest_of
from tripkit.actions.recovery_codes import use_recovery_code
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.second_factors import WAIT, is_one_time, is_waiting, plain_code
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, PasskeyRow, SignInRow, UsedChallengeRow
from tripkit.storage.sealing import Locked

WRONG_CODE = sentence("This code is wrong, was used already, or is too old. Wait for the next one and write that.")
TOO_MANY = sentence("Too many wrong codes. Wait {minutes} minutes, then try again.", minutes=WAIT.seconds // 60)
SIGNED_OUT = sentence("You are signed out here. Sign in once more.")


@dataclass(frozen=True, slots=True)
class Given:
    """What the browser keeps. ``secret``: a new one, None = the one it has."""

    secret: str | None = None


def give_code(session: AnySession, *, account_id: int, sign_in: int, code: str, moment: Moment) -> Given:
    """Prove it by a one-time password or a recovery code.

    Wrong codes are counted for the account, in the database: by many sign-ins, or at many processes at once, nobody gets
    more guesses. Raises: ChangeRefused.
    """
    plain = plain_code(code)
    with write(session):
        account = session.get_one(AccountRow, account_id, with_for_update=True)
        if is_waiting(account.wrong_codes, account.wrong_code_at, moment.at):
            raise ChangeRefused(TOO_MANY)
        how = "one-time password" if is_one_time(plain) else "recovery code"
        is_right = _is_one_time(session, account, plain, moment) or use_recovery_code(session, account, plain, moment)
        if is_right:
            account.wrong_codes = account.wrong_code_at = None
            return _proved(session, account_id, sign_in, moment, how=how)
        since = account.wrong_code_at
        is_new = since is None or since + WAIT <= moment.at
        account.wrong_codes = 1 if is_new else (account.wrong_codes or 0) + 1
        account.wrong_code_at = moment.at
        count_refused(session, "wrong_code", account_id=account_id, moment=moment)
    raise ChangeRefused(WRONG_CODE)


def give_passkey(session: AnySession, *, account_id: int, sign_in: int, answer: Answer, moment: Moment) -> Given:
    """Prove it by one of the account's passkeys. Raises: ChangeRefused."""
    try:
        with write(session):
            check_passkey(session, answer, moment, account_id=account_id)
            return _proved(session, account_id, sign_in, moment, how="passkey")
    except ChangeRefused:
        note_refused(session, "wrong_passkey", account_id=account_id, moment=moment)
        raise


def check_passkey(session: AnySession, answer: Answer, moment: Moment, *, account_id: int | None = None) -> PasskeyRow:
    """The passkey that gave this answer, within a transaction; an answer is good once.

    ``account_id``: whose it has to be, None = anybody's. Raises: ChangeRefused.
    """
    credential, handle = credential_of(answer)
    passkey = session.scalar(select(PasskeyRow).where(PasskeyRow.credential == credential).with_for_update())
    if (
        passkey is None
        or handle not in {b"", handle_of(passkey.account_id)}
        or account_id not in {None, passkey.account_id}
    ):
        raise ChangeRefused(NOT_THIS_PASSKEY)
    passkey.sign_count = used(answer, public_key=passkey.public_key, sign_count=passkey.sign_count)
    passkey.used_at = moment.at
    use_challenge(session, answer, moment)
    return passkey


def use_challenge(session: AnySession, answer: Answer, moment: Moment) -> None:
    """Note that a challenge was answered: a cookie that is put back answers no second time. Raises: ChangeRefused."""
    session.add(UsedChallengeRow(digest=digest_of(answer.challenge.hex()), used_at=moment.at))
    try:
        session.flush()
    except IntegrityError as error:
        raise ChangeRefused(NOT_THIS_PASSKEY) from error


def _is_one_time(session: AnySession, account: AccountRow, code: str, moment: Moment) -> bool:
    if account.totp is None or not is_one_time(code):
        return False
    try:
        secret = opened_at(session, account.totp, place_of(account.id))
    except Locked:
        return False  # Its key is not here: the doctor says so, and a recovery code gets them in.
    step = step_of_code(secret, code, at=moment.at, last=account.totp_step)
    account.totp_step = step if step is not None else account.totp_step
    return step is not None


def _proved(session: AnySession, account_id: int, sign_in: int, moment: Moment, *, how: str) -> Given:
    here = session.scalar(
        select(SignInRow).where(
            SignInRow.id == sign_in, SignInRow.account_id == account_id, SignInRow.ended_at.is_(None)
        )
    )
    if here is None:
        raise ChangeRefused(SIGNED_OUT)
    secret = None
    if not here.is_whole:
        # What was known while it was half opens nothing afterwards.
        secret = secrets.token_urlsafe(32)
        here.digest, here.is_whole = digest_of(secret), True
    here.proved_at = moment.at
    audit(session, "second_factor" if secret else "prove_again", moment=moment, how=how)
    return Given(secret)


def end_half(session: AnySession, *, sign_in: int, moment: Moment) -> None:
    """End a sign-in whose second factor is not going to be given."""
    with write(session):
        half = (SignInRow.id == sign_in, SignInRow.is_whole.is_(False), SignInRow.ended_at.is_(None))
        session.execute(update(SignInRow).where(*half).values(ended_at=moment.at))
