"""Processes that deliver, on connections of their own; run by the tests beside it, and killed by some of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import Any
from unittest import mock

from sqlalchemy import func, select

from tripkit.actions import book_places as booking_module
from tripkit.settings import Clock, Settings
from tripkit.storage import open_engine, sessions
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, booked, make_participant
from tripkit.worker import delivery
from tripkit.worker import thread as thread_module
from tripkit.worker.leases import Lease
from tripkit.worker.smtp import Smtp

PATIENCE = 60.0


def process(work: Callable[..., None], *args: Any) -> BaseProcess:
    """Start a process of its own, with nothing of this one in it."""
    started = multiprocessing.get_context("spawn").Process(target=work, args=args)
    started.start()
    return started


def with_threads(settings: Settings, number: int, go: Any) -> None:
    """What a web process does: a worker in a thread, until everything is sent."""
    go.wait(PATIENCE)
    worker = thread_module.start(settings)
    _until_all_are_sent(settings)
    worker.stop(wait=PATIENCE)


def with_threads_and_no_lease(settings: Settings, number: int, go: Any) -> None:
    """The same, taking what waits without telling the others."""
    with mock.patch.object(delivery, "lease", _look_only):
        with_threads(settings, number, go)


def _look_only(session: Any, *_: Any) -> Lease | None:
    found = session.scalar(select(OutboxRow.id).where(OutboxRow.state == "waiting").order_by(OutboxRow.id).limit(1))
    session.rollback()
    return None if found is None else Lease(found, "")


def _until_all_are_sent(settings: Settings) -> None:
    engine = open_engine(settings.database_url)
    until = time.monotonic() + PATIENCE
    with sessions(engine)() as session:
        waits = select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "waiting")
        while session.scalar(waits) and time.monotonic() < until:
            session.rollback()
            time.sleep(0.05)
    engine.dispose()


def deliver_once(settings: Settings, after: timedelta) -> None:
    """Deliver what is due so long after the tests' now."""
    engine = open_engine(settings.database_url)
    later = replace(settings, clock=Clock(NOW + after))
    delivery.deliver_due(sessions(engine), Smtp(settings.mail), later)
    engine.dispose()


def sign_up_and_die(settings: Settings, trip: int) -> None:
    """Sign somebody up, and be killed as soon as that is committed."""
    with sessions(open_engine(settings.database_url))() as session:
        booked(session, trip, [make_participant("Leyla")], contact_email="leyla@tripkit.example")
        os.kill(os.getpid(), signal.SIGKILL)


def sign_up_without_an_outbox_and_die(settings: Settings, trip: int) -> None:
    """The same in a program that sends after the commit instead of writing down what is to be sent."""
    with mock.patch.object(booking_module, "tell", return_value=None):
        sign_up_and_die(settings, trip)


def exit_codes(crowd: Sequence[BaseProcess]) -> list[int | None]:
    """Wait until all are over; how they ended."""
    for one in crowd:
        one.join(PATIENCE)
    return [one.exitcode for one in crowd]
