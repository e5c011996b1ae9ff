"""Queues and offers of a booking: join, leave, accept, decline; each act is one call and one redirect."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.answer_offer import accept_offer, decline_offer
from tripkit.actions.join_visit_queue import join_visit_queue
from tripkit.actions.leave_queue import leave_queue
from tripkit.domain.sentences import sentence
from tripkit.web.frame import moment, now, page_language, session
from tripkit.web.mybooking import blueprint
from tripkit.web.mybooking.opening import LIMITS, act, opened, show_receipt, urls, whole
from tripkit.web.mybooking.receipt import Offered, Receipt, receipt
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.surroundings import surroundings

_OFFER = "/<language>/booking/<token>/offers/<int(max=2147483647):offer_id>"
_BOTH = ("GET", "POST")


@route(blueprint, f"{_OFFER}/accept/", policy=Policy.SECRET_LINK, methods=_BOTH, limits=LIMITS)
def accept(language: str, token: str, offer_id: int) -> ResponseReturnValue:
    """Accept an offered place; asked for without the button, what that means."""
    page_language()
    if request.method != "POST":
        return _ask(token, offer_id, "accept")
    return act(
        token,
        "accepted",
        lambda booking_id: accept_offer(session(), booking_id=booking_id, offer_id=offer_id, moment=moment("contact")),
    )


@route(blueprint, f"{_OFFER}/decline/", policy=Policy.SECRET_LINK, methods=_BOTH, limits=LIMITS)
def decline(language: str, token: str, offer_id: int) -> ResponseReturnValue:
    """Decline an offered place; asked for without the button, what that means."""
    page_language()
    if request.method != "POST":
        return _ask(token, offer_id, "decline")
    return act(
        token,
        "declined",
        lambda booking_id: decline_offer(session(), booking_id=booking_id, offer_id=offer_id, moment=moment("contact")),
    )


def _ask(token: str, offer_id: int, answer: str) -> ResponseReturnValue:
    page = opened(token)
    found = receipt(page, page_language(), now())
    offered = _offer(found, offer_id)
    if offered is None:
        # A link in an old mail: the receipt says how it stands now.
        return show_receipt(token, notice=sentence("The offer is no longer open. This is how it stands."), status=409)
    return render_template(
        f"mybooking/{answer}.html",
        **surroundings(page.trip_page),
        receipt=found,
        offered=offered,
        token=token,
        csrf=CsrfForm(),
        urls=urls(token, page),
    )


def _offer(found: Receipt, offer_id: int) -> Offered | None:
    return next((one for one in found.offers if one.offer.offer_id == offer_id), None)


@route(blueprint, "/<language>/booking/<token>/queue/join/", policy=Policy.SECRET_LINK, methods=_BOTH, limits=LIMITS)
def join(language: str, token: str) -> ResponseReturnValue:
    """Queue for a full visit."""
    page_language()
    if request.method != "POST":
        return _back(token)
    participant_id, item = whole(request.form.get("participant", "")), request.form.get("item", "")
    if participant_id is None or not item:
        abort(400)
    return act(
        token,
        "joined",
        lambda booking_id: join_visit_queue(
            session(), booking_id=booking_id, participant_id=participant_id, item=item, moment=moment("contact")
        ),
    )


@route(blueprint, "/<language>/booking/<token>/queue/leave/", policy=Policy.SECRET_LINK, methods=_BOTH, limits=LIMITS)
def leave(language: str, token: str) -> ResponseReturnValue:
    """Leave queues; asked for without the button, what that means."""
    page_language()
    ids = [number for text in request.values.getlist("waiting") if (number := whole(text)) is not None]
    if request.method == "POST":
        return act(
            token,
            "left",
            lambda booking_id: leave_queue(session(), booking_id=booking_id, waiting_ids=ids, moment=moment("contact")),
        )
    page = opened(token)
    found = receipt(page, page_language(), now())
    leaving = [
        (person, queued) for person in found.people for queued in person.queues if queued.place.waiting_id in ids
    ]
    if not leaving:
        return _back(token)
    return render_template(
        "mybooking/leave.html",
        **surroundings(page.trip_page),
        receipt=found,
        leaving=leaving,
        token=token,
        csrf=CsrfForm(),
        urls=urls(token, page),
    )


def _back(token: str) -> ResponseReturnValue:
    return redirect(url_for("mybooking.booking", language=page_language(), token=token), 303)
