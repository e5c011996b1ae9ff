"""The way out of letters to many: one button, and one back. Mail programs press it by themselves (RFC 8058)."""

from __future__ import annotations

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.unsubscribe import unsubscribe
from tripkit.domain.refusals import NotFound
from tripkit.i18n import text
from tripkit.reads.booking_page import was_erased
from tripkit.reads.way_out import way_out
from tripkit.web.frame import moment, now, page_language, session
from tripkit.web.hosts import stands_here, whose_host
from tripkit.web.mybooking import blueprint
from tripkit.web.mybooking.opening import LIMITS
from tripkit.web.routing import Policy, route
from tripkit.web.signup.surroundings import other_languages


@route(blueprint, "/<language>/unsubscribe/<token>/", policy=Policy.SECRET_LINK, methods=("GET", "POST"), limits=LIMITS)
def leave_list(language: str, token: str) -> ResponseReturnValue:
    """Unsubscribe, or subscribe again. There is no session to protect: the link is all that is needed, and all it does."""
    page_language()
    if whose_host() is not None and not _stands_here(token):
        return _nowhere(token)
    by_program = request.form.get("List-Unsubscribe") == "One-Click"
    if request.method == "POST":
        wanted = not by_program and request.form.get("letters") == "yes"
        try:
            unsubscribe(session(), token=token, wanted=wanted, moment=moment("contact"))
        except NotFound:
            return _nowhere(token)
    if request.method == "POST" and not by_program:  # A mail program is never sent elsewhere: RFC 8058, 3.1.
        return redirect(url_for("mybooking.leave_list", language=page_language(), token=token), 303)
    found = way_out(session(), token=token, now=now())
    if found is None:
        return _nowhere(token)
    return make_response(
        render_template(
            "mybooking/unsubscribe.html",
            language=page_language(),
            alternates=other_languages(),
            host=text(found.organisation, page_language(), found.languages),
            is_unsubscribed=found.is_unsubscribed,
        )
    )


def _stands_here(token: str) -> bool:
    found = way_out(session(), token=token, now=now())
    return found is not None and stands_here(found.organisation_key)


def _nowhere(token: str) -> ResponseReturnValue:
    """No such link; one whose booking was erased says so, since nothing more is sent because of it."""
    if not was_erased(session(), token=token):
        abort(404)
    page = render_template("mybooking/erased.html", language=page_language(), alternates=other_languages())
    return make_response(page, 410)
