"""What somebody proves themselves with, on one page; its name and password; passkeys, apps and codes have modules of their own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.change_account import change_name, choose_password, use_no_password
from tripkit.actions.one_time_codes import can_keep_secrets
from tripkit.domain.answers import has_unseen_characters
from tripkit.domain.done import DONE as WHAT_WAS_DONE
from tripkit.domain.passwords import LONGEST_PASSWORD
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.domain.second_factors import MOST_PASSKEYS
from tripkit.domain.sentences import sentence
from tripkit.reads.second_factors import second_factors
from tripkit.reads.signed_in import refused_lately
from tripkit.web.account import blueprint
from tripkit.web.account.challenges import asked_to_make
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.frame import page_language, session, settings
from tripkit.web.limits import Limit
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import account, acting, me

CHANGES = Limit("changes of one account", 60, 900, account)
_LONGEST_NAME = 100
DONE = {
    "name": sentence("The name is changed."),
    "password": sentence("The password is changed. You are signed out everywhere else."),
    "password_removed": sentence("The password is taken away. You sign in by mailed links now."),
    "one_time": sentence("The app is in use. From now on you are asked for its code when you sign in."),
    "one_time_removed": sentence("Codes from the app are not asked for any more."),
    "passkey": sentence("The passkey is added."),
    "passkey_removed": sentence("The passkey is taken away."),
}


@route(blueprint, "/<language>/account/security/", policy=Policy.PROVED)
def security(language: str) -> ResponseReturnValue:
    """All of it."""
    page_language()
    return show_security()


@route(blueprint, "/<language>/account/security/name/", policy=Policy.PROVED, methods=("POST",), limits=(CHANGES,))
def name(language: str) -> ResponseReturnValue:
    """Be called something."""
    page_language()
    typed = request.form.get("name", "").strip()
    if not CsrfForm().is_ours():
        return show_security(LOST_SESSION)
    if len(typed) > _LONGEST_NAME or has_unseen_characters(typed):
        return show_security(Problem("name", sentence("Write a name of at most {count} letters.", count=_LONGEST_NAME)))
    change_name(session(), account_id=me().account_id, name=typed, moment=acting())
    return done("name")


@route(blueprint, "/<language>/account/security/password/", policy=Policy.PROVED, methods=("POST",), limits=(CHANGES,))
def password(language: str) -> ResponseReturnValue:
    """Choose a password, change it, or take it away."""
    page_language()
    if not CsrfForm().is_ours():
        return show_security(LOST_SESSION)
    if "remove" in request.form:
        use_no_password(session(), somebody=me(), moment=acting())
        return done("password_removed")
    typed = request.form.get("password", "")[: LONGEST_PASSWORD + 1]
    site = urlsplit(settings().url).hostname or ""
    try:
        choose_password(session(), somebody=me(), password=typed, site=site, moment=acting())
    except ChangeRefused as refused:
        return show_security(Problem("password", refused.sentence))
    return done("password")


def show_security(*problems: Problem, **values: Any) -> Response:
    """The page, with what is wrong in the form that was sent."""
    somebody = me()
    factors = second_factors(session(), somebody.account_id)
    has_room = len(factors.passkeys) < MOST_PASSKEYS
    return show(
        "account/security.html",
        problems=problems,
        factors=factors,
        refused=refused_lately(session(), account_id=somebody.account_id),
        what=WHAT_WAS_DONE,
        asked=asked_to_make(somebody, [one.credential for one in factors.passkeys]) if has_room else None,
        can_have_one_time=can_keep_secrets(session()),
        demanded="demanded" in request.args,
        said=DONE.get(request.args.get("done", "")),
        typed=request.form,
        **values,
    )


def done(what: str) -> ResponseReturnValue:
    """Lead back to the page, which says what was done."""
    return redirect(url_for("account.security", language=page_language(), done=what), 303)
