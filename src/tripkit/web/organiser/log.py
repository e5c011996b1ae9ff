"""The log of an organisation, of one of its trips, and of one of its members: who did what, when, and why."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.domain.rights import LOG, Level
from tripkit.reads.audit_log import log_of_member, log_of_organisation, log_of_trip
from tripkit.reads.members_page import member as find_member
from tripkit.reads.trip_list import trip_titles
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import show
from tripkit.web.routing import Need, Policy, route

_SEE = Need(LOG, Level.SEE)


@route(blueprint, "/<language>/organise/<organisation>/log/", policy=Policy.MEMBER, needs=_SEE)
def log(language: str, organisation: str) -> ResponseReturnValue:
    """What was done in all of it; or the way to that of the trip that is chosen."""
    page_language()
    trips = trip_titles(session(), organisation_id=here().organisation_id)
    chosen = request.args.get("trip")
    if chosen and chosen in dict(trips):
        return redirect(url_for("organiser.trip_log", language=language, organisation=organisation, trip=chosen), 303)
    page = log_of_organisation(session(), organisation_id=here().organisation_id, before=_before())
    return show("organiser/log.html", page=page, trips=trips, titled=None)


@route(blueprint, "/<language>/organise/<organisation>/trips/<trip>/log/", policy=Policy.MEMBER, needs=_SEE)
def trip_log(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """What was done to one trip and its bookings."""
    page_language()
    place = here()
    found = place.trip_id or abort(404)
    page = log_of_trip(session(), trip_id=found, before=_before())
    trips = trip_titles(session(), organisation_id=place.organisation_id) if not place.only_trips else ()
    return show("organiser/log.html", page=page, trips=trips, titled=place.trip_title)


@route(
    blueprint,
    "/<language>/organise/<organisation>/members/<int(max=999999999):member>/log/",
    policy=Policy.MEMBER,
    needs=_SEE,
)
def member_log(language: str, organisation: str, member: int) -> ResponseReturnValue:
    """What a member did here, and what was done to their role."""
    page_language()
    place = here()
    one = find_member(session(), organisation_id=place.organisation_id, member=member) or abort(404)
    page = log_of_member(session(), organisation_id=place.organisation_id, account_id=one.account_id, before=_before())
    return show("organiser/log.html", page=page, trips=(), titled=None, one=one)


def _before() -> int | None:
    asked = request.args.get("before")
    return None if asked is None else whole(asked) or abort(404)
