"""Scheduled work: when it is due, by one worker at a time, less often when it fails, and not by a clock in doubt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tests.together import together
from tests.worker.outbox import Outbox
from tripkit.actions.mend_times import mend_times
from tripkit.domain.bookings import Moment
from tripkit.storage import sessions, write
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import JobRow, WorkerRow
from tripkit.testing import NOW, make_moment
from tripkit.worker.heart import Passer
from tripkit.worker.jobs import JOBS, Job, run_jobs

EVERY = timedelta(minutes=1)


class Work:
    """Work that counts how often it was done. ``then``: what it does besides."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        self.moments: list[datetime] = []
        self.then = then

    def __call__(self, session: Session, *, moment: Moment) -> int:
        self.moments.append(moment.at)
        self.then()
        return 2


def run(engine: Engine, work: Any, at: datetime = NOW, *, name: str = "work", **options: Any) -> int:
    job = Job(name, EVERY, work)
    return run_jobs(sessions(engine), options.pop("owner", Passer()), lambda: at, jobs=(job,), **options)


def row(session: Session, name: str = "work") -> JobRow:
    session.rollback()
    return session.get_one(JobRow, name, populate_existing=True)


def test_work_is_done_when_it_is_due_and_not_before(engine: Engine, session: Session) -> None:
    work = Work()
    assert run(engine, work) == 2
    assert run(engine, work, NOW + EVERY / 2) == 0
    assert run(engine, work, NOW + EVERY) == 2
    assert work.moments == [NOW, NOW + EVERY]
    noted = row(session)
    assert (noted.done, noted.failures, noted.held_by, noted.last_error) == (2, 0, None, None)
    assert (noted.started_at, noted.ended_at, noted.due_at) == (NOW + EVERY, NOW + EVERY, NOW + 2 * EVERY)


def test_looking_for_what_is_due_is_one_statement_and_takes_no_lock(engine: Engine) -> None:
    run(engine, Work())
    with count_statements(engine) as statements:
        run(engine, Work(), NOW + EVERY / 2)
    assert len(statements) == 1


def test_a_job_that_fails_is_noted_without_what_it_said_and_tried_less_and_less_often(
    engine: Engine, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise ValueError("karin@kommunen.example")

    at, waits = NOW, []
    for _ in range(9):
        assert run(engine, Work(fails), at) == 0
        waits.append((row(session).due_at - at) / EVERY)
        at = row(session).due_at
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert (row(session).failures, row(session).last_error) == (9, "ValueError")
    assert run(engine, Work(), at) == 2
    assert (row(session).failures, row(session).last_error) == (0, None)


def test_two_workers_do_not_do_the_same_at_once(engine: Engine) -> None:
    both_there = threading.Event()
    second = Work()
    first = Work(lambda: (run(engine, second, name="work"), both_there.set()))
    assert run(engine, first) == 2
    assert both_there.is_set()
    assert second.moments == []


def test_without_the_lock_they_do(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tripkit.worker.jobs._is_held", lambda *_: False)
    second = Work()
    run(engine, Work(lambda: run(engine, second, name="work")))
    assert len(second.moments) == 1


def test_many_workers_that_meet_a_job_for_the_first_time_do_it_once(engine: Engine) -> None:
    ready, work = threading.Barrier(6), Work()

    def one() -> None:
        ready.wait(30)
        run(engine, work)

    together(*[one] * 6)
    assert len(work.moments) == 1


def test_what_a_living_worker_holds_is_left_to_it_however_long_it_takes(engine: Engine, session: Session) -> None:
    with write(session):
        session.add(WorkerRow(id="alive", host="", pid=1, started_at=NOW, beat=3, beat_at=NOW))
        session.add(JobRow(name="work", due_at=NOW, held_by="alive", started_at=NOW, done=0, failures=0))
    work = Work()
    assert run(engine, work, NOW + timedelta(days=1)) == 0
    with write(session):
        session.execute(update(JobRow).values(held_by=None))
    assert run(engine, work, NOW + timedelta(days=1)) == 2


def test_who_was_thought_dead_meanwhile_does_not_note_over_who_is_at_it_now(engine: Engine, session: Session) -> None:
    def somebody_else_takes_it() -> None:
        with sessions(engine)() as other, write(other):
            other.execute(update(JobRow).values(held_by="another"))

    assert run(engine, Work(somebody_else_takes_it)) == 2
    assert (row(session).held_by, row(session).ended_at) == ("another", None)


def test_a_moment_written_by_a_clock_that_was_ahead_keeps_nothing_waiting(engine: Engine) -> None:
    work = Work()
    run(engine, work, NOW + timedelta(hours=5))
    assert run(engine, work, NOW) == 2
    assert work.moments == [NOW + timedelta(hours=5), NOW]


def test_by_a_clock_in_doubt_nothing_is_taken_from_anybody(engine: Engine) -> None:
    assert run(engine, Work(), clock_in_doubt=True) == 0
    assert [job.name for job in JOBS if not job.by_the_clock] == [
        "mend_times",
        "seal_answers",
        "draw_pictures",
        "note_refusals",
    ]


def test_messages_that_were_written_by_a_clock_that_was_ahead_are_due(outbox: Outbox) -> None:
    outbox.sign_up()
    outbox.sign_up("Jonas Ekdahl")
    ahead = NOW + timedelta(minutes=70)
    with write(outbox.session):
        first = outbox.session.scalars(select(OutboxRow.id).order_by(OutboxRow.id)).first()
        outbox.session.execute(update(OutboxRow).where(OutboxRow.id == first).values(created_at=ahead, next_at=ahead))
    assert outbox.deliver() == 1
    assert mend_times(outbox.session, moment=make_moment()) == 1
    assert mend_times(outbox.session, moment=make_moment()) == 0
    assert outbox.deliver(timedelta(seconds=10)) == 1


def test_messages_that_wait_for_a_moment_too_far_off_are_due(outbox: Outbox) -> None:
    outbox.sign_up()
    outbox.sign_up("Jonas Ekdahl")
    with write(outbox.session):
        first = outbox.session.scalars(select(OutboxRow.id).order_by(OutboxRow.id)).first()
        outbox.session.execute(
            update(OutboxRow).where(OutboxRow.id == first).values(next_at=NOW + timedelta(hours=5), attempts=1)
        )
    assert outbox.deliver() == 1
    assert mend_times(outbox.session, moment=make_moment()) == 1
    assert mend_times(outbox.session, moment=make_moment()) == 0
    assert outbox.deliver(timedelta(seconds=10)) == 1
