"""What is written and not published yet: the page as it will be, what it means for people, publishing it; and the versions before."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.edit_trip import go_back, publish_trip
from tripkit.actions.planned_change import planned_change
from tripkit.domain.checklist import missing
from tripkit.domain.refusals import ChangeRefused, EditedMeanwhile, PlanRefused, Problem
from tripkit.domain.trips import TripStatus
from tripkit.eventfile.document import Read, read_document
from tripkit.eventfile.errors import EventErrors
from tripkit.eventfile.plan import Edition
from tripkit.reads.preview import preview_page
from tripkit.reads.trip_document import TripDocument, trip_versions
from tripkit.reads.trip_page import any_picture
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.editing.overview import is_untranslated
from tripkit.web.organiser.editing.page import CHANGE, base_sent, found_trip, problems_of, show_editing
from tripkit.web.organiser.page import ACTS, member_acts
from tripkit.web.public.small import shown_of
from tripkit.web.public.trip import preview as written_preview
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm

_TRIP = "/<language>/organise/<organisation>/trips/<trip>/"


@route(blueprint, _TRIP + "changes/", policy=Policy.MEMBER, needs=CHANGE, methods=("GET", "POST"), limits=(ACTS,))
def changes(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """What would change for everybody, and publishing it."""
    page_language()
    found = found_trip()
    if request.method != "POST":
        return _changes(found)
    if not CsrfForm().is_ours():
        return _changes(found, problems=[LOST_SESSION])
    opens = found.trip.status is TripStatus.DRAFT
    try:
        publish_trip(
            session(), trip_id=here().trip_id or abort(404), version=base_sent(), moment=member_acts(), opens=opens
        )
    except EditedMeanwhile as again:
        return _changes(found_trip(), problems=[Problem("", again.sentence)], status=409)
    except EventErrors as errors:
        return _changes(found, problems=problems_of(errors, found, "-", ()))
    except PlanRefused as refused:
        return _changes(found, problems=[Problem("", one) for one in refused.reasons or (refused.sentence,)])
    done = "opened" if opens else "published"
    return redirect(_address("organiser.changes", done=done), 303)


def _changes(found: TripDocument, **values: Any) -> ResponseReturnValue:
    read = _read(found)
    if isinstance(read, EventErrors):
        wrong = values.pop("problems", None) or problems_of(read, found, "-", ())
        return show_editing("organiser/editing/changes.html", found, planned=None, gaps=(), problems=wrong, made_from=0)
    before = Edition(organisation=found.organisation, trip=found.trip, pictures={})
    after = Edition(organisation=found.organisation, trip=read.trip, pictures={})
    planned = planned_change(session(), here().trip_id or abort(404), before, after)
    texts = sum(is_untranslated(warning) for warning in read.warnings)
    return show_editing(
        "organiser/editing/changes.html",
        found,
        planned=planned,
        gaps=tuple(missing(read.trip, untranslated=texts, now=now())),
        made_from=found.version,
        **values,
    )


def _read(found: TripDocument) -> Read | EventErrors:
    try:
        return read_document(found.document, found.organisation, found.pictures)
    except EventErrors as errors:
        return errors


@route(blueprint, _TRIP + "preview/", policy=Policy.MEMBER, needs=CHANGE)
def preview(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """The trip's page as it would be if what is written were published."""
    page_language()
    read = _read(found_trip())
    if isinstance(read, EventErrors):
        return redirect(_address("organiser.edit"), 303)
    page = preview_page(session(), trip_id=here().trip_id or abort(404), trip=read.trip, now=now())
    return written_preview(page or abort(404), "organiser.picture")


@route(blueprint, "/organise/<organisation>/trips/<trip>/pictures/<name>", policy=Policy.MEMBER, needs=CHANGE)
def picture(organisation: str, trip: str, name: str) -> Response:
    """A picture of the trip, also one that nobody else sees yet."""
    found = any_picture(session(), trip_id=here().trip_id or abort(404), name=name)
    return shown_of(found or abort(404))


@route(blueprint, _TRIP + "versions/", policy=Policy.MEMBER, needs=CHANGE, methods=("GET", "POST"), limits=(ACTS,))
def versions(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """The versions that are kept; writing the trip as it was in one of them."""
    page_language()
    problems: list[Problem] = []
    if request.method == "POST":
        number = whole(request.form.get("version", ""))
        try:
            if not CsrfForm().is_ours():
                problems = [LOST_SESSION]
            else:
                go_back(session(), trip_id=here().trip_id or abort(404), to=number or abort(400), moment=member_acts())
                return redirect(_address("organiser.changes", done="back"), 303)
        except EventErrors as errors:
            problems = problems_of(errors, found_trip(), "-", ())
        except PlanRefused as refused:
            problems = [Problem("", one) for one in refused.reasons or (refused.sentence,)]
        except (ChangeRefused, EditedMeanwhile) as refused:
            problems = [Problem("", refused.sentence)]
    kept = trip_versions(session(), here().trip_id or abort(404))
    return show_editing("organiser/editing/versions.html", found_trip(), versions=kept, problems=problems)


def _address(endpoint: str, **values: Any) -> str:
    place = here()
    where: dict[str, Any] = {"organisation": place.organisation_key, "trip": place.trip_key}
    return url_for(endpoint, language=page_language(), **where, **values)
