"""One letter to many once it is on its way: how far it is, who gets it, what became of each; nothing is done to it here."""

from __future__ import annotations

from typing import Any

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue

from tripkit.domain.sentences import sentence
from tripkit.reads.letter_page import Fate, SentLetter, letter_page, letter_progress, sent_letter
from tripkit.reads.letter_preview import part_of
from tripkit.web.frame import page_language, session, settings
from tripkit.web.framed import framed
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.letters import LETTER_STATES, ONE, SEE, narrowed
from tripkit.web.organiser.page import show
from tripkit.web.routing import Policy, route

LETTER_FATES = {
    Fate.WAITING: sentence("on its way"),
    Fate.SENT: sentence("sent"),
    Fate.CAME_BACK: sentence("came back"),
    Fate.FAILED: sentence("could not be delivered"),
    Fate.LEFT_OUT: sentence("not sent"),
}
_DONE = {
    "start": sentence("It is going out. You can pause it as long as there is something left to send."),
    "schedule": sentence("It goes out by itself. Until then you can take it back and change it."),
    "pause": sentence("Paused. Nothing more goes out until you go on."),
    "resume": sentence("It goes on where it was."),
    "cancel": sentence("Cancelled. What had not gone out never will."),
    "unschedule": sentence("Taken back. It is a draft again, and nothing goes out."),
}


@route(blueprint, ONE, policy=Policy.MEMBER, needs=SEE)
def letter(language: str, organisation: str, trip: str, letter: int) -> ResponseReturnValue:
    """How it stands, and a page of those it goes to."""
    page_language()
    return letter_shown(letter, said=_DONE.get(request.args.get("done", "")))


@route(blueprint, f"{ONE}progress.json", policy=Policy.MEMBER, needs=SEE)
def letter_progress_json(language: str, organisation: str, trip: str, letter: int) -> ResponseReturnValue:
    """How far it is, in figures, for the page's script."""
    page_language()
    now = letter_progress(session(), trip_id=here().trip_id or abort(404), campaign_id=letter)
    if now is None:
        abort(404)
    figures = {"sent": now.sent - now.bounced, "waiting": now.waiting + now.unwritten, "came_back": now.bounced}
    return jsonify(state=now.state, total=now.total, failed=now.failed, left_out=now.left_out, **figures)


@route(blueprint, f"{ONE}sent/<code>/", policy=Policy.MEMBER, needs=SEE)
def letter_to(language: str, organisation: str, trip: str, letter: int, code: str) -> ResponseReturnValue:
    """The letter as one of those it went to got it."""
    page_language()
    one = _sent(letter, code)
    return show("organiser/letter_sent.html", one=one, plain=part_of(one.message, "plain"), fates=LETTER_FATES)


@route(blueprint, f"{ONE}sent/<code>/html", policy=Policy.MEMBER, needs=SEE)
def letter_to_html(language: str, organisation: str, trip: str, letter: int, code: str) -> ResponseReturnValue:
    """How it looked, for a frame on the page."""
    page_language()
    return framed(part_of(_sent(letter, code).message, "html"))


def _sent(letter: int, code: str) -> SentLetter:
    found = sent_letter(
        session(), trip_id=here().trip_id or abort(404), campaign_id=letter, code=code, settings=settings()
    )
    return found or abort(404)


def letter_shown(letter: int, **values: Any) -> ResponseReturnValue:
    """The page."""
    number, word = whole(request.args.get("page", "1")) or abort(404), request.args.get("fate", "")
    if word and word not in set(Fate):
        abort(404)
    page = letter_page(
        session(),
        trip_id=here().trip_id or abort(404),
        campaign_id=letter,
        fate=Fate(word) if word else None,
        page=number,
    )
    if page is None or number > page.pages:
        abort(404)
    return show(
        "organiser/letter.html",
        page=page,
        states=LETTER_STATES,
        fates=LETTER_FATES,
        narrowed=narrowed(page.campaign.audience, page.trip),
        **values,
    )
