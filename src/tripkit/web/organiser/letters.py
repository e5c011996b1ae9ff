"""The letters to many of a trip: the list of them, and what they share with each other's pages; none of them alone."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from tripkit.domain.campaigns import Audience, CampaignState, Who
from tripkit.domain.listings import Listing
from tripkit.domain.rights import MESSAGES, Level
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.trips import Trip
from tripkit.mailing.ready_letters import READY_LETTERS
from tripkit.reads.letter_writing import letters_page
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.listing_words import chips
from tripkit.web.organiser.page import show
from tripkit.web.routing import Need, Policy, route

SEE, CHANGE = Need(MESSAGES, Level.SEE), Need(MESSAGES, Level.CHANGE)
LIST = "/<language>/organise/<organisation>/trips/<trip>/letters/"
ONE = f"{LIST}<int(max=999999999):letter>/"
LETTER_STATES = {
    CampaignState.DRAFT: sentence("Draft"),
    CampaignState.SCHEDULED: sentence("Goes out by itself"),
    CampaignState.SENDING: sentence("Going out"),
    CampaignState.PAUSED: sentence("Paused"),
    CampaignState.DONE: sentence("Sent"),
    CampaignState.CANCELLED: sentence("Cancelled"),
}
READERS = {
    Who.WITH_PLACE: sentence("Those who have a place"),
    Who.WAITING: sentence("Those who wait for one"),
    Who.EVERYBODY: sentence("Both"),
}


def narrowed(audience: Audience, trip: Trip) -> list[Sentence]:
    """What of a list of participants a letter is narrowed down by, in words."""
    return [one.says for one in chips(Listing(sought=audience.sought), trip)]


@route(blueprint, LIST, policy=Policy.MEMBER, needs=SEE)
def letters(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """Every letter, newest first."""
    page_language()
    asked = request.args.get("before")
    before = None if asked is None else whole(asked) or abort(404)
    page = letters_page(session(), trip_id=here().trip_id or abort(404), before=before)
    if page is None:
        abort(404)
    return show("organiser/letters.html", page=page, states=LETTER_STATES, ready=READY_LETTERS)
