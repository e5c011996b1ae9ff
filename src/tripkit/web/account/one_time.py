"""One-time passwords from an app: the picture it scans, the first code, and an end to it."""

from __future__ import annotations

from urllib.parse import urlsplit

import segno
from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug import Response

from tripkit.actions.change_proofs import START_ANEW, set_up_one_time, take_away_one_time
from tripkit.actions.one_time_codes import (
    address_of,
    can_keep_secrets,
    new_secret,
    opened_at,
    pending_place,
    sealed_for,
)
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.storage.sealing import Locked
from tripkit.web.account import blueprint
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.account.security import CHANGES, done, show_security
from tripkit.web.frame import page_language, session, settings
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import acting, me


@route(
    blueprint,
    "/<language>/account/security/app/",
    policy=Policy.PROVED,
    methods=("GET", "POST"),
    limits=(CHANGES,),
)
def one_time(language: str) -> ResponseReturnValue:
    """Show a new secret, and take it into use when a code of it comes back."""
    page_language()
    if not can_keep_secrets(session()):
        return done("")
    if request.method != "POST":
        return _show(_sealed(new_secret()))
    pending = request.form.get("pending", "")
    if not CsrfForm().is_ours():
        return _show(pending, LOST_SESSION)
    try:
        set_up_one_time(
            session(), somebody=me(), pending=pending, code=request.form.get("code", "")[:100], moment=acting()
        )
    except ChangeRefused as refused:
        return _show(pending, Problem("code", refused.sentence))
    return done("one_time")


@route(
    blueprint, "/<language>/account/security/app/remove/", policy=Policy.PROVED, methods=("POST",), limits=(CHANGES,)
)
def no_one_time(language: str) -> ResponseReturnValue:
    """An end to it."""
    page_language()
    if not CsrfForm().is_ours():
        return show_security(LOST_SESSION)
    try:
        take_away_one_time(session(), somebody=me(), moment=acting())
    except ChangeRefused as refused:
        return show_security(Problem("", refused.sentence))
    return done("one_time_removed")


def _place() -> str:
    somebody = me()
    return pending_place(somebody.account_id, somebody.id)


def _sealed(secret: str) -> str:
    return sealed_for(session(), secret, _place())


def _show(pending: str, *problems: Problem) -> Response:
    """The page. ``pending``: the secret, sealed; another one takes its place when it cannot be opened."""
    try:
        secret = opened_at(session(), pending, _place())
    except Locked:
        secret = new_secret()
        pending, problems = _sealed(secret), (Problem("", START_ANEW),)
    site = urlsplit(settings().url).hostname or "tripkit"
    address = address_of(secret, email=me().email, site=site)
    # White around it in every scheme: cameras want dark on light.
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=3, light="#fff", svgclass=None, lineclass=None)
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    return show(
        "account/one_time.html",
        problems=problems,
        drawn=Markup(drawn),  # noqa: S704 (drawn here, out of nothing but squares)
        address=address,
        groups=groups,
        pending=pending,
    )
