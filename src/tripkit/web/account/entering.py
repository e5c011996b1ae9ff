"""What a browser is given when somebody signs in, and takes when they sign out; who may, was decided by an action."""

from __future__ import annotations

from flask import redirect, request, session, url_for
from flask_login import login_user
from werkzeug import Response

from tripkit.actions.sign_in import Browser, SignedIn
from tripkit.domain.accounts import is_local
from tripkit.web.account.browsers import described
from tripkit.web.frame import page_language, settings
from tripkit.web.security import cookie_name
from tripkit.web.who import Visitor, secret_here

_DEVICE = "tripkit_device"
_DEVICE_LASTS = 400 * 86400
"""Seconds; browsers keep no cookie for longer (RFC 6265bis)."""
_LONGEST_SECRET = 100


def browser() -> Browser:
    """Where this request comes from."""
    device = request.cookies.get(cookie_name(settings(), _DEVICE), "")
    known = device if device.isascii() and 0 < len(device) <= _LONGEST_SECRET else None
    return Browser(device=known, described=described(request.user_agent.string), secret=secret_here())


def next_page() -> str:
    """The path to go on to, as the form or the address says; empty when it is none of this site's."""
    asked = request.values.get("next", "")
    return asked if len(asked) < 2000 and is_local(asked) else ""


def enter(signed: SignedIn, onwards: str = "") -> Response:
    """Give the browser its cookies, and lead on to the page that was asked for.

    Whatever the session held before is gone: a session that somebody else has planted is none of theirs.
    """
    session.clear()
    session.permanent = True
    login_user(Visitor(signed.secret, None), force=True)
    language = page_language()
    onwards = onwards or signed.next_page
    if not signed.is_whole:
        target = url_for("account.second_factor", language=language, next=onwards or None)
    else:
        target = onwards if is_local(onwards) else url_for("account.home", language=language)
    response = redirect(target, 303)
    response.set_cookie(
        cookie_name(settings(), _DEVICE),
        signed.device,
        max_age=_DEVICE_LASTS,
        secure=settings().url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    return response


def stay(secret: str | None, onwards: str) -> Response:
    """Lead on from the page that asked for a proof. ``secret``: what the browser keeps from now on, None = what it has."""
    if secret is not None:
        session.clear()
        session.permanent = True
        login_user(Visitor(secret, None), force=True)
    return redirect(onwards or url_for("account.home", language=page_language()), 303)
