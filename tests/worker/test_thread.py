"""The worker inside a process: it works on its own, stops when told, and outlives what goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.domain.bookings import Moment
from tripkit.settings import Clock
from tripkit.storage import wake_after_commit
from tripkit.storage.bookings import OfferRow
from tripkit.testing import NOW, applied, make_moment, make_trip
from tripkit.worker import worker as worker_module
from tripkit.worker.jobs import Job, run_jobs
from tripkit.worker.thread import ThreadWorker, start
from tripkit.worker.worker import Worker

PATIENCE = 20.0


def wait_for(claim: object, why: str) -> None:
    until = time.monotonic() + PATIENCE
    while not claim():  # type: ignore[operator]
        assert time.monotonic() < until, why
        time.sleep(0.02)


def threads() -> list[str]:
    """What works in this process: a worker, and its heart; other tests' sites may have threads that look for their Redis."""
    return [thread.name for thread in threading.enumerate() if thread.name in {"tripkit-worker", "tripkit-heart"}]


@contextmanager
def working(outbox: Outbox) -> Iterator[ThreadWorker]:
    """A worker that is gone afterwards, whatever went wrong: one that works on asks a database that was dropped."""
    worker = start(outbox.settings)
    try:
        yield worker
    finally:
        worker.stop(wait=PATIENCE)
        assert threads() == []


def test_the_thread_delivers_what_comes_and_stops_when_it_is_told(outbox: Outbox, mail_server: MailServer) -> None:
    with working(outbox) as worker:
        outbox.sign_up()
        wait_for(lambda: mail_server.took, "the message is delivered")
        outbox.sign_up("Jonas Ekdahl")
        wait_for(lambda: len(mail_server.took) == 2, "and the next one")
        began = time.monotonic()
        worker.stop(wait=PATIENCE)
        assert time.monotonic() - began < 3
    outbox.sign_up("Karin Almfelt")
    time.sleep(1.2)
    assert len(mail_server.took) == 2


def test_stopping_waits_for_the_message_that_is_under_way(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    outbox.sign_up("Jonas Ekdahl")
    mail_server.slow = 0.5
    with working(outbox):
        assert mail_server.reached.wait(PATIENCE)
    assert outbox.states() == [("sent", 1), ("waiting", 0)]


ENDS = """
import sys
from datetime import datetime
from pathlib import Path
from tripkit.settings import Clock, Settings
from tripkit.worker.thread import start
database, mail, now = sys.argv[1:]
start(Settings(database_url=database, mail=mail, clock=Clock(datetime.fromisoformat(now))))
sys.stdin.readline()
"""


def test_a_process_that_ends_finishes_the_message_that_is_under_way(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    mail_server.slow = 1.0
    ending = subprocess.Popen(
        [sys.executable, "-c", ENDS, outbox.settings.database_url, mail_server.url, NOW.isoformat()],
        stdin=subprocess.PIPE,
        env=os.environ,
    )
    assert mail_server.reached.wait(PATIENCE)
    ending.communicate(b"end\n", timeout=PATIENCE)
    assert ending.returncode == 0
    assert outbox.states() == [("sent", 1)]


def test_the_thread_outlives_a_round_that_fails(
    sqlite_outbox: Outbox, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    deliver, failures = worker_module.deliver_due, [OSError("the database is away")]

    def fails_once(*args: object, **values: object) -> int:
        if failures:
            raise failures.pop()
        return deliver(*args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(worker_module, "deliver_due", fails_once)
    sqlite_outbox.sign_up()
    with working(sqlite_outbox):
        wait_for(lambda: mail_server.took, "the next round delivers")
    assert "the worker could not finish its round" in caplog.text


def test_what_this_process_writes_is_delivered_at_once(outbox: Outbox, mail_server: MailServer) -> None:
    """It is woken after the commit, and not before; looking by itself would come too late for this."""
    with working(outbox) as worker:
        wait_for(lambda: worker.rounds, "it has looked, and found nothing")
        worker.look_every = 3600.0
        wait_for(lambda: worker.rounds > 1, "its short sleep is over")
        outbox.sign_up()
        time.sleep(0.5)
        assert mail_server.took == [], "nobody woke it"
        wake_after_commit(outbox.engine, worker.wake)
        outbox.sign_up("Jonas Ekdahl")
        wait_for(lambda: len(mail_server.took) == 2, "it was woken")


def test_a_job_that_fails_keeps_neither_messages_nor_other_jobs_waiting(
    sqlite_outbox: Outbox, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    swept = []

    def fails(*_: object, **__: object) -> int:
        raise ZeroDivisionError

    def works(_: object, *, moment: Moment) -> int:
        swept.append(moment.actor)
        return 1

    jobs = (Job("fails", timedelta(minutes=1), fails), Job("works", timedelta(minutes=1), works))
    monkeypatch.setattr(worker_module, "run_jobs", partial(run_jobs, jobs=jobs))
    sqlite_outbox.sign_up()
    with Worker(sqlite_outbox.settings) as worker:
        assert worker.look() == 1
        assert worker.sweep() == 0, "neither is due again at once"
    assert swept == ["worker"]
    assert "job fails failed" in caplog.text


def test_one_look_ends_an_offer_and_tells_the_one_who_lost_it_and_the_next(
    outbox: Outbox, mail_server: MailServer
) -> None:
    outbox.trip = applied(outbox.session, make_trip(key="small", size=1))
    first = outbox.sign_up("Astrid")
    outbox.sign_up("Bertil")
    outbox.sign_up("Cecilia")
    cancel_participants(outbox.session, booking_id=first.booking_id, moment=make_moment())
    outbox.deliver()
    until = outbox.session.scalars(select(OfferRow.until)).one()
    mail_server.took.clear()
    with Worker(replace(outbox.settings, clock=Clock(until + timedelta(seconds=1)))) as worker:
        assert worker.look() == 2
    assert [(took.to[0], str(took.message["Subject"]).strip()[:22]) for took in mail_server.took] == [
        ("bertil@tripkit.example", "The offer was not answ"),
        ("cecilia@tripkit.example", "A place on the trip is"),
    ]
