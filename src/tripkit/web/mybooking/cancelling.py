"""Cancelling one of a booking or all; the page says the consequences before the act."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.cancel_participants import cancel_participants
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import sentence
from tripkit.web.frame import moment, now, page_language, session
from tripkit.web.mybooking import blueprint
from tripkit.web.mybooking.opening import LIMITS, act, opened, show_receipt, urls, whole
from tripkit.web.mybooking.receipt import receipt
from tripkit.web.mybooking.words import cost_of_cancelling
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.page import by_field
from tripkit.web.signup.surroundings import surroundings


@route(
    blueprint, "/<language>/booking/<token>/cancel/", policy=Policy.SECRET_LINK, methods=("GET", "POST"), limits=LIMITS
)
def cancel(language: str, token: str) -> ResponseReturnValue:
    """Choose whom to cancel and see what that means; then cancel."""
    page_language()
    if request.method != "POST":
        return _choose(token, [])
    ids = [number for text in request.form.getlist("participants") if (number := whole(text)) is not None]
    if not ids:
        return _choose(token, [Problem("participants", sentence("Tick who no longer travels."))])
    return act(
        token,
        "cancelled",
        lambda booking_id: cancel_participants(
            session(), booking_id=booking_id, participant_ids=ids, moment=moment("contact")
        ),
    )


def _choose(token: str, problems: list[Problem]) -> Response:
    page = opened(token)
    if not page.may_cancel:
        return show_receipt(token, notice=sentence("The trip is over, so the booking stays as it is."), status=409)
    active = [person for person in page.participants if person.status is not ParticipantStatus.CANCELLED]
    if not active:
        return show_receipt(token, notice=sentence("This was cancelled before. Nothing more is needed."), status=409)
    # With several, nobody is ticked beforehand: a whole party is not cancelled by one press too many.
    chosen = active[0].id if len(active) == 1 else whole(request.args.get("participant", ""))
    trip = page.trip_page.trip
    applied = all(person.status is ParticipantStatus.APPLIED for person in active)
    html = render_template(
        "mybooking/cancel.html",
        **surroundings(page.trip_page),
        receipt=receipt(page, page_language(), now()),
        chosen=[person.id for person in active if person.id == chosen] if request.method != "POST" else [],
        applied=applied,
        cost=cost_of_cancelling(trip, now().astimezone(ZoneInfo(trip.time_zone)).date(), only_applied=applied),
        problems=by_field(problems),
        token=token,
        csrf=CsrfForm(),
        urls=urls(token, page),
    )
    return make_response(html, 422 if problems else 200)
