"""Answers that are kept for a shorter time go first, out of the tables and out of the file; all else stays until its own time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.conftest import in_files
from tests.together import together
from tripkit.actions.erase_answers import AnswersLeftError, erase_answers
from tripkit.actions.erase_ended import erase_ended
from tripkit.domain.deadlines import answers_erased_at, erased_at
from tripkit.domain.questions import Question, QuestionKind
from tripkit.storage import sessions
from tripkit.storage.bookings import AnswerRow, ParticipantRow
from tripkit.storage.outbox import AuditRow
from tripkit.storage.trip_parts import QuestionRow
from tripkit.testing import applied, booked, both, make_moment, make_participant, make_trip


def asked(key: str, kept_days: int | None) -> Question:
    return Question(key=key, kind=QuestionKind.TEXT, name=both(key, key), help=both("", ""), kept_days=kept_days)


TRIP = make_trip(retention_days=90, questions=(asked("diet", 14), asked("room", 0), asked("train", None)))
ANSWERS = {"diet": "No nuts at all", "room": "Med Kim", "train": "Tåget 8.04"}


@pytest.fixture
def trip_id(session: Session) -> int:
    found = applied(session, TRIP)
    booked(session, found, [make_participant("Åsa Ek", answers=ANSWERS), make_participant("Kim Ek", answers=ANSWERS)])
    return found


def left(session: Session) -> list[str]:
    session.rollback()
    return sorted(set(session.scalars(select(AnswerRow.question))))


def at(days: int, seconds: int = 0) -> datetime:
    return answers_erased_at(TRIP, days) + timedelta(seconds=seconds)


def test_each_goes_on_its_day_and_not_before(session: Session, trip_id: int) -> None:
    for moment, erased, stays in (
        (at(0, -1), 0, ["diet", "room", "train"]),
        (at(0), 1, ["diet", "train"]),
        (at(14, -1), 0, ["diet", "train"]),
        (at(14), 1, ["train"]),
        (at(14, 3600), 0, ["train"]),
    ):
        assert erase_answers(session, moment=make_moment(moment, "worker")) == erased
        assert left(session) == stays
    assert session.scalars(select(ParticipantRow.name).order_by(ParticipantRow.id)).all() == ["Åsa Ek", "Kim Ek"]
    erase_ended(session, moment=make_moment(erased_at(TRIP), "worker"))
    assert left(session) == []


def test_nothing_is_left_in_the_file(session: Session, engine: Engine, trip_id: int) -> None:
    if engine.dialect.name == "sqlite":
        assert b"No nuts" in in_files(engine), "the test can tell"
    erase_answers(session, moment=make_moment(at(14), "worker"))
    session.close()
    if engine.dialect.name == "sqlite":
        assert b"No nuts" not in in_files(engine)
    assert session.scalars(select(AnswerRow.value)).all() == ["Tåget 8.04", "Tåget 8.04"]


def test_what_was_erased_is_noted_in_numbers(session: Session, trip_id: int) -> None:
    erase_answers(session, moment=make_moment(at(14), "worker"))
    noted = session.scalars(select(AuditRow).where(AuditRow.action == "erase_answers").order_by(AuditRow.id)).all()
    assert [(row.trip_id, row.details) for row in noted] == [
        (trip_id, {"question": "diet", "answers": 2}),
        (trip_id, {"question": "room", "answers": 2}),
    ]


def test_a_trip_that_is_put_off_erases_what_is_answered_then(session: Session, trip_id: int) -> None:
    erase_answers(session, moment=make_moment(at(14), "worker"))
    later = replace(TRIP, ends_on=TRIP.ends_on + timedelta(days=60))
    applied(session, later, when=at(14))
    person = session.scalars(select(ParticipantRow.id)).first()
    session.add(AnswerRow(participant_id=person, question="diet", value="No nuts"))
    session.commit()
    assert erase_answers(session, moment=make_moment(at(14), "worker")) == 0
    due = answers_erased_at(later, 14)
    assert erase_answers(session, moment=make_moment(due, "worker")) == 2
    assert left(session) == ["train"]


def test_two_workers_at_once_do_it_once(engine: Engine, session: Session, trip_id: int) -> None:
    ready, done = Barrier(2), list[int]()

    def work() -> None:
        with sessions(engine)() as own:
            ready.wait(20)
            try:
                done.append(erase_answers(own, moment=make_moment(at(0), "worker")))
            except* AnswersLeftError:
                pass  # The file cannot be written anew while the other one reads it; the next round does it.

    together(work, work)
    done.append(erase_answers(session, moment=make_moment(at(0, 60), "worker")))
    assert left(session) == ["diet", "train"]
    noted = session.scalars(select(AuditRow.id).where(AuditRow.action == "erase_answers")).all()
    assert len(noted) == 1
    assert session.scalar(select(QuestionRow.erased_at).where(QuestionRow.key == "room")) is not None
    assert sum(done) >= 1
