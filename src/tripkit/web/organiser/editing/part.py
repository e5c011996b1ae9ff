"""A part of the trip itself, changed with one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.add_picture import add_picture
from tripkit.actions.edit_trip import edit_trip
from tripkit.domain.refusals import ChangeRefused, EditedMeanwhile, PictureRefused, PlanRefused, Problem
from tripkit.eventfile.as_written import Written
from tripkit.eventfile.errors import EventErrors
from tripkit.reads.trip_document import TripDocument
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.editing.fields import Kind
from tripkit.web.organiser.editing.forms import named, put, read
from tripkit.web.organiser.editing.page import (
    CHANGE,
    base_sent,
    clashes_of,
    filled_sent,
    found_trip,
    languages_of,
    parts_of,
    problems_of,
    read_sent,
    show_form,
)
from tripkit.web.organiser.editing.parts import PARTS_BY_KEY, TRAVEL, Part
from tripkit.web.organiser.page import ACTS, member_acts
from tripkit.web.routing import Policy, route
from tripkit.web.security import LARGEST_UPLOAD
from tripkit.web.signup.csrf import CsrfForm


@route(
    blueprint,
    "/<language>/organise/<organisation>/trips/<trip>/edit/<part>/",
    policy=Policy.MEMBER,
    needs=CHANGE,
    methods=("GET", "POST"),
    limits=(ACTS,),
    room=LARGEST_UPLOAD,
)
def edit_part(language: str, organisation: str, trip: str, part: str) -> ResponseReturnValue:
    """The form, and what it says written down."""
    page_language()
    one, found = PARTS_BY_KEY.get(part) or abort(404), found_trip()
    if one not in parts_of(found):
        abort(404)
    if request.method != "POST":
        return _form(one, found)
    if not CsrfForm().is_ours():
        return _form(one, found, typed=filled_sent(), problems=[LOST_SESSION])
    if request.form.get("do") == "rows":
        return _form(one, found, typed=filled_sent(), base=base_sent())
    form = read_sent(languages_of(found))
    values, problems = read(one.fields, form), form.problems
    problems += take_picture(one.fields, values)
    if problems:
        return _form(one, found, typed=filled_sent(), base=base_sent(), problems=problems)
    try:
        edited = edit_trip(
            session(),
            trip_id=here().trip_id or abort(404),
            base=base_sent(),
            change=_change(one, values),
            moment=member_acts(),
        )
    except EventErrors as errors:
        place = "travel" if one is TRAVEL else "trip"
        return _form(
            one, found, typed=filled_sent(), base=base_sent(), problems=problems_of(errors, found, place, one.fields)
        )
    except EditedMeanwhile as clash:
        newest = found_trip()
        problems = clashes_of(clash, newest, "trip", one.fields)
        return _form(one, newest, typed=filled_sent(), base=clash.version, problems=problems, status=409)
    except PlanRefused as refused:
        problems = [Problem("", reason) for reason in refused.reasons or (refused.sentence,)]
        return _form(one, found, typed=filled_sent(), base=base_sent(), problems=problems)
    except ChangeRefused as refused:
        return _form(one, found_trip(), typed=filled_sent(), problems=[Problem("", refused.sentence)])
    return redirect(
        url_for(
            "organiser.edit",
            language=language,
            organisation=organisation,
            trip=trip,
            done="saved" if edited.changed else "same",
        ),
        303,
    )


def take_picture(fields: Any, values: dict[str, Any]) -> list[Problem]:
    """Keep pictures that were sent with a form, and name them in ``values``; what is wrong with them."""
    problems = []
    for one in fields:
        if one.kind is not Kind.PICTURE:
            continue
        file = request.files.get(f"{named(one.path)}-file")
        if file is None or not file.filename:
            continue
        try:
            values[one.path] = add_picture(
                session(),
                trip_id=here().trip_id or abort(404),
                data=file.stream.read(LARGEST_UPLOAD),
                moment=member_acts(),
            )
        except PictureRefused as refused:
            problems.append(Problem(named(one.path), refused.sentence))
    return problems


def _change(one: Part, values: Mapping[str, Any]) -> Callable[[Written], Written]:
    if one is TRAVEL:
        legs = [_leg(row) for row in values["travel"] or ()]
        return lambda document: put(document, {"travel": legs or None})
    return lambda document: {**document, "trip": put(document["trip"], values)}


def _leg(row: Written) -> Written:
    return {"between": [row.get("one"), row.get("other")], "minutes": row.get("minutes")}


def _form(one: Part, found: TripDocument, **values: Any) -> ResponseReturnValue:
    thing = found.document["trip"]
    if one is TRAVEL:
        legs = found.document.get("travel", ())
        thing = {
            "travel": [
                {"one": leg["between"][0], "other": leg["between"][1], "minutes": leg["minutes"]} for leg in legs
            ]
        }
    return show_form("organiser/editing/part.html", found, one.fields, thing, part=one, **values)
