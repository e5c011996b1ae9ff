"""Signing out: here, in one other browser, everywhere else."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from tripkit.actions.sign_out import sign_out, sign_out_elsewhere
from tripkit.web.account import blueprint
from tripkit.web.frame import page_language, session
from tripkit.web.limits import Limit
from tripkit.web.mybooking.opening import whole
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import check_button
from tripkit.web.who import account, acting, me

_SIGNED_OUT = Limit("browsers signed out of one account", 120, 300, account)


@route(blueprint, "/<language>/account/sign-out/", policy=Policy.ACCOUNT, methods=("POST",), limits=(_SIGNED_OUT,))
def leave(language: str) -> ResponseReturnValue:
    """Sign out: ``which`` is empty for here, a number for one of the others, “others” for all of these."""
    page_language()
    check_button()
    home = url_for("account.home", language=language)
    somebody, which = me(), request.form.get("which", "")
    if which == "others":
        sign_out_elsewhere(session(), account_id=somebody.account_id, but=somebody.id, moment=acting())
        return redirect(f"{home}?done=out_elsewhere", 303)
    one = whole(which) if which else somebody.id
    if one is not None:
        sign_out(session(), account_id=somebody.account_id, sign_in=one, moment=acting())
    if one == somebody.id:
        cookie.clear()
        return redirect(url_for("account.sign_in", language=language), 303)
    return redirect(f"{home}?done=out_there", 303)
