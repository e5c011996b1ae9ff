"""Who comes on a trip as a file for a spreadsheet: fetched with a button, since that it was is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Response, abort, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.take_out_participants import TakenOut, take_out_participants
from tripkit.domain.listings import ANSWER, Column
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.domain.texts import in_language
from tripkit.i18n import say, show
from tripkit.papers.spreadsheets import Cell, xlsx_of
from tripkit.papers.tables import csv_of
from tripkit.reads.participant_rows import Participant
from tripkit.web.account.my_data import STATES
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.limits import Limit
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.listing_fields import listing_in
from tripkit.web.organiser.listing_words import FATES, heading
from tripkit.web.organiser.page import account, member_acts
from tripkit.web.organiser.participants import SEE, answer_in_words, sees_money
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import check_button

NAME, POSITION, BOOKING = sentence("Name"), sentence("Position in the queue"), sentence("Booking")
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
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
    """Those who are looked for, with the columns that are shown, as CSV or as a workbook."""
    page_language()
    check_button()
    kind = request.form.get("as", "csv")
    if kind not in KINDS:
        abort(404)
    try:
        taken = take_out_participants(
            session(),
            trip_id=here().trip_id or abort(404),
            listing=listing_in(request.form),
            with_money=sees_money(),
            moment=member_acts(),
        )
    except NotFound:
        abort(404)
    except ChangeRefused:
        # The list says what has become of them.
        return redirect(url_for("organiser.participants", language=language, organisation=organisation, trip=trip), 303)
    columns = _columns(taken, language)
    names = [name for name, _ in columns]
    rows = ([tell(one) for _, tell in columns] for one in taken.participants)
    pieces = csv_of(names, _as_text(rows)) if kind == "csv" else xlsx_of(trip, names, rows)
    answer = Response(stream_with_context(pieces), content_type=KINDS[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{trip}-{now().date().isoformat()}.{kind}"'
    return answer


def _as_text(rows: Iterator[list[Cell]]) -> Iterator[list[str]]:
    return ([str(cell) for cell in row] for row in rows)


_Tell = Callable[[Participant], Cell]


def _columns(taken: TakenOut, language: str) -> list[tuple[str, _Tell]]:
    """What stands above each column, and what in it of each participant."""
    told = _tellers(taken, language)
    trip = taken.trip
    found: list[tuple[str, _Tell]] = [(say(NAME, language), lambda one: one.name)]
    for column in taken.listing.columns:
        above = heading(column, trip)
        name = show(above, language)
        found.append((name, told[column] if column in told else _answers(taken, column, language)))
        if column == Column.STATE:
            found.append((say(POSITION, language), lambda one: one.position or ""))
    return [*found, (say(BOOKING, language), lambda one: one.code)]


def _tellers(taken: TakenOut, language: str) -> dict[str, _Tell]:
    trip = taken.trip
    zone = ZoneInfo(trip.time_zone)
    groups = {one.key: in_language(one.name, language, trip.languages)[0] for one in trip.segments}
    titles = {item.key: in_language(item.title, language, trip.languages)[0] for item in trip.programme}
    states = {state: say(words, language) for state, words in STATES.items()}
    fates = {fate: say(words, language) for fate, words in FATES.items()}
    return {
        Column.EMAIL: lambda one: one.email,
        Column.PHONE: lambda one: one.phone,
        Column.WORKPLACE: lambda one: one.organisation,
        Column.SEGMENT: lambda one: groups.get(one.segment, one.segment),
        Column.VISITS: lambda one: ", ".join(titles.get(key, key) for key in one.visits),
        Column.PARTY: lambda one: one.party,
        Column.PRICE: lambda one: Decimal(one.price.net.minor) / 100,
        Column.BOOKED: lambda one: f"{one.booked_at.astimezone(zone):%Y-%m-%d %H:%M}",
        Column.MAIL: lambda one: fates[one.mail] if one.mail else "",
        Column.STATE: lambda one: states[one.status],
    }


def _answers(taken: TakenOut, column: str, language: str) -> _Tell:
    assert column.startswith(ANSWER)

    def tell(one: Participant) -> Cell:
        parts = answer_in_words(taken.trip, one.answers, column, language)
        return ", ".join(show(part, language) for part in parts)

    return tell
