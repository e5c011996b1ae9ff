"""Scheduled work: what is done how often, by one worker at a time; the work itself is in the actions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from tripkit.actions.announce_signup import announce_signup
from tripkit.actions.draw_lots import draw_due_lots
from tripkit.actions.draw_pictures import draw_pictures
from tripkit.actions.erase_answers import erase_answers
from tripkit.actions.erase_ended import erase_ended
from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.fill_campaigns import fill_campaigns
from tripkit.actions.forget_sign_ins import forget_sign_ins
from tripkit.actions.make_reminders import make_reminders
from tripkit.actions.mend_times import mend_times
from tripkit.actions.note_refused import note_refusals
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.actions.seal_answers import seal_open_answers
from tripkit.domain.bookings import Moment
from tripkit.logs import Errand, about, identified
from tripkit.storage import write
from tripkit.storage.work import JobRow, WorkerRow
from tripkit.worker.heart import Owner

log = logging.getLogger(__name__)

_LONGEST = timedelta(hours=1)
"""How long who has no heartbeat may hold a job; and the longest wait after one that fails again and again."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done every so often. ``work``: an action, safe to be done twice and by two at once; how much it did.

    ``by_the_clock``: it takes from people what they had until a moment, so it is left alone while the clock is in doubt.
    """

    name: str
    every: timedelta
    work: Callable[..., int]
    by_the_clock: bool = True


JOBS: tuple[Job, ...] = (
    Job("release_guarantees", timedelta(seconds=20), release_guarantees),
    Job("expire_offers", timedelta(seconds=20), expire_offers),
    Job("draw_lots", timedelta(seconds=20), draw_due_lots),
    Job("announce_signup", timedelta(seconds=20), announce_signup),
    Job("make_reminders", timedelta(seconds=20), make_reminders),
    Job("fill_campaigns", timedelta(seconds=20), fill_campaigns),
    Job("mend_times", timedelta(minutes=5), mend_times, by_the_clock=False),
    Job("seal_answers", timedelta(hours=1), seal_open_answers, by_the_clock=False),
    Job("draw_pictures", timedelta(hours=1), draw_pictures, by_the_clock=False),
    Job("erase_answers", timedelta(hours=1), erase_answers),
    Job("erase_ended", timedelta(hours=1), erase_ended),
    Job("note_refusals", timedelta(minutes=5), note_refusals, by_the_clock=False),
    Job("forget_sign_ins", timedelta(hours=1), forget_sign_ins),
)


def run_jobs(
    make_session: sessionmaker[Session],
    owner: Owner,
    now: Callable[[], datetime],
    *,
    clock_in_doubt: bool = False,
    jobs: Sequence[Job] = JOBS,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Do what is due; how much was done. What fails is noted and logged, and holds up nothing else."""
    done = 0
    with make_session() as session:
        for job in _due(session, now(), jobs):
            if stopped():
                break
            if job.by_the_clock and clock_in_doubt:
                continue
            with owner.in_hand.job(job.name) as is_free:
                if is_free and _take(session, job, owner, now()):
                    done += _do(session, job, owner, now)
    return done


def _due(session: Session, now: datetime, jobs: Sequence[Job]) -> list[Job]:
    """What looks as if it were to be done: one statement, and no lock."""
    rows = {row.name: row for row in session.execute(select(JobRow.name, JobRow.due_at, JobRow.failures))}
    session.rollback()
    return [job for job in jobs if job.name not in rows or _is_due(rows[job.name], job, now)]


def _is_due(row: object, job: Job, now: datetime) -> bool:
    """A moment further off than any wait was written before a clock was set back."""
    due_at: datetime = row.due_at  # type: ignore[attr-defined]  # a JobRow, or some of its columns
    return due_at <= now or due_at > now + max(job.every, _LONGEST)


def _take(session: Session, job: Job, owner: Owner, now: datetime) -> bool:
    """Take the job in hand, if nobody has it and it is still to be done."""
    try:
        with write(session):
            this_one = select(JobRow).where(JobRow.name == job.name).with_for_update(skip_locked=True)
            row = session.scalars(this_one).one_or_none()
            if row is None:
                row = JobRow(name=job.name, due_at=now, done=0, failures=0)
                session.add(row)  # Refused by the database when another worker just did, or has it locked.
                session.flush()
            if not _is_due(row, job, now) or _is_held(session, row, owner, now):
                return False
            row.held_by, row.started_at = owner.id, now
    except IntegrityError:
        return False
    return True


def _is_held(session: Session, row: JobRow, owner: Owner, now: datetime) -> bool:
    if row.held_by in {None, owner.id}:
        return False  # No thread of this worker is at it; the database could not be told when the last one ended.
    if session.get(WorkerRow, row.held_by) is not None:
        return True
    return row.started_at is not None and now - _LONGEST < row.started_at <= now


def _do(session: Session, job: Job, owner: Owner, now: Callable[[], datetime]) -> int:
    """Do it and note how it went. A failing job is tried less and less often, down to once an hour."""
    done, error = 0, None
    mark = owner.id
    with identified() as errand:
        try:
            done = job.work(session, moment=Moment(at=now(), actor="worker", origin="worker"))
        except Exception as wrong:
            log.exception("job %s failed", job.name)
            session.rollback()
            error = wrong
        else:
            _note(job, done, errand)
    with write(session):
        row = session.get_one(JobRow, job.name)
        if row.held_by != mark:
            return done  # This worker was thought dead, and another one is at it.
        row.held_by, row.ended_at = None, now()
        row.failures = 0 if error is None else row.failures + 1
        row.done, row.last_error = done, None if error is None else type(error).__name__
        row.due_at = now() + min(job.every * 2 ** min(row.failures, 20), max(job.every, _LONGEST))
    return done


def _note(job: Job, done: int, errand: Errand) -> None:
    ms = round(errand.seconds * 1000, 1)
    log.log(
        logging.INFO if done else logging.DEBUG,
        "job %s: %s done, %s ms, %s statements",
        job.name,
        done,
        ms,
        errand.statements,
        extra=about(job=job.name, done=done, ms=ms, statements=errand.statements),
    )
