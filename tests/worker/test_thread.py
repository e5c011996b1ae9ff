"""The worker inside a process: it works on its own, stops when told, and outlives what goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.settings import Clock
from tripkit.storage.bookings import OfferRow
from tripkit.testing import NOW, applied, make_moment, make_trip
from tripkit.worker import thread as thread_module
from tripkit.worker.thread import Worker, start

PATIENCE = 20.0


def wait_for(claim: object, why: str) -> None:
    until = time.monotonic() + PATIENCE
    while not claim():  # type: ignore[operator]
        assert time.monotonic() < until, why
        time.sleep(0.02)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "tripkit-worker"]


def test_the_thread_delivers_what_comes_and_stops_when_it_is_told(outbox: Outbox, mail_server: MailServer) -> None:
    worker = start(outbox.settings)
    outbox.sign_up()
    wait_for(lambda: mail_server.took, "the message is delivered")
    outbox.sign_up("Jonas Ekdahl")
    wait_for(lambda: len(mail_server.took) == 2, "and the next one")
    began = time.monotonic()
    worker.stop(wait=PATIENCE)
    assert time.monotonic() - began < 3
    assert threads() == []
    outbox.sign_up("Karin Almfelt")
    time.sleep(1.2)
    assert len(mail_server.took) == 2


def test_stopping_waits_for_the_message_that_is_under_way(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    outbox.sign_up("Jonas Ekdahl")
    mail_server.slow = 0.5
    worker = start(outbox.settings)
    assert mail_server.reached.wait(PATIENCE)
    worker.stop(wait=PATIENCE)
    assert outbox.states() == [("sent", 1), ("waiting", 0)]
    assert threads() == []


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
    deliver, failures = thread_module.deliver_due, [OSError("the database is away")]

    def fails_once(*args: object, **values: object) -> int:
        if failures:
            raise failures.pop()
        return deliver(*args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(thread_module, "deliver_due", fails_once)
    sqlite_outbox.sign_up()
    worker = start(sqlite_outbox.settings)
    wait_for(lambda: mail_server.took, "the next round delivers")
    worker.stop(wait=PATIENCE)
    assert "the worker could not finish its round" in caplog.text


def test_a_sweep_that_fails_does_not_keep_messages_waiting(
    sqlite_outbox: Outbox, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(thread_module, "expire_offers", fails)
    sqlite_outbox.sign_up()
    worker = Worker(sqlite_outbox.settings)
    with pytest.raises(ZeroDivisionError):
        worker.look()
    assert len(mail_server.took) == 1
    assert worker.look() == 0, "the sweep is not tried again at once"
    worker.close()


def test_a_guarantee_that_cannot_be_released_holds_up_no_offer(
    sqlite_outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> int:
        raise ZeroDivisionError

    swept = []
    monkeypatch.setattr(thread_module, "release_guarantees", fails)
    monkeypatch.setattr(thread_module, "expire_offers", lambda *_, moment: swept.append(moment.actor))
    worker = Worker(sqlite_outbox.settings)
    with pytest.raises(ZeroDivisionError):
        worker.look()
    worker.close()
    assert swept == ["worker"]


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
    worker = Worker(replace(outbox.settings, clock=Clock(until + timedelta(seconds=1))))
    assert worker.look() == 2
    worker.close()
    assert [(took.to[0], str(took.message["Subject"]).strip()[:22]) for took in mail_server.took] == [
        ("bertil@tripkit.example", "The offer was not answ"),
        ("cecilia@tripkit.example", "A place on the trip is"),
    ]
