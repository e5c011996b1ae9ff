"""Asking for a new secret link; the answer never tells whether there is such a booking."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.send_link import send_new_link
from tripkit.domain.answers import has_unseen_characters
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_email, check_text
from tripkit.web.frame import moment, page_language, session
from tripkit.web.limits import Limit, use
from tripkit.web.mybooking import blueprint
from tripkit.web.mybooking.opening import LOST_SESSION
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.page import by_field
from tripkit.web.signup.surroundings import other_languages
from tripkit.web.visitors import address

_FROM_ONE_ADDRESS = Limit("new links asked for from one address", 10, 60, address)


def _booking() -> str:
    return f"{request.form.get('email', '').strip().casefold()} {request.form.get('code', '').strip().upper()}"


# Beyond it the answer is the same and nothing is sent, so nobody learns anything; what was sent before still opens. Counted
# by both, whether there is such a booking or not: who knows only one of them keeps nobody from their link.
_FOR_ONE_BOOKING = Limit("new links for one booking", 5, 600, _booking)


@route(
    blueprint,
    "/<language>/booking/",
    policy=Policy.PUBLIC,
    methods=("GET", "POST"),
    limits=(_FROM_ONE_ADDRESS,),
)
def ask_for_link(language: str) -> ResponseReturnValue:
    """Ask for a new link by e-mail address and booking code."""
    page_language()
    email, code = request.form.get("email", "").strip(), request.form.get("code", "").strip()
    problems: tuple[Problem, ...] = ()
    status = 200
    if request.method == "POST":
        form = CsrfForm()
        problems = (
            *check_email("email", email, sentence("Write the e-mail address the confirmation went to.")),
            *check_text("code", code, 40, sentence("Write the booking code, as in the confirmation.")),
        )
        if not form.is_ours():
            problems = (Problem("", LOST_SESSION),)
        if not problems and not has_unseen_characters(email + code):
            if use(_FOR_ONE_BOOKING):
                send_new_link(session(), email=email, code=code, moment=moment("contact"))
            return redirect(url_for("mybooking.ask_for_link", language=page_language(), sent="yes"), 303)
        status = 422
    page = render_template(
        "mybooking/link.html",
        language=page_language(),
        alternates=other_languages(),
        csrf=CsrfForm(),
        unknown=False,
        sent="sent" in request.args,
        problems=by_field(problems),
        typed={"email": email, "code": code},
    )
    return make_response(page, status)
