"""Who comes on a trip as a file for a spreadsheet: fetched with a button, since that it was is noted."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask import Response, abort, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.take_out_participants import TakenOut, take_out_participants
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.domain.texts import Text, in_language
from tripkit.i18n import say
from tripkit.papers.tables import csv_of
from tripkit.web.account.my_data import STATES
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.limits import Limit
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import account, member_acts
from tripkit.web.organiser.participants import SEE, sought_in
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import check_button

HEADING = (
    sentence("Booking"),
    sentence("Name"),
    sentence("E-mail"),
    sentence("Telephone"),
    sentence("Workplace"),
    sentence("Group"),
    sentence("How it stands"),
    sentence("Position in the queue"),
    sentence("Visits"),
    sentence("Signed up"),
)
_FILES = Limit("lists of participants taken out by one member", 20, 600, account)


@route(
    blueprint,
    "/<language>/organise/<organisation>/trips/<trip>/participants/file/",
    policy=Policy.MEMBER,
    needs=SEE,
    methods=("POST",),
    limits=(_FILES,),
)
def participants_file(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """Those who are looked for, as CSV."""
    page_language()
    check_button()
    try:
        taken = take_out_participants(
            session(), trip_id=here().trip_id or abort(404), sought=sought_in(request.form), moment=member_acts()
        )
    except NotFound:
        abort(404)
    except ChangeRefused:
        # The list says what has become of them.
        return redirect(url_for("organiser.participants", language=language, organisation=organisation, trip=trip), 303)
    heading = [say(one, language) for one in HEADING]
    answer = Response(
        stream_with_context(csv_of(heading, _rows(taken, language))), content_type="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{trip}-{now().date().isoformat()}.csv"'
    return answer


def _rows(taken: TakenOut, language: str) -> Iterator[tuple[str, ...]]:
    trip = taken.trip
    zone = ZoneInfo(trip.time_zone)

    def text(value: Text | None, instead: str) -> str:
        return in_language(value, language, trip.languages)[0] if value else instead

    groups = {segment.key: segment.name for segment in trip.segments}
    titles = {item.key: item.title for item in trip.programme}
    states = {state: say(words, language) for state, words in STATES.items()}
    for one in taken.participants:
        yield (
            one.code,
            one.name,
            one.email,
            one.phone,
            one.organisation,
            text(groups.get(one.segment), one.segment),
            states[one.status],
            str(one.position or ""),
            ", ".join(text(titles.get(key), key) for key in one.visits),
            f"{one.booked_at.astimezone(zone):%Y-%m-%d %H:%M}",
        )
