"""The receipt, and the pages for a link that opens nothing, or nothing any more; changes have modules of their own."""

from __future__ import annotations

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.reads.booking_page import was_erased
from tripkit.web.frame import page_language, session
from tripkit.web.mybooking import blueprint
from tripkit.web.mybooking.opening import LIMITS, UnknownLink, show_receipt
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.surroundings import other_languages


@route(blueprint, "/<language>/booking/<token>/", policy=Policy.SECRET_LINK, limits=LIMITS)
def booking(language: str, token: str) -> ResponseReturnValue:
    """How it stands with a booking, and what can be changed."""
    page_language()
    return show_receipt(token)


@blueprint.errorhandler(UnknownLink)
def unknown(_: UnknownLink) -> Response:
    """The same page for a secret that never was and one that has expired; another one when the booking was erased."""
    token = (request.view_args or {}).get("token", "")
    if was_erased(session(), token=token):
        erased = render_template("mybooking/erased.html", language=page_language(), alternates=other_languages())
        return make_response(erased, 410)
    page = render_template(
        "mybooking/link.html",
        language=page_language(),
        alternates=other_languages(),
        csrf=CsrfForm(),
        unknown=True,
        sent=False,
        problems={},
        typed={},
    )
    return make_response(page, 404)
