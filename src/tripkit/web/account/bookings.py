"""From an account to one of its bookings, which is seen and changed through a secret link like any other."""

from __future__ import annotations

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.open_booking import open_booking
from tripkit.domain.refusals import NotFound
from tripkit.web.account import blueprint
from tripkit.web.frame import page_language, session
from tripkit.web.limits import Limit
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import check_button
from tripkit.web.who import account, acting, me

_LINKS = Limit("bookings opened from one account", 30, 60, account)


@route(
    blueprint,
    "/<language>/account/bookings/<code>/",
    policy=Policy.ACCOUNT,
    methods=("POST",),
    limits=(_LINKS,),
)
def open_booking_here(language: str, code: str) -> ResponseReturnValue:
    """Open one of the bookings that were made with the account's address."""
    page_language()
    check_button()
    try:
        token = open_booking(session(), code=code, email=me().email, moment=acting())
    except NotFound:
        abort(404)
    return redirect(url_for("mybooking.booking", language=language, token=token), 303)
