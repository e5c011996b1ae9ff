"""Who is meant by a `Sought`, as conditions on participants: one way for lists, files and letters; no list is read here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Exists, String, and_, cast, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from tripkit.domain.questions import Condition, Question, QuestionKind
from tripkit.domain.seats import PoolKind
from tripkit.domain.sought import LONGEST_SEARCH, AnswerHow, AnswerSought, MailFate, Sought, VisitHow, VisitSought
from tripkit.domain.trips import Trip
from tripkit.storage.bookings import AnswerRow, BookingRow, ClaimRow, ParticipantRow, PoolRow, WaitingRow
from tripkit.storage.folding import Folded, fold
from tripkit.storage.outbox import OutboxRow

TripId = int | InstrumentedAttribute[int]
"""Of the trip they are on: known, or told by their own row."""
_MOST_WORDS = 8
_Booking = aliased(BookingRow)
"""The booking of a participant: another name, since a letter looks for bookings by whom they hold."""


def are(sought: Sought, trip_id: TripId, trip: Trip) -> Iterator[ColumnElement[bool]]:
    """What is true of each participant who is meant. What cannot be asked for any more is true of nobody.

    A question that is gone, or has become sensitive, leaves nobody: a letter must not reach more people than were meant.
    """
    if sought.states:
        yield ParticipantRow.status.in_(sought.states)
    if sought.segments:
        yield ParticipantRow.segment.in_(sought.segments)
    yield from (_stands_to(one, trip_id) for one in sought.visits)
    yield from (_has_answered(one, trip) for one in sought.answers)
    if of_booking := list(_of_booking(sought, trip)):
        # The trip is said of both: else the bookings of all trips are read to find those of this one.
        yield exists().where(_Booking.id == ParticipantRow.booking_id, _Booking.trip_id == trip_id, *of_booking)
    if sought.mail is not None:
        yield _latest_message(sought.mail)
    if sought.in_company:
        other = aliased(ParticipantRow)
        yield exists().where(other.booking_id == ParticipantRow.booking_id, other.id != ParticipantRow.id)


def _of_booking(sought: Sought, trip: Trip) -> Iterator[ColumnElement[bool]]:
    yield from _have(fold(sought.words[:LONGEST_SEARCH]).split()[:_MOST_WORDS])
    if sought.workplace:
        yield Folded(_Booking.organisation).contains(fold(sought.workplace[:LONGEST_SEARCH]), autoescape=True)
    zone = ZoneInfo(trip.time_zone)
    if sought.since is not None:
        yield _Booking.booked_at >= _begins(sought.since, zone)
    if sought.before is not None:
        yield _Booking.booked_at < _begins(sought.before, zone)


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _have(words: Iterable[str]) -> Iterator[ColumnElement[bool]]:
    """That each of these is somewhere in what is searched. What is found in the name is not looked for elsewhere."""
    texts = (ParticipantRow.name, _Booking.code, _Booking.organisation, _Booking.contact_email, ParticipantRow.email)
    for word in words:
        # No sign that LIKE reads means anything in it.
        yield or_(*(Folded(func.coalesce(text, "")).contains(word, autoescape=True) for text in texts))


def _stands_to(wanted: VisitSought, trip_id: TripId) -> ColumnElement[bool]:
    of_visit = [PoolRow.key.in_(wanted.visits)] if wanted.visits else []
    pool = and_(PoolRow.id == ClaimRow.pool_id, PoolRow.trip_id == trip_id, PoolRow.kind == PoolKind.ITEM, *of_visit)
    holds = select(ClaimRow.id).join(PoolRow, pool).where(ClaimRow.participant_id == ParticipantRow.id)
    queue = WaitingRow.item.in_(wanted.visits) if wanted.visits else WaitingRow.item != ""
    waits = exists().where(WaitingRow.participant_id == ParticipantRow.id, queue)
    ways: dict[VisitHow, Callable[[], ColumnElement[bool]]] = {
        VisitHow.EITHER: lambda: or_(holds.exists(), waits),
        VisitHow.PLACE: lambda: holds.where(ClaimRow.offer_id.is_(None)).exists(),
        VisitHow.WAITS: lambda: waits,
        VisitHow.NONE: lambda: ~or_(holds.exists(), waits),
    }
    return ways[wanted.how]()


def to_ask_for(trip: Trip) -> tuple[Question, ...]:
    """The questions whose answers people may be chosen by: none about health, diet or belief."""
    return tuple(question for question in trip.questions if not question.sensitive)


def _has_answered(wanted: AnswerSought, trip: Trip) -> ColumnElement[bool]:
    if not wanted.questions:
        needed = [one for one in trip.questions if one.required and _can_be_told(one, trip)]
        return or_(false(), *(_has_not_answered(one, trip) for one in needed))
    if wanted.how is AnswerHow.MISSING:
        open_ones = [one for one in trip.questions if one.key in wanted.questions and _can_be_told(one, trip)]
        return or_(false(), *(_has_not_answered(one, trip) for one in open_ones))
    asked = [question for question in to_ask_for(trip) if question.key in wanted.questions]
    if wanted.how is AnswerHow.GIVEN:
        return or_(false(), *(_answered(one.key) for one in asked))
    return or_(false(), *(_chose(one, wanted.answer) for one in asked))


def _answered(question: str, *how: ColumnElement[bool]) -> Exists:
    return exists().where(AnswerRow.participant_id == ParticipantRow.id, AnswerRow.question == question, *how)


def _can_be_told(question: Question, trip: Trip) -> bool:
    """Whether it can be told who is asked this: not when that follows from an answer that is sealed."""
    if question.when is None:
        return True
    return any(one.key == question.when.question for one in to_ask_for(trip))


def _has_not_answered(question: Question, trip: Trip) -> ColumnElement[bool]:
    missing: ColumnElement[bool] = ~_answered(question.key)
    if question.segments:
        missing = and_(ParticipantRow.segment.in_(question.segments), missing)
    return missing if question.when is None else and_(missing, _comes_true(question.when, trip))


def _comes_true(condition: Condition, trip: Trip) -> ColumnElement[bool]:
    before = [one for one in trip.questions if one.key == condition.question]
    return or_(false(), *(_chose(one, answer) for one in before for answer in condition.answers))


def _chose(question: Question, answer: str) -> ColumnElement[bool]:
    """Whether this is what they chose. Answers are kept as JSON, which both databases give back as it was written."""
    kept = cast(AnswerRow.value, String)
    match question.kind:
        case QuestionKind.YES_NO:
            return _answered(question.key, kept == json.dumps(answer == "yes"))
        case QuestionKind.ONE_OF:
            return _answered(question.key, kept == json.dumps(answer))
        case QuestionKind.MANY_OF:
            return _answered(question.key, kept.contains(json.dumps(answer), autoescape=True))
    return false()


def _latest_message(fate: MailFate) -> ColumnElement[bool]:
    later = aliased(OutboxRow)
    latest = select(func.max(later.id)).where(later.booking_id == ParticipantRow.booking_id)
    return exists().where(OutboxRow.id == latest.correlate(ParticipantRow).scalar_subquery(), has_fate(fate))


def has_fate(fate: MailFate) -> ColumnElement[bool]:
    """Whether this is what became of a message."""
    came_back = OutboxRow.bounced_at.is_not(None)
    return {
        MailFate.BOUNCED: came_back,
        MailFate.SENT: and_(OutboxRow.state == "sent", ~came_back),
        MailFate.UNDELIVERED: and_(OutboxRow.state == "dead", ~came_back),
        MailFate.WAITING: and_(OutboxRow.state.in_(("waiting", "held", "paused")), ~came_back),
    }[fate]
