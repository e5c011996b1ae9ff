"""Erasing answers that are kept for a shorter time than what else people wrote, done by the worker."""

from __future__ import annotations

from functools import partial

from sqlalchemy import delete, select

from tripkit.actions.recording import audit
from tripkit.actions.seating import lock_pools
from tripkit.actions.sweeping import sweep
from tripkit.domain.bookings import Moment
from tripkit.domain.deadlines import answers_erased_at
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import rewrite, write
from tripkit.storage.bookings import AnswerRow, ParticipantRow
from tripkit.storage.trip_parts import QuestionRow
from tripkit.storage.trips import TripRow


class AnswersLeftError(RuntimeError):
    """The table is empty of them and the file is not; it is tried again."""


def erase_answers(session: AnySession, *, moment: Moment) -> int:
    """Erase the answers to each question whose time has come; to how many questions. Safe to run twice and by two at once.

    Raises: ExceptionGroup when some could not be, after all the others.
    """
    due = _due(session, moment)
    return sweep("answers to erase", [partial(_erase, session, question, moment) for question in due])


def _due(session: AnySession, moment: Moment) -> list[int]:
    """Questions whose answers are to go: one statement."""
    dates = select(QuestionRow, TripRow).join(TripRow, TripRow.id == QuestionRow.trip_id)
    over = dates.where(
        QuestionRow.kept_days.is_not(None),
        TripRow.erased_at.is_(None),
        TripRow.ends_on <= moment.at.date(),
    )
    rows = session.execute(over.order_by(QuestionRow.id)).all()
    due = [question.id for question, trip in rows if _is_due(question, trip, moment)]
    session.rollback()
    return due


def _is_due(question: QuestionRow, trip: TripRow, moment: Moment) -> bool:
    """Whether its time has come and it was not done since; a trip that is put off has another time."""
    if question.kept_days is None:
        return False
    due_at = answers_erased_at(trip, question.kept_days)
    return due_at <= moment.at and (question.erased_at is None or question.erased_at < due_at)


def _erase(session: AnySession, question_id: int, moment: Moment) -> bool:
    with write(session):
        key = _take_out(session, question_id, moment)
    if key is None:
        return False  # Another worker was here, the trip is put off, or written anew.
    if not rewrite(session):
        raise AnswersLeftError(
            f"question {question_id}: others read on and on, so its answers may still be in the file"
        )
    with write(session):
        question = session.get(QuestionRow, question_id)
        if question is not None:
            question.erased_at = moment.at
    return True


def _take_out(session: AnySession, question_id: int, moment: Moment) -> str | None:
    question = session.get(QuestionRow, question_id)
    if question is None:
        return None
    lock_pools(session, question.trip_id)
    session.refresh(question)
    trip = session.get_one(TripRow, question.trip_id)
    if not _is_due(question, trip, moment):
        return None
    people = select(ParticipantRow.id).where(ParticipantRow.trip_id == trip.id)
    gone = delete(AnswerRow).where(AnswerRow.question == question.key, AnswerRow.participant_id.in_(people))
    erased = session.execute(gone.returning(AnswerRow.id), execution_options={"synchronize_session": False}).all()
    if erased:
        audit(session, "erase_answers", moment=moment, trip_id=trip.id, question=question.key, answers=len(erased))
    return question.key
