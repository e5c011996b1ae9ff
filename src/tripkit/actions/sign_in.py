"""Signing in, by a mailed link or by a password; what comes after, a second factor, is given elsewhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from tripkit.actions.forget_sign_ins import SIGN_INS_KEPT
from tripkit.actions.note_refused import note_refused
from tripkit.actions.passwords import is_right
from tripkit.actions.recording import audit, digest_of
from tripkit.actions.sending_notices import send_notice
from tripkit.domain.accounts import SIGN_IN_LASTS, email_key
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.reads.second_factors import has_second_factor
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, SignInLinkRow, SignInRow

LINK_IS_OVER = sentence("This link was used already, or is too old. Ask for a new one.")
WRONG_PASSWORD = sentence("Address and password do not belong together. Write both once more, or have a link mailed.")


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in. ``device``: the secret it kept from the last time, None = it has none; ``described``: in words.

    ``secret``: of the sign-in it has, which ends with the new one; None = nobody is signed in there.
    """

    device: str | None
    described: str
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What the browser is to keep: ``secret`` while it is signed in, ``device`` for good.

    ``is_whole``: False = a second factor is still to be given. ``next_page``: where to go on to, empty = nowhere special.
    """

    secret: str
    device: str
    is_whole: bool
    next_page: str = ""


def sign_in_by_link(session: AnySession, *, token: str, browser: Browser, moment: Moment) -> SignedIn:
    """Sign in whoever reads the mail at the link's address; who has no account yet gets one.

    The link is good once, also when it is pressed twice at the same moment. Raises: ChangeRefused.
    """
    with write(session):
        link = session.scalar(select(SignInLinkRow).where(SignInLinkRow.digest == digest_of(token)).with_for_update())
        if link is not None and link.used_at is None and link.expires_at > moment.at:
            link.used_at = moment.at
            account = account_of(session, link.email, link.language, moment)
            return begin(session, account, browser, moment, how="link", next_page=link.next_page)
        sent_to = link.email if link is not None else None
    if sent_to is not None:
        whose = session.scalar(select(AccountRow.id).where(AccountRow.email_key == email_key(sent_to)))
        note_refused(session, "used_link", account_id=whose, moment=moment)
    raise ChangeRefused(LINK_IS_OVER)


def sign_in_by_password(
    session: AnySession, *, email: str, password: str, browser: Browser, moment: Moment
) -> SignedIn:
    """Sign in by password. It takes as long to refuse an address nobody has as a wrong password. Raises: ChangeRefused."""
    found = session.execute(
        select(AccountRow.id, AccountRow.password).where(AccountRow.email_key == email_key(email))
    ).one_or_none()
    session.rollback()  # Nothing is held open while the password is compared: that takes a tenth of a second.
    if not is_right(found.password if found else None, password) or found is None:
        note_refused(session, "wrong_password", account_id=found.id if found else None, moment=moment)
        raise ChangeRefused(WRONG_PASSWORD)
    with write(session):
        # Locked: who changes it ends all sign-ins, and this one is there by then, or is not begun any more.
        account = session.get_one(AccountRow, found.id, with_for_update=True)
        if account.password != found.password:
            raise ChangeRefused(WRONG_PASSWORD)  # It was changed in between.
        return begin(session, account, browser, moment, how="password")


def account_of(session: AnySession, email: str, language: str, moment: Moment) -> AccountRow:
    """The account with this address, made now if there is none; within a transaction."""
    key = email_key(email)
    wanted = select(AccountRow).where(AccountRow.email_key == key).with_for_update()
    account = session.scalar(wanted)
    if account is None:
        account = AccountRow(email=email, email_key=key, name="", language=language, made_at=moment.at)
        try:
            with session.begin_nested():
                session.add(account)
        except IntegrityError:
            return session.scalars(wanted).one()  # Another link to this address was pressed at the same moment.
        audit(session, "make_account", moment=_by(moment, account.id))
    return account


def begin(
    session: AnySession, account: AccountRow, browser: Browser, moment: Moment, *, how: str, next_page: str = ""
) -> SignedIn:
    """Sign an account in, within a transaction. ``how``: link, password or passkey; a passkey is a second factor as well."""
    is_whole = how == "passkey" or not has_second_factor(session, account.id)
    device = browser.device or secrets.token_urlsafe(32)
    if account.email and not _is_known(session, account, device, moment):
        send_notice(
            session,
            "new_device",
            recipient=account.email,
            language=account.language,
            moment=moment,
            browser=browser.described,
        )
    if browser.secret is not None:
        # The browser forgets it: whoever has it else would stay in, and no sign-out there would reach them.
        before = (SignInRow.digest == digest_of(browser.secret), SignInRow.ended_at.is_(None))
        session.execute(update(SignInRow).where(*before).values(ended_at=moment.at))
    secret = secrets.token_urlsafe(32)
    row = {
        "account_id": account.id,
        "digest": digest_of(secret),
        "device": digest_of(device),
        "described": browser.described,
        "is_whole": is_whole,
        "made_at": moment.at,
        "seen_at": moment.at,
        "proved_at": moment.at,
        "expires_at": moment.at + SIGN_IN_LASTS,
    }
    session.execute(insert(SignInRow), row)
    audit(session, "sign_in", moment=_by(moment, account.id), how=how)
    return SignedIn(secret=secret, device=device, is_whole=is_whole, next_page=next_page)


def _is_known(session: AnySession, account: AccountRow, device: str, moment: Moment) -> bool:
    """Whether the account has been signed in with this browser, or is new and never was anywhere: the first time is no news."""
    of_account = SignInRow.account_id == account.id
    here = exists().where(of_account, SignInRow.device == digest_of(device))
    anywhere = exists().where(of_account)
    was_here, was_anywhere = session.execute(select(here, anywhere)).one()
    # Of an older account that is nowhere it is forgotten where it was, and whoever comes now may be somebody else.
    is_new = account.made_at > moment.at - SIGN_INS_KEPT
    return was_here or (is_new and not was_anywhere)


def _by(moment: Moment, account_id: int) -> Moment:
    return Moment(at=moment.at, actor="account", origin=moment.origin, account_id=account_id)
