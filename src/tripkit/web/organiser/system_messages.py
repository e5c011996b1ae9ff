"""Every message that a trip sends by itself, for its organisers to read; nothing is sent or changed here."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from tripkit.reads.letter_preview import part_of
from tripkit.reads.system_messages import OCCASIONS, SystemMessages
from tripkit.reads.system_messages import system_messages as read_messages
from tripkit.web.frame import now, page_language, session, settings
from tripkit.web.framed import framed
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.letters import LIST, SEE
from tripkit.web.organiser.page import show
from tripkit.web.routing import Policy, route


@route(blueprint, f"{LIST}by-itself/", policy=Policy.MEMBER, needs=SEE)
def system_messages(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """The list, and the one that is looked at."""
    page_language()
    page = _found(language)
    return show("organiser/system_messages.html", page=page, plain=part_of(page.message, "plain"), occasions=OCCASIONS)


@route(blueprint, f"{LIST}by-itself/html", policy=Policy.MEMBER, needs=SEE)
def system_message_html(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """How it looks, for a frame on the page."""
    page_language()
    return framed(part_of(_found(language).message, "html"))


def _found(language: str) -> SystemMessages:
    found = read_messages(
        session(),
        trip_id=here().trip_id or abort(404),
        chosen=request.args.get("message", "confirmation"),
        language=request.args.get("in", language),
        settings=settings(),
        now=now(),
    )
    return found or abort(404)
