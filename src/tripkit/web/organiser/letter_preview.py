"""A letter to many before it is sent: as each of its readers will get it, read by who sends it, and as a test to oneself."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.read_letter import read_letter
from tripkit.actions.try_campaign import try_campaign
from tripkit.domain.refusals import ChangedMeanwhile, ChangeRefused, NotFound, Problem
from tripkit.domain.sentences import sentence
from tripkit.reads.letter_preview import LetterPreview, letter_preview, part_of
from tripkit.web.frame import now, page_language, session, settings
from tripkit.web.framed import framed
from tripkit.web.guards import here
from tripkit.web.limits import Limit
from tripkit.web.mybooking.opening import whole
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.letters import CHANGE, ONE, SEE
from tripkit.web.organiser.page import ACTS, account, member_acts, show
from tripkit.web.organiser.trip_step import STEPPED
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import check_button
from tripkit.web.who import me

_TESTS = Limit("letters to try out by one member", 10, 3600, account)
_DONE = {**STEPPED, "tried": sentence("The letter is on its way to you, once in each of its languages.")}


@route(blueprint, f"{ONE}preview/", policy=Policy.MEMBER, needs=SEE, endpoint="letter_preview")
def preview(language: str, organisation: str, trip: str, letter: int) -> ResponseReturnValue:
    """The letter as one of its readers gets it."""
    page_language()
    return preview_page(letter, said=_DONE.get(request.args.get("done", "")))


@route(blueprint, f"{ONE}preview/html", policy=Policy.MEMBER, needs=SEE)
def letter_html(language: str, organisation: str, trip: str, letter: int) -> ResponseReturnValue:
    """How it looks, for a frame on the page."""
    page_language()
    return framed(part_of(_found(letter).message, "html"))


@route(blueprint, f"{ONE}read/", policy=Policy.MEMBER, needs=CHANGE, methods=("POST",), limits=(ACTS,))
def letter_is_read(language: str, organisation: str, trip: str, letter: int) -> ResponseReturnValue:
    """Who sends it has read it, and goes on."""
    page_language()
    check_button()
    digest = request.form.get("digest", "")
    try:
        read_letter(
            session(),
            trip_id=here().trip_id or abort(404),
            campaign_id=letter,
            digest=digest,
            moment=member_acts(),
        )
    except NotFound:
        abort(404)
    except ChangedMeanwhile as refused:
        return preview_page(letter, problems=[Problem("", refused.sentence)])
    return redirect(url_for("organiser.send_letter", **(request.view_args or {})), 303)


@route(blueprint, f"{ONE}test/", policy=Policy.MEMBER, needs=CHANGE, methods=("POST",), limits=(_TESTS,))
def test_letter(language: str, organisation: str, trip: str, letter: int) -> ResponseReturnValue:
    """Send it to oneself."""
    page_language()
    check_button()
    try:
        try_campaign(
            session(),
            campaign_id=letter,
            trip_id=here().trip_id or abort(404),
            recipient=me().email,
            moment=member_acts(),
        )
    except NotFound:
        abort(404)
    except ChangeRefused as refused:
        return preview_page(letter, problems=[Problem("", refused.sentence)])
    return redirect(url_for("organiser.letter_preview", **(request.view_args or {}), done="tried"), 303)


def preview_page(letter: int, **values: Any) -> ResponseReturnValue:
    """The page."""
    return show("organiser/letter_preview.html", page=_found(letter), **values)


def _found(letter: int) -> LetterPreview:
    found = letter_preview(
        session(),
        trip_id=here().trip_id or abort(404),
        campaign_id=letter,
        position=whole(request.args.get("at", "1")) or abort(404),
        language=request.args.get("in"),
        account_id=me().account_id,
        settings=settings(),
        now=now(),
    )
    return found or abort(404)
