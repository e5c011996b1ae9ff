"""The doctor on background work: who works, who has died, what is late or fails, and whether anybody is there at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tripkit.cli.doctor.findings import Finding, Patient, fine, warning, wrong
from tripkit.cli.doctor.messages import absent
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import JobRow, WorkerRow
from tripkit.worker.heart import BEAT_EVERY
from tripkit.worker.leases import due_since

WATCHED_FOR = 3 * BEAT_EVERY
"""Seconds a counter is watched before its worker counts as dead."""
RECENT = timedelta(seconds=20)
"""A beat that young, and not from the future, needs no watching."""
LATE = timedelta(minutes=10)
"""What is due for longer has been forgotten."""
FAILS = 3
"""Rounds a job may fail one after the other before it is wrong."""


def look(patient: Patient) -> Iterator[Finding]:
    """Workers, then what they should have done."""
    engine, now = patient.engine, patient.settings.clock.now()
    assert engine is not None
    with Session(engine) as session:
        workers = session.scalars(select(WorkerRow).order_by(WorkerRow.started_at)).all()
        jobs = session.scalars(select(JobRow).order_by(JobRow.name)).all()
        late, oldest = due_since(session, now - LATE)
        # Many at once go one after the other, and a server that is away is said with the messages.
        sent = select(func.count()).where(OutboxRow.state == "sent", OutboxRow.sent_at.between(now - LATE, now))
        goes_on = session.scalar(sent) or absent(session, patient.settings.mail) is not None
    dead = _dead(engine, workers, now)
    alive = [one for one in workers if one.id not in dead]
    for one in alive:
        yield fine(f"{_called(one)} works since {one.started_at:%Y-%m-%d %H:%M} UTC.")
    for one in workers:
        if one.id in dead:
            yield warning(
                f"{_called(one)} has died: its counter stands still since {one.beat_at:%Y-%m-%d %H:%M} UTC.",
                "See its log for why. What it had in hand is taken by the next worker.",
            )
    start = "Start tripkit serve, or tripkit worker where TRIPKIT_WORKER is no."
    if late:
        since = f"{late}, the oldest since {oldest:%Y-%m-%d %H:%M} UTC"
        if alive and not goes_on:
            yield wrong(f"Messages are due and not sent: {since}.", "See the worker's log, and start it again.")
        if not alive:
            yield wrong(f"Messages are due and nobody is there to send them: {since}.", start)
    overdue = [job for job in jobs if job.held_by not in {one.id for one in alive} and job.due_at < now - LATE]
    if overdue and not alive:
        names = ", ".join(job.name for job in overdue)
        yield warning(f"Nobody works in the background, and this is due: {names}.", start)
    elif overdue:
        for job in overdue:
            yield warning(f"{job.name} is due since {job.due_at:%Y-%m-%d %H:%M} UTC.", "See the worker's log.")
    elif not alive and not late:
        yield fine("Nobody works in the background just now, and nothing waits.")
    yield from _failing(jobs)


def _failing(jobs: Sequence[JobRow]) -> Iterator[Finding]:
    for job in jobs:
        if job.failures:
            said = f"{job.name} has failed {job.failures} times in a row: {job.last_error or 'nobody noted why'}."
            yield (wrong if job.failures >= FAILS else warning)(said, "See the worker's log for the whole of it.")


def _called(worker: WorkerRow) -> str:
    return f"Process {worker.pid} on {worker.host}"


def _dead(engine: Engine, workers: Sequence[WorkerRow], now: datetime) -> set[str]:
    """Ids of those whose counter stands still. Their clocks and ours may differ, so what is not plain is watched."""
    doubted = {
        one.id: one.beat
        for one in workers
        if not any(timedelta() <= clock - one.beat_at < RECENT for clock in (now, datetime.now(UTC)))
    }
    until = monotonic() + WATCHED_FOR
    while doubted and monotonic() < until:
        sleep(min(0.5, WATCHED_FOR / 4))
        with Session(engine) as session:
            beats = select(WorkerRow.id, WorkerRow.beat).where(WorkerRow.id.in_(doubted))
            still = {row.id: row.beat for row in session.execute(beats)}
        # Who left meanwhile has not died, and who was taken for dead by others is no longer here either.
        doubted = {name: beat for name, beat in doubted.items() if still.get(name) == beat}
    return set(doubted)
