"""An organisation as its members see it, and one of its trips."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from tripkit.domain.rights import TRIP, Level
from tripkit.reads.organisation_page import organisation_page
from tripkit.reads.trip_page import trip_page_of
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import show
from tripkit.web.routing import Need, Policy, route

_SEE = Need(TRIP, Level.SEE)


@route(blueprint, "/<language>/organise/<organisation>/", policy=Policy.MEMBER, needs=_SEE)
def overview(language: str, organisation: str) -> ResponseReturnValue:
    """Its trips, what needs doing, who is here."""
    page_language()
    place = here()
    page = organisation_page(session(), organisation_id=place.organisation_id, key=place.organisation_key, now=now())
    return show("organiser/organisation.html", page=page)


@route(blueprint, "/<language>/organise/<organisation>/trips/<trip>/", policy=Policy.MEMBER, needs=_SEE)
def trip(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """How it stands with one trip."""
    page_language()
    found = here().trip_id
    page = trip_page_of(session(), trip_id=found, now=now()) if found is not None else None
    return show("organiser/trip.html", page=page or abort(404))
