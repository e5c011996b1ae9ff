"""Who comes on a trip: the list, searched, narrowed down, in order and with columns by its address alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.domain.listings import ANSWER, Listing, without_words
from tripkit.domain.questions import Answers
from tripkit.domain.refusals import Problem
from tripkit.domain.rights import MONEY, PARTICIPANTS, Level
from tripkit.domain.sentences import Sentence
from tripkit.domain.sought import LONGEST_SEARCH, AnswerHow, Sought
from tripkit.domain.texts import Text
from tripkit.domain.trips import Trip
from tripkit.reads.participants import ParticipantsPage, participants_page, visits_to_choose
from tripkit.reads.sought import to_ask_for
from tripkit.web.account.my_data import STATES
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.mybooking.receipt import in_words
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.listing_fields import Fields, Pairs, fields_of, listing_in, query_of, wrong_days
from tripkit.web.organiser.listing_words import FATES, HOW, ORDERS, STARTERS, answers_to, chips, heading
from tripkit.web.organiser.page import show
from tripkit.web.routing import Need, Policy, route

SEE = Need(PARTICIPANTS, Level.SEE)


@route(blueprint, "/<language>/organise/<organisation>/trips/<trip>/participants/", policy=Policy.MEMBER, needs=SEE)
def participants(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """A page of those who are looked for."""
    return show_participants(language, request.args)


def show_participants(language: str, sent: Fields, problems: Sequence[Problem] = ()) -> Response:
    """A page of the list that an address or a form says. ``problems``: with the form that was sent."""
    page_language()
    number = whole(sent.get("page", "1")) or abort(404)
    page = participants_page(
        session(),
        trip_id=here().trip_id or abort(404),
        listing=listing_in(sent),
        page=number,
        with_money=sees_money(),
    )
    if page is None or number > page.pages:
        abort(404)
    plan = page.trip
    return show(
        "organiser/participants.html",
        problems=problems,
        page=page,
        trip=plan,
        **_what_is_shown(page, sent),
        **_what_there_is(page.listing, plan),
        columns=[(one, heading(one, plan)) for one in page.columns],
        answered=lambda person, column: answer_in_words(plan, person.answers, column, language),
        local=lambda at: at.astimezone(ZoneInfo(plan.time_zone)).date(),
        longest=LONGEST_SEARCH,
        may_change=here().rights.may(PARTICIPANTS, Level.CHANGE),
    )


def _what_is_shown(page: ParticipantsPage, sent: Fields) -> dict[str, Any]:
    """What the list is narrowed down by, and which of those that are kept it is."""
    listing = page.listing
    saved = next((one for one in page.kept if str(one.id) == sent.get("saved")), None)
    open_one = (("saved", str(saved.id)),) if saved else ()
    return {
        "sought": listing.sought,
        "listing": listing,
        "as_sent": fields_of(listing),
        "query": query_of(fields_of(listing) + open_one),
        "chips": [(one.says, query_without(listing, one.without, open_one)) for one in chips(listing, page.trip)],
        "wrong_days": {name: sent[name] for name in wrong_days(sent)},
        "heads": {one: heading(one, page.trip) for one in listing.columns},
        "starters": [(name, query_of(fields_of(one)), not saved and one == listing) for name, one in STARTERS],
        "kept": [(one, query_of([*fields_of(one.listing), ("saved", str(one.id))])) for one in page.kept],
        "saved": saved,
        "is_changed": saved is not None and saved.listing != without_words(listing),
        "typed": sent.get("name", "") or sent.get("new-name", ""),
    }


def _what_there_is(listing: Listing, plan: Trip) -> dict[str, Any]:
    """Everything it can be narrowed down by, in words."""
    return {
        "states": STATES,
        "titles_of": {item.key: item.title for item in plan.programme},
        "groups": {segment.key: segment.name for segment in plan.segments},
        "visits": tuple(visits_to_choose(plan)),
        "hows": HOW,
        "fates": FATES,
        "orders": ORDERS,
        "questions": [(one, answers_to(one), _asked(listing, one.key)) for one in to_ask_for(plan)],
    }


def sees_money() -> bool:
    """Whether who asks sees prices here."""
    return here().rights.may(MONEY, Level.SEE)


def query_without(listing: Listing, sought: Sought, more: Pairs) -> str:
    """The same list with something else looked for, as the end of an address."""
    return query_of(fields_of(replace(listing, sought=sought)) + more)


def _asked(listing: Listing, question: str) -> str:
    """What is looked for of a question, as its field says it."""
    for one in listing.sought.answers:
        if question in one.questions:
            return f"is.{one.answer}" if one.how is AnswerHow.IS else one.how.value
    return ""


def answer_in_words(trip: Trip, answers: Answers, column: str, language: str) -> tuple[Text | str | Sentence, ...]:
    """What somebody answered, part by part, for the column of a question."""
    key = column.removeprefix(ANSWER)
    given = answers.get(key)
    asked = next(one for one in trip.questions if one.key == key)
    return () if given is None else in_words(asked, given, language)
