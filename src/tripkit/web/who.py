"""Who is signed in, as far as a view needs to know; how somebody signs in stands with the account's pages."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import Flask
from flask_login import LoginManager, UserMixin, current_user

from tripkit.actions.note_visit import note_visit
from tripkit.actions.recording import digest_of
from tripkit.domain.accounts import SIGN_IN_LASTS, SignIn
from tripkit.domain.bookings import Moment
from tripkit.reads.signed_in import signed_in as read_signed_in
from tripkit.web.frame import now, session

_SEEN_EVERY = timedelta(minutes=10)
"""How often it is noted that somebody is here."""


class Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Somebody with a sign-in. The cookie holds its secret, and the database ends it: nothing signed is believed by itself."""

    def __init__(self, secret: str, sign_in: SignIn | None) -> None:
        self.secret, self.sign_in = secret, sign_in

    def get_id(self) -> str:
        """What the cookie keeps."""
        return self.secret

    @property
    def is_authenticated(self) -> bool:
        """Whether nothing is left to prove."""
        return self.sign_in is not None and self.sign_in.is_whole


def signed_in() -> SignIn | None:
    """Who is signed in; None also for who has still to give a second factor."""
    found = _sign_in()
    return found if found is not None and found.is_whole else None


def half_signed_in() -> SignIn | None:
    """Who has given the first proof and not the second one yet."""
    found = _sign_in()
    return found if found is not None and not found.is_whole else None


def _sign_in() -> SignIn | None:
    return cast("SignIn | None", getattr(current_user, "sign_in", None))


def secret_here() -> str | None:
    """The secret by which this browser is signed in, half or wholly; None = nobody is."""
    return cast("str | None", getattr(current_user, "secret", None))


def me() -> SignIn:
    """Who is signed in; for views that nobody else gets to."""
    found = signed_in()
    assert found is not None
    return found


def account() -> str | None:
    """What is limited for each account is counted by this; None = nobody is signed in, not even half."""
    found = _sign_in()
    return str(found.account_id) if found is not None else None


def acting() -> Moment:
    """Who is signed in does something now."""
    found = _sign_in()
    return Moment(at=now(), actor="account", origin="web", account_id=found.account_id if found else None)


def recognise(app: Flask) -> None:
    """Know who is signed in by the cookie of the session."""
    app.config.update(SESSION_PROTECTION=None, PERMANENT_SESSION_LIFETIME=SIGN_IN_LASTS)
    manager = LoginManager()
    manager.user_loader(_load)
    # Not init_app: it would look into the session after every request, and public pages would depend on cookies by it.
    app.login_manager = manager  # type: ignore[attr-defined]  # Flask-Login looks for it there


def _load(secret: str) -> Visitor | None:
    found = read_signed_in(session(), digest=digest_of(secret), now=now())
    if found is None:
        return None
    if now() - found.seen_at > _SEEN_EVERY:
        note_visit(session(), sign_in=found.id, moment=Moment(at=now(), actor="account", origin="web"))
    return Visitor(secret, found)
