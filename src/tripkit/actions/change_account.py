"""Changing what an account is called, and its password; the account is told of a new one, and signed out elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from tripkit.actions.passwords import hash_of, known_passwords
from tripkit.actions.recording import audit
from tripkit.actions.sign_out import end_sign_ins
from tripkit.actions.telling_account import tell_account
from tripkit.domain.accounts import SignIn
from tripkit.domain.bookings import Moment
from tripkit.domain.passwords import refuse_bad_password
from tripkit.reads.account_page import memberships
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


def choose_password(session: AnySession, *, somebody: SignIn, password: str, site: str, moment: Moment) -> None:
    """Let this be the password from now on. ``site``: what the site is called, as its host. Raises: ChangeRefused for a bad one."""
    words = (somebody.name, *somebody.email.partition("@")[::2], site, "tripkit", *_organisations(session, somebody))
    session.rollback()  # Nothing is held open while it is looked at and hashed: that takes a tenth of a second.
    refuse_bad_password(password, words=words, known=known_passwords())
    _change(session, somebody, hash_of(password), moment)


def use_no_password(session: AnySession, *, somebody: SignIn, moment: Moment) -> None:
    """Sign in by mailed links only from now on."""
    _change(session, somebody, None, moment)


def _change(session: AnySession, somebody: SignIn, stored: str | None, moment: Moment) -> None:
    with write(session):
        account = session.get_one(AccountRow, somebody.account_id, with_for_update=True)
        if account.password is None and stored is None:
            return
        account.password = stored
        end_sign_ins(session, account.id, somebody.id, moment)
        tell_account(session, account, "password" if stored else "password_removed", moment)
        audit(session, "change_password", moment=moment, has_password=stored is not None)


def _organisations(session: AnySession, somebody: SignIn) -> Iterator[str]:
    """What the organisations they work with are called, in every language."""
    for membership in memberships(session, somebody.account_id):
        yield membership.organisation_key
        yield from membership.organisation.values()
