"""Putting right who answers for a booking and where its invoice goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.correct_booking import correct_contact
from tripkit.domain.refusals import BookingRefused, Problem
from tripkit.reads.booking_page import BookingPage
from tripkit.web.frame import moment, page_language, session
from tripkit.web.mybooking import blueprint
from tripkit.web.mybooking.opening import LIMITS, LOST_SESSION, act, opened, urls
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.page import by_field, field_of
from tripkit.web.signup.surroundings import surroundings
from tripkit.web.signup.typed import plain

FIELDS = (
    "contact_name",
    "contact_email",
    "contact_phone",
    "organisation",
    "invoice_address",
    "invoice_reference",
)


@route(
    blueprint, "/<language>/booking/<token>/contact/", policy=Policy.SECRET_LINK, methods=("GET", "POST"), limits=LIMITS
)
def contact(language: str, token: str) -> ResponseReturnValue:
    """The contact person and the invoice, to put right."""
    page_language()
    if request.method != "POST":
        page = opened(token)
        return _form(token, page, {name: getattr(page, name) or "" for name in FIELDS}, (), 200)
    typed = {name: plain(request.form.get(name, "")) for name in FIELDS}
    if not CsrfForm().is_ours():
        return _form(token, opened(token), typed, (Problem("", LOST_SESSION),), 400)
    try:
        return act(
            token,
            "contact",
            lambda booking_id: correct_contact(
                session(),
                booking_id=booking_id,
                contact_name=typed["contact_name"],
                contact_email=typed["contact_email"],
                contact_phone=typed["contact_phone"].strip() or None,
                organisation=typed["organisation"],
                invoice_address=typed["invoice_address"],
                invoice_reference=typed["invoice_reference"],
                moment=moment("contact"),
            ),
        )
    except BookingRefused as refused:
        return _form(token, opened(token), typed, refused.problems, 422)


def _form(
    token: str, page: BookingPage, typed: Mapping[str, str], problems: Iterable[Problem], status: int
) -> Response:
    summary = tuple(problems)
    html = render_template(
        "mybooking/contact.html",
        **surroundings(page.trip_page),
        booking=page,
        typed=typed,
        problems=by_field(summary),
        summary=[(field_of(problem), problem.sentence) for problem in summary],
        token=token,
        csrf=CsrfForm(),
        urls=urls(token, page),
    )
    return make_response(html, status)
