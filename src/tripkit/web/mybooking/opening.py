"""From a secret link to its booking, and from an act to the page after it; no page of its own, no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from werkzeug.exceptions import NotFound as HttpNotFound

from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import Sentence, sentence
from tripkit.i18n import say
from tripkit.reads.booking_page import BookedParticipant, BookingPage, booking_page, find_booking
from tripkit.web.frame import now, page_language, session
from tripkit.web.hosts import stands_here, whose_host
from tripkit.web.limits import Limit
from tripkit.web.mybooking.receipt import receipt
from tripkit.web.mybooking.words import DONE
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.surroundings import surroundings
from tripkit.web.visitors import address

LOST_SESSION = sentence(
    "The page had been open too long, or the browser keeps no cookies. Nothing was changed. Do it once more."
)


class UnknownLink(Exception):
    """The secret in the address opens no booking."""


WRONG_LINKS = Limit("wrong secret links from one address", 30, 60, address, misses=(UnknownLink, HttpNotFound))
ACTS = Limit("acts through one secret link", 30, 60, lambda: str((request.view_args or {})["token"]))
LIMITS = (WRONG_LINKS, ACTS)
"""What every page behind a secret link is held to. A right link always opens: neighbours of who guesses notice nothing."""


def opened(token: str) -> BookingPage:
    """The booking a link opens. Raises: UnknownLink."""
    page = booking_page(session(), token=token, now=now())
    if page is None or not stands_here(page.organisation_key):
        raise UnknownLink
    return page


def opened_id(token: str) -> int:
    """The id of the booking a link opens. Raises: UnknownLink."""
    if whose_host() is not None:
        return opened(token).booking_id
    booking_id = find_booking(session(), token=token, now=now())
    if booking_id is None:
        raise UnknownLink
    return booking_id


def participant(page: BookingPage, participant_id: int) -> BookedParticipant:
    """One of the booking's participants; 404 for anybody else's."""
    return next((person for person in page.participants if person.id == participant_id), None) or abort(404)


def act(token: str, done: str, do: Callable[[int], None]) -> ResponseReturnValue:
    """Do something to the booking, then show it again with what was done, or with why it could not be.

    Raises: UnknownLink, BookingRefused.
    """
    booking_id = opened_id(token)
    if not CsrfForm().is_ours():
        return show_receipt(token, notice=LOST_SESSION, status=400)
    try:
        do(booking_id)
    except NotFound:
        abort(404)
    except ChangeRefused as refused:
        return show_receipt(token, notice=refused.sentence, status=409)
    return redirect(url_for("mybooking.booking", language=page_language(), token=token, done=done), 303)


def show_receipt(token: str, *, notice: Sentence | None = None, status: int = 200) -> Response:
    """The receipt. ``notice``: a sentence about what could not be done. Raises: UnknownLink."""
    page = opened(token)
    return make_response(
        render_template(
            "mybooking/receipt.html",
            **surroundings(page.trip_page),
            receipt=receipt(page, page_language(), now()),
            token=token,
            csrf=CsrfForm(),
            notice=notice,
            done=None if notice else DONE.get(request.args.get("done", "")),
            urls=urls(token, page),
        ),
        status,
    )


def urls(token: str, page: BookingPage) -> dict[str, str]:
    """Where the pages of a booking lead back to."""
    language = page_language()
    trip: dict[str, Any] = {"language": language, "organisation": page.organisation_key, "trip": page.trip_key}
    return {
        "booking": url_for("mybooking.booking", language=language, token=token),
        "trip": url_for("public.trip", **trip),
        "calendar": url_for("public.calendar", **trip),
    }


def whole(text: str) -> int | None:
    """A row's id as it was sent; None for what no row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def said(one: Sentence) -> str:
    """A sentence in the language of the page."""
    return say(one, page_language())
