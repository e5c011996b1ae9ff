"""A list of participants as fields of an address or a form, there and back; no page, and nothing is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from flask import abort
from werkzeug.datastructures import MultiDict

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.listings import USUAL, Listing, Order
from tripkit.domain.sought import (
    LONGEST_SEARCH,
    AnswerHow,
    AnswerSought,
    MailFate,
    Sought,
    VisitHow,
    VisitSought,
)

Fields = MultiDict[str, str]
Pairs = tuple[tuple[str, str], ...]
_Word = TypeVar("_Word", bound=StrEnum)
ANSWER = "answer."
"""What the field of a question begins with; its key follows. Its value: ``given``, ``missing``, or ``is.`` and an answer."""
_IS = f"{AnswerHow.IS}."


def listing_in(sent: Fields) -> Listing:
    """The list that an address or a form says. 404 for a word that there is not; a day that is none is left out."""
    states = tuple(one for one in (_word(ParticipantStatus, sent_state) for sent_state in _some(sent, "state")) if one)
    sought = Sought(
        words=_line(sent, "words"),
        states=states,
        segments=tuple(_some(sent, "segment")),
        visits=tuple(_visits(sent)),
        answers=tuple(_answers(sent)),
        workplace=_line(sent, "workplace"),
        mail=_word(MailFate, _line(sent, "mail")),
        since=day_in(sent, "since"),
        before=day_in(sent, "before"),
        in_company=bool(_line(sent, "company")),
    )
    order = _word(Order, _line(sent, "order")) or Order.NAME
    return Listing(sought=sought, order=order, columns=tuple(_some(sent, "column")) or USUAL)


def fields_of(listing: Listing) -> Pairs:
    """The same as fields, without those that say nothing."""
    return tuple(_fields(listing))


def query_of(pairs: Iterable[tuple[str, str]]) -> str:
    """Fields as the end of an address."""
    return urlencode(list(pairs))


def wrong_days(sent: Fields) -> Iterator[str]:
    """Names of fields with something in them that is no day."""
    return (name for name in ("since", "before") if _line(sent, name) and day_in(sent, name) is None)


def day_in(sent: Fields, name: str) -> date | None:
    """The day in a field, None where there is none."""
    try:
        return date.fromisoformat(_line(sent, name))
    except ValueError:
        return None


def _line(sent: Fields, name: str) -> str:
    return " ".join(sent.get(name, "").replace("\0", "").split())[:LONGEST_SEARCH]


def _some(sent: Fields, name: str) -> Iterator[str]:
    return iter(dict.fromkeys(one for one in (raw.replace("\0", "").strip() for raw in sent.getlist(name)) if one))


def _word(words: type[_Word], sent: str) -> _Word | None:
    if sent and sent not in set(words):
        abort(404)
    return words(sent) if sent else None


def _visits(sent: Fields) -> Iterator[VisitSought]:
    visit, how = _line(sent, "visit"), _word(VisitHow, _line(sent, "how"))
    if visit or how:
        yield VisitSought(visits=(visit,) if visit else (), how=how or VisitHow.EITHER)


def _answers(sent: Fields) -> Iterator[AnswerSought]:
    if _line(sent, "unanswered"):
        yield AnswerSought()
    for name in dict.fromkeys(sent):
        value = _line(sent, name)
        if not name.startswith(ANSWER) or not value:
            continue
        question = (name.removeprefix(ANSWER).replace("\0", ""),)
        if value.startswith(_IS):
            yield AnswerSought(questions=question, how=AnswerHow.IS, answer=value.removeprefix(_IS))
        else:
            yield AnswerSought(questions=question, how=_word(AnswerHow, value) or AnswerHow.GIVEN)


def _fields(listing: Listing) -> Iterator[tuple[str, str]]:
    sought = listing.sought
    single = {
        "words": sought.words,
        "workplace": sought.workplace,
        "mail": sought.mail or "",
        "since": sought.since.isoformat() if sought.since else "",
        "before": sought.before.isoformat() if sought.before else "",
        "company": "1" if sought.in_company else "",
    }
    yield from ((name, str(value)) for name, value in single.items() if value)
    yield from (("state", state.value) for state in sought.states)
    yield from (("segment", segment) for segment in sought.segments)
    for one in sought.visits:
        yield from (("visit", visit) for visit in one.visits)
        if one.how is not VisitHow.EITHER or not one.visits:
            yield "how", one.how.value
    for wanted in sought.answers:
        yield from answer_fields(wanted)
    if listing.order is not Order.NAME:
        yield "order", listing.order.value
    if listing.columns != USUAL:
        yield from (("column", column) for column in listing.columns)


def answer_fields(wanted: AnswerSought) -> Iterator[tuple[str, str]]:
    """The field of what is asked of one question, or of all that have to be answered."""
    if not wanted.questions:
        yield "unanswered", "1"
    for question in wanted.questions:
        yield f"{ANSWER}{question}", f"{_IS}{wanted.answer}" if wanted.how is AnswerHow.IS else wanted.how.value
