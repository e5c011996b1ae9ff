"""Looking at answers about health and diet: for whose role shows them, with a reason, and never without an entry in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from tripkit.actions.recording import audit
from tripkit.actions.sealed_answers import opened
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.questions import Answer, Question
from tripkit.domain.refusals import BookingRefused, ChangeRefused, NotFound
from tripkit.domain.rights import SENSITIVE, Level, Rights
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_text
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import write
from tripkit.storage.bookings import AnswerRow, BookingRow, ParticipantRow
from tripkit.storage.sealing import Locked
from tripkit.storage.trips import TripRow

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveAnswer:
    """One answer. ``question``: None = the trip asks it no more. ``is_locked``: it is sealed with a key that is not here."""

    key: str
    question: Question | None
    answer: Answer
    is_locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveAnswers:
    """What one participant answered. ``code``: of their booking."""

    participant_id: int
    name: str
    segment: str
    code: str
    answers: tuple[SensitiveAnswer, ...]


def read_sensitive(
    session: AnySession,
    *,
    rights: Rights,
    trip_id: int,
    participant_id: int | None = None,
    code: str | None = None,
    reason: str,
    moment: Moment,
) -> tuple[SensitiveAnswers, ...]:
    """The sensitive answers of those who travel, or wait; of one person, or one booking, whether they travel or not.

    ``participant_id``, ``code`` (of a booking): only these, None = of the whole trip.
    ``rights``: of who looks, for this trip. ``reason``: why, for the log; nothing is handed out before it stands there.
    Those who answered nothing are not among them. At most four statements, beside the trip itself.

    Raises: ChangeRefused (their role does not show them, or they were erased), BookingRefused (no reason), NotFound.
    """
    if not rights.may(SENSITIVE, Level.SEE):
        raise ChangeRefused(sentence("Your role does not show answers about health and diet."))
    wrong = tuple(check_text("reason", reason, LONGEST_REASON, sentence("Say why you look, in a few words.")))
    if wrong:
        raise BookingRefused(wrong)
    with write(session):
        plan = trip_plan(session, trip_id)
        if plan is None:
            raise NotFound(sentence("There is no such trip."))
        if session.scalar(select(TripRow.erased_at).where(TripRow.id == trip_id)) is not None:
            # There is nothing to look at, and a reason noted now would be erased by nobody.
            raise ChangeRefused(sentence("What people wrote for this trip was erased. There is nothing left to see."))
        questions = {question.key: question for question in plan[2].questions}
        booking_id = _booking_of(session, trip_id, participant_id, code)
        only = _only(participant_id, None if code is None else booking_id)
        rows = _rows(session, trip_id, only, [key for key, one in questions.items() if one.sensitive])
        found = tuple(_of_one(session, list(those), questions) for _, those in groupby(rows, lambda row: row.person_id))
        audit(
            session,
            "read_sensitive",
            moment=moment,
            trip_id=trip_id,
            booking_id=booking_id,
            reason=reason.strip(),
            people=len(found),
        )
    return found


def _booking_of(session: AnySession, trip_id: int, participant_id: int | None, code: str | None) -> int | None:
    """Whose booking it is about, None = it is about the whole trip. Raises: NotFound."""
    if participant_id is not None:
        here = ParticipantRow.id == participant_id, ParticipantRow.trip_id == trip_id
        found = session.scalar(select(ParticipantRow.booking_id).where(*here))
    elif code is not None:
        found = session.scalar(select(BookingRow.id).where(BookingRow.code == code, BookingRow.trip_id == trip_id))
    else:
        return None
    if found is None:
        raise NotFound(sentence("There is no such participant on this trip."))
    return found


def _only(participant_id: int | None, booking_id: int | None) -> ColumnElement[bool]:
    if participant_id is not None:
        return ParticipantRow.id == participant_id
    if booking_id is not None:
        return ParticipantRow.booking_id == booking_id
    return ParticipantRow.status != ParticipantStatus.CANCELLED


def _rows(session: AnySession, trip_id: int, who: ColumnElement[bool], sensitive: Sequence[str]) -> Sequence[Any]:
    """A row an answer, person by person. What was sealed when it was given is sensitive, whatever its question is now."""
    named = (ParticipantRow.id.label("person_id"), ParticipantRow.name, ParticipantRow.segment, BookingRow.code)
    return session.execute(
        select(*named, AnswerRow.participant_id, AnswerRow.question, AnswerRow.value, AnswerRow.sealed)
        .join(AnswerRow, AnswerRow.participant_id == ParticipantRow.id)
        .join(BookingRow, BookingRow.id == ParticipantRow.booking_id)
        .where(
            ParticipantRow.trip_id == trip_id,
            who,
            or_(AnswerRow.sealed.is_not(None), AnswerRow.question.in_(sensitive)),
        )
        .order_by(ParticipantRow.id, AnswerRow.id)
    ).all()


def _of_one(session: AnySession, rows: Sequence[Any], questions: dict[str, Question]) -> SensitiveAnswers:
    first = rows[0]
    return SensitiveAnswers(
        participant_id=first.person_id,
        name=first.name,
        segment=first.segment,
        code=first.code,
        answers=tuple(_answer(session, row, questions.get(row.question)) for row in rows),
    )


def _answer(session: AnySession, row: Any, question: Question | None) -> SensitiveAnswer:
    try:
        return SensitiveAnswer(key=row.question, question=question, answer=opened(session, row), is_locked=False)
    except Locked:
        return SensitiveAnswer(key=row.question, question=question, answer=None, is_locked=True)
