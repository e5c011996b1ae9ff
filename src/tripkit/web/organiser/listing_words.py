"""What a list of participants is called in words: its columns, and each thing it is narrowed down by; no address is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.listings import ANSWER, Column, Listing, Order
from tripkit.domain.questions import Question, QuestionKind
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.sought import AnswerHow, AnswerSought, MailFate, Sought, VisitHow, VisitSought
from tripkit.domain.texts import Text
from tripkit.domain.trips import Trip
from tripkit.web.account.my_data import STATES

ORDERS = {
    Order.NAME: sentence("By name"),
    Order.WORKPLACE: sentence("By workplace"),
    Order.CAME: sentence("First come first"),
    Order.LATEST: sentence("Latest first"),
}
HOW = {
    VisitHow.PLACE: sentence("has a place"),
    VisitHow.WAITS: sentence("waits for a place"),
    VisitHow.NONE: sentence("neither has one nor waits"),
}
FATES = {
    MailFate.WAITING: sentence("on its way"),
    MailFate.SENT: sentence("sent"),
    MailFate.UNDELIVERED: sentence("could not be delivered"),
    MailFate.BOUNCED: sentence("came back"),
}
COLUMNS = {
    Column.EMAIL: sentence("E-mail"),
    Column.PHONE: sentence("Telephone"),
    Column.WORKPLACE: sentence("Workplace"),
    Column.SEGMENT: sentence("Group"),
    Column.VISITS: sentence("Visits"),
    Column.PARTY: sentence("People in the booking"),
    Column.PRICE: sentence("Price without VAT"),
    Column.BOOKED: sentence("Signed up"),
    Column.MAIL: sentence("Latest message"),
    Column.STATE: sentence("How it stands"),
}
STARTERS = (
    (sentence("Everybody"), Listing()),
    (sentence("Waiting"), Listing(sought=Sought(states=(ParticipantStatus.WAITING,)))),
    (
        sentence("Not answered"),
        Listing(
            sought=Sought(
                states=tuple(one for one in ParticipantStatus if one is not ParticipantStatus.CANCELLED),
                answers=(AnswerSought(),),
            )
        ),
    ),
)
"""Lists that are always there."""
YES, NO = sentence("Yes"), sentence("No")
_ANY_VISIT = {
    VisitHow.EITHER: sentence("Has a visit or waits for one"),
    VisitHow.PLACE: sentence("Has a place on a visit"),
    VisitHow.WAITS: sentence("Waits for a visit"),
    VisitHow.NONE: sentence("Has no visit"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing a list is narrowed down by, and what is looked for without it."""

    says: Sentence
    without: Sought


def heading(column: str, trip: Trip) -> Sentence | Text:
    """What stands above a column."""
    if column.startswith(ANSWER):
        key = column.removeprefix(ANSWER)
        return next(one.name for one in trip.questions if one.key == key)
    return COLUMNS[Column(column)]


def answers_to(question: Question) -> tuple[tuple[str, Sentence | Text], ...]:
    """The answers one can choose, by how they are written in an address; none where people write what they like."""
    if question.kind is QuestionKind.YES_NO:
        return (("yes", YES), ("no", NO))
    return tuple((option.key, option.name) for option in question.options)


def chips(listing: Listing, trip: Trip) -> Iterator[Chip]:
    """Everything it is narrowed down by, each with the way to be rid of it."""
    sought = listing.sought
    if sought.words:
        yield Chip(sentence("“{words}”", words=sought.words), replace(sought, words=""))
    for state in sought.states:
        left = tuple(one for one in sought.states if one is not state)
        yield Chip(STATES[state], replace(sought, states=left))
    groups = {segment.key: segment.name for segment in trip.segments}
    for key in sought.segments:
        left_groups = tuple(one for one in sought.segments if one != key)
        yield Chip(sentence("Group: {name}", name=groups.get(key, key)), replace(sought, segments=left_groups))
    for visit in sought.visits:
        yield Chip(_visit(visit, trip), replace(sought, visits=tuple(one for one in sought.visits if one != visit)))
    for wanted in sought.answers:
        left_answers = tuple(one for one in sought.answers if one != wanted)
        yield Chip(_answer(wanted, trip), replace(sought, answers=left_answers))
    yield from _of_booking(sought)


def _of_booking(sought: Sought) -> Iterator[Chip]:
    if sought.workplace:
        yield Chip(sentence("Workplace: {name}", name=sought.workplace), replace(sought, workplace=""))
    if sought.mail is not None:
        yield Chip(sentence("Latest message: {fate}", fate=FATES[sought.mail]), replace(sought, mail=None))
    if sought.since is not None:
        yield Chip(sentence("Signed up since {day}", day=sought.since.isoformat()), replace(sought, since=None))
    if sought.before is not None:
        yield Chip(sentence("Signed up before {day}", day=sought.before.isoformat()), replace(sought, before=None))
    if sought.in_company:
        yield Chip(sentence("Signed up with others"), replace(sought, in_company=False))


def _visit(wanted: VisitSought, trip: Trip) -> Sentence:
    if not wanted.visits:
        return _ANY_VISIT[wanted.how]
    titles = {item.key: item.title for item in trip.programme}
    name = titles.get(wanted.visits[0], wanted.visits[0])
    if wanted.how is VisitHow.EITHER:
        return sentence("Visit: {name}", name=name)
    return sentence("{name}: {how}", name=name, how=HOW[wanted.how])


def _answer(wanted: AnswerSought, trip: Trip) -> Sentence:
    if not wanted.questions:
        return sentence("An answer is missing")
    found = next((one for one in trip.questions if one.key == wanted.questions[0]), None)
    name: object = found.name if found else wanted.questions[0]
    if wanted.how is AnswerHow.MISSING:
        return sentence("“{question}”: no answer", question=name)
    if wanted.how is AnswerHow.GIVEN:
        return sentence("“{question}”: answered", question=name)
    answers = dict(answers_to(found)) if found else {}
    return sentence("“{question}”: {answer}", question=name, answer=answers.get(wanted.answer, wanted.answer))
