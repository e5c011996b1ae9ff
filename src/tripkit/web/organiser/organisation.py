"""An organisation as its members see it, and one of its trips."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from tripkit.domain.rights import TRIP, Level
from tripkit.reads.dashboard import dashboard
from tripkit.reads.organisation_page import organisation_page
from tripkit.web.curve import curve_of
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.coming import stops
from tripkit.web.organiser.page import show
from tripkit.web.organiser.to_do import Reader, lines
from tripkit.web.organiser.trip_step import STEPPED, step_names
from tripkit.web.routing import Need, Policy, route

_SEE = Need(TRIP, Level.SEE)


@route(blueprint, "/<language>/organise/<organisation>/", policy=Policy.MEMBER, needs=_SEE)
def overview(language: str, organisation: str) -> ResponseReturnValue:
    """Its trips, what needs doing, who is here."""
    page_language()
    place = here()
    number = whole(request.args.get("page", "1")) or abort(404)
    page = organisation_page(
        session(), organisation_id=place.organisation_id, key=place.organisation_key, now=now(), page=number
    )
    if number > page.pages:
        abort(404)
    return show("organiser/organisation.html", page=page)


@route(blueprint, "/<language>/organise/<organisation>/trips/<trip>/", policy=Policy.MEMBER, needs=_SEE)
def trip(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """How it stands with one trip, what needs doing, what comes."""
    place = here()
    moment = now()
    board = dashboard(session(), trip_id=place.trip_id or abort(404), now=moment) or abort(404)
    value = board.page.trip
    address = {"language": page_language(), "organisation": organisation, "trip": trip}
    reader = Reader(page_language(), place.rights, value, address)
    return show(
        "organiser/trip.html",
        board=board,
        curve=curve_of(board.course, board.page.places.trip.size or 0) if board.course else None,
        now=moment,
        lines=lines(board.to_do, reader),
        steps=step_names(value, moment),
        said=STEPPED.get(request.args.get("done", "")),
        ahead=stops(tuple(one for one in board.coming if not one.is_over(moment)), value, language),
        behind=stops(tuple(one for one in board.coming if one.is_over(moment)), value, language),
    )
