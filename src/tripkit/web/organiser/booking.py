"""One booking as those who organise its trip see it; what is done to it has modules of its own, and no sensitive answer is shown."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tripkit.domain.rights import LOG, MONEY, PARTICIPANTS, SENSITIVE, Level
from tripkit.domain.sentences import sentence
from tripkit.mailing.verdict import KIND_TITLES
from tripkit.reads.organised_booking import organised_booking
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.mybooking.receipt import receipt
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.booking_acting import DONE
from tripkit.web.organiser.consequence_words import standing
from tripkit.web.organiser.listing_fields import listing_in
from tripkit.web.organiser.page import show
from tripkit.web.organiser.participants import SEE
from tripkit.web.routing import Policy, route

_LONGEST_LIST = 2000
"""Characters of an address that say which list somebody works through."""
FATES = {
    "waiting": sentence("on its way"),
    "sent": sentence("sent"),
    "dead": sentence("could not be delivered"),
    "held": sentence("held back"),
    "paused": sentence("paused with its letter"),
    "dropped": sentence("not sent, by decision"),
    "erased": sentence("erased before it was sent"),
}


@route(
    blueprint,
    "/<language>/organise/<organisation>/trips/<trip>/bookings/<code>/",
    policy=Policy.MEMBER,
    needs=SEE,
)
def booking(language: str, organisation: str, trip: str, code: str) -> ResponseReturnValue:
    """Contact, participants, what was sent, and its history."""
    page_language()
    place = here()
    asked, in_list = request.args.get("before"), request.args.get("list", "")[:_LONGEST_LIST]
    found = organised_booking(
        session(),
        trip_id=place.trip_id or abort(404),
        code=code,
        now=now(),
        with_log=place.rights.may(LOG, Level.SEE),
        before=None if asked is None else whole(asked) or abort(404),
        listing=listing_in(MultiDict(parse_qsl(in_list))) if in_list else None,
    )
    if found is None:
        abort(404)
    return show(
        "organiser/booking.html",
        booking=found,
        receipt=receipt(found.page, language, now()),
        in_list=in_list or None,
        kinds=KIND_TITLES,
        fates=FATES,
        sees_money=place.rights.may(MONEY, Level.SEE),
        may_change=place.rights.may(PARTICIPANTS, Level.CHANGE),
        receipt_verdict=standing(found.page),
        said=DONE.get(request.args.get("done", "")),
        sees_sensitive=place.rights.may(SENSITIVE, Level.SEE),
    )
