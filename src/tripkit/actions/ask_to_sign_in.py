"""Asking for a mailed link by which one signs in; nobody learns whether there is such an account."""

from __future__ import annotations

import secrets

from sqlalchemy import insert

from tripkit.actions.recording import digest_of
from tripkit.actions.sending_notices import send_notice
from tripkit.domain.accounts import LINK_LASTS
from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import SignInLinkRow


def ask_to_sign_in(session: AnySession, *, email: str, language: str, next_page: str, moment: Moment) -> None:
    """Have a link mailed to this address, if anybody here has it.

    The same is written for every address, so that the answer takes as long for one as for another; whether anybody has it
    is looked up when the message is sent. ``next_page``: the path it leads on to, on this site.
    """
    with write(session):
        make_sign_in_link(session, email=email.strip(), language=language, next_page=next_page, moment=moment)


def make_sign_in_link(session: AnySession, *, email: str, language: str, next_page: str, moment: Moment) -> str:
    """The same within a transaction; returns the secret, of which only a digest is stored."""
    token = new_sign_in_link(session, email=email, language=language, next_page=next_page, moment=moment)
    send_notice(session, "sign_in", recipient=email, language=language, moment=moment, token=token)
    return token


def new_sign_in_link(session: AnySession, *, email: str, language: str, next_page: str, moment: Moment) -> str:
    """A link that is mailed to nobody; returns its secret."""
    token = secrets.token_urlsafe(32)
    row = {
        "digest": digest_of(token),
        "email": email,
        "language": language,
        "next_page": next_page,
        "made_at": moment.at,
        "expires_at": moment.at + LINK_LASTS,
    }
    session.execute(insert(SignInLinkRow), row)
    return token
