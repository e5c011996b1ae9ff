"""Signing people up by hand, as when somebody calls: the sign-up form, shorter, with what would follow first; no rule about seats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.book_places import book_places
from tripkit.actions.foreseeing import Consequences, foresee
from tripkit.domain.bookings import BookingMade, BookingRequest
from tripkit.domain.places import why_not_by_hand, why_not_open
from tripkit.domain.refusals import BookingRefused, ChangeRefused, FormSentAlready, Problem
from tripkit.domain.sentences import Sentence
from tripkit.i18n import LANGUAGES
from tripkit.reads.trip_page import TripPage, trip_page_of
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.booking_acting import BOTH, CHANGE, back_to, typed_by
from tripkit.web.organiser.consequence_words import Told, in_short, made_of, one_by_one
from tripkit.web.organiser.page import ACTS, member_acts, show
from tripkit.web.routing import Policy, route
from tripkit.web.signup.countries import countries
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.page import SignupPage, field_of, in_summary, signup_page
from tripkit.web.signup.typed import TypedSignup, new_person, new_signup, plain, read_signup, to_request
from tripkit.web.signup.words import outlook_sentence

_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """What was typed. ``language``: of messages; ``accepted_by``: who accepted the terms; ``focus``: the field to start in."""

    typed: TypedSignup
    language: str
    accepted_by: str
    focus: str = ""

    def asked(self, page: TripPage) -> BookingRequest:
        """The sign-up that is asked for. The terms are those of today: that is what was spoken about."""
        return replace(to_request(self.typed, page.trip, self.language), terms_version=page.trip.terms.version)

    def looked(self) -> str:
        """What decides who gets what, as the form carries it."""
        people = [(one.segment, *sorted(one.visits.items())) for one in self.typed.people]
        return f"{people} {self.typed.together}"


@route(
    blueprint,
    "/<language>/organise/<organisation>/trips/<trip>/bookings/add/",
    policy=Policy.MEMBER,
    needs=CHANGE,
    methods=BOTH,
    limits=(ACTS,),
)
def book_by_hand(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """The form; then what would follow; then the booking."""
    page_language()
    page = trip_page_of(session(), trip_id=here().trip_id or abort(404), now=now()) or abort(404)
    if request.method != "POST":
        return _form(page, ByHand(typed=new_signup(page.trip), language=page.trip.languages[0], accepted_by=""))
    act, _, number = request.form.get("do", "").partition("-")
    removed = int(number[:4]) if act == "remove" and number.isascii() and number.isdecimal() else None
    hand = _read(page, removed)
    if act == "add" and len(hand.typed.people) < page.trip.largest_party:
        people = (*hand.typed.people, new_person(page.trip))
        typed = replace(hand.typed, people=people)
        return _form(page, replace(hand, typed=typed, focus=f"participants-{len(people) - 1}-name"))
    if act in {"add", "remove"}:
        return _form(page, replace(hand, focus="participants"))
    if not CsrfForm().is_ours():
        return _form(page, hand, (LOST_SESSION,), status=400)
    if act == "act" and request.form.get("looked") == hand.looked():
        return _book(page, hand)
    return _look(page, hand)


def _read(page: TripPage, removed: int | None) -> ByHand:
    language = request.form.get("language", "")
    return ByHand(
        typed=read_signup(request.form, page.trip, without=removed),
        language=language if language in LANGUAGES else page.trip.languages[0],
        accepted_by=plain(request.form.get("accepted_by", ""))[: 2 * _LONGEST],
    )


def _book(page: TripPage, hand: ByHand) -> ResponseReturnValue:
    try:
        made = book_places(
            session(),
            trip_id=here().trip_id or abort(404),
            request=hand.asked(page),
            moment=member_acts(),
            by=typed_by(),
            accepted_by=hand.accepted_by,
        )
    except BookingRefused as refused:
        return _form(page, hand, refused.problems)
    except (FormSentAlready, ChangeRefused) as refused:
        return _form(page, hand, (Problem("", refused.sentence),), status=409)
    return back_to(made.code, "made")


def _look(page: TripPage, hand: ByHand) -> ResponseReturnValue:
    """What would follow, told before it is done."""
    moment, by, made = member_acts(), typed_by(), list[BookingMade]()
    trip_id, asked = here().trip_id or abort(404), hand.asked(page)

    def do() -> None:
        made.append(
            book_places(session(), trip_id=trip_id, request=asked, moment=moment, by=by, accepted_by=hand.accepted_by)
        )

    try:
        follows = foresee(session(), trip_id=trip_id, booking_id=None, moment=moment, do=do)
    except BookingRefused as refused:
        return _form(page, hand, refused.problems)
    except (FormSentAlready, ChangeRefused) as refused:
        return _form(page, hand, (Problem("", refused.sentence),), status=409)
    names = [one.name for one in asked.participants]
    booking = tuple(made_of(names, made[-1].statuses)) if made else ()
    return _form(page, hand, told=replace(one_by_one(follows, page.trip), booking=booking), follows=follows)


def _form(
    page: TripPage,
    hand: ByHand,
    problems: Iterable[Problem] = (),
    *,
    status: int | None = None,
    told: Told | None = None,
    follows: Consequences | None = None,
) -> Response:
    wrong = tuple(problems)
    form = signup_page(page, hand.typed, problems=wrong, focus=hand.focus)
    shown: SignupPage = replace(form, questions=tuple(one for one in form.questions if not one.question.sensitive))
    closed: Sentence | None = why_not_by_hand(page.trip, now())
    return show(
        "organiser/by_hand.html",
        problems=[Problem(field_of(one), in_summary(one, hand.typed, page.trip)) for one in wrong],
        status=status,
        form=shown,
        hand=hand,
        closed=closed,
        not_open=None if closed else why_not_open(page.trip, now()),
        looked=hand.looked() if told is not None else "",
        told=told,
        short=in_short(follows) if follows is not None else (),
        by=typed_by(),
        countries=countries,
        outlook_sentence=outlook_sentence,
    )
