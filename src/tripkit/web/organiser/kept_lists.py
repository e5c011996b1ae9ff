"""Lists of participants that are kept: saved under a name, renamed, brought up to date, deleted; each act leads back to the list."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.keep_listings import change_listing, drop_listing, keep_listing, rename_listing
from tripkit.domain.refusals import BookingRefused, ChangeRefused, NotFound, Problem
from tripkit.domain.rights import PARTICIPANTS, Level
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.listing_fields import fields_of, listing_in, query_of
from tripkit.web.organiser.page import ACTS, member_acts
from tripkit.web.organiser.participants import show_participants
from tripkit.web.routing import Need, Policy, route
from tripkit.web.signup.csrf import check_button

_CHANGE = Need(PARTICIPANTS, Level.CHANGE)
_LISTS = "/<language>/organise/<organisation>/trips/<trip>/participants/lists/"


@route(blueprint, _LISTS, policy=Policy.MEMBER, needs=_CHANGE, methods=("POST",), limits=(ACTS,))
def keep_list(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """Save the list that was shown."""
    page_language()
    check_button()
    listing = listing_in(request.form)
    try:
        kept = keep_listing(
            session(),
            trip_id=here().trip_id or abort(404),
            name=request.form.get("name", ""),
            listing=listing,
            moment=member_acts(),
        )
    except NotFound:
        abort(404)
    except BookingRefused as refused:
        return show_participants(language, request.form, refused.problems)
    except ChangeRefused as refused:
        return show_participants(language, request.form, [Problem("name", refused.sentence)])
    return _back(language, organisation, trip, query_of([*fields_of(listing), ("saved", str(kept))]))


@route(
    blueprint,
    f"{_LISTS}<int(max=999999999):listing>/",
    policy=Policy.MEMBER,
    needs=_CHANGE,
    methods=("POST",),
    limits=(ACTS,),
)
def change_list(language: str, organisation: str, trip: str, listing: int) -> ResponseReturnValue:
    """Rename it, let it be what was shown, or delete it."""
    page_language()
    check_button()
    shown = listing_in(request.form)
    query = query_of([*fields_of(shown), ("saved", str(listing))])
    moment = member_acts()
    this = {"trip_id": here().trip_id or abort(404), "listing_id": listing}
    try:
        match request.form.get("do", ""):
            case "rename":
                rename_listing(session(), **this, name=request.form.get("new-name", ""), moment=moment)
            case "update":
                change_listing(session(), **this, listing=shown, moment=moment)
            case "delete":
                drop_listing(session(), **this, moment=moment)
                query = query_of(fields_of(shown))
            case _:
                abort(404)
    except NotFound:
        abort(404)
    except BookingRefused as refused:
        return show_participants(language, request.form, [replace(one, at="new-name") for one in refused.problems])
    return _back(language, organisation, trip, query)


def _back(language: str, organisation: str, trip: str, query: str) -> ResponseReturnValue:
    at = url_for("organiser.participants", language=language, organisation=organisation, trip=trip)
    return redirect(f"{at}?{query}" if query else at, 303)
