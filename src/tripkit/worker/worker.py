"""A worker: delivers what is due and does what is scheduled, whoever wakes it; a thread and a queue each have a module."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event
from time import monotonic
from typing import Self

from sqlalchemy import func, select

from tripkit.logs import about, identified
from tripkit.settings import Settings
from tripkit.storage import open_engine, sessions
from tripkit.storage.data_keys import vault_for
from tripkit.worker.clock_watch import ClockWatch
from tripkit.worker.delivery import deliver_due
from tripkit.worker.heart import Heart
from tripkit.worker.jobs import run_jobs
from tripkit.worker.leases import due, in_hand, overdue
from tripkit.worker.transports import transport_of

log = logging.getLogger(__name__)

SWEEP_EVERY = 20.0
"""Seconds between two looks for what is scheduled, and for messages nobody was woken for."""
A_ROUND = SWEEP_EVERY
"""Seconds after which delivering pauses for what is scheduled: thousands of letters must not keep an offer open."""
MANY = 20
"""Messages due at once that are worth a second hand."""


class Worker:
    """Delivers messages and does scheduled work, on connections of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._engine = open_engine(settings.database_url, vault_for(settings))
        self._sessions = sessions(self._engine)
        self._heart = Heart(self._sessions, settings.clock.now)
        self._watch = ClockWatch(settings.clock.now)
        self._stop = Event()
        self._swept_at = float("-inf")

    def __enter__(self) -> Self:
        """Sign in among the workers."""
        self._heart.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Sign out, and give the database's connections back."""
        self._stop.set()
        self._heart.stop()
        self._engine.dispose()

    def deliver(self) -> int:
        """Send what is due, for one round at most; how many messages were sent."""
        until = monotonic() + A_ROUND
        return _round(
            "delivery",
            lambda: deliver_due(
                self._sessions,
                transport_of(self.settings.mail),
                self.settings,
                owner=self._heart,
                stopped=lambda: self._stop.is_set() or monotonic() >= until,
            ),
        )

    def sweep(self) -> int:
        """Do what is scheduled; how much was done."""
        clock = self._watch.look(self._database_clock())
        return _round(
            "sweep",
            lambda: run_jobs(
                self._sessions,
                self._heart,
                clock.now,
                clock_in_doubt=clock.in_doubt,
                stopped=self._stop.is_set,
            ),
        )

    def look(self) -> int:
        """One round of a worker that nobody wakes; how many messages were sent."""
        sent = self.deliver()
        if monotonic() - self._swept_at >= SWEEP_EVERY:
            # After delivering: a sweep that fails must not keep messages waiting, nor be tried again every second.
            self._swept_at = monotonic()
            self.sweep()
            sent += self.deliver()
        return sent

    def wants_help(self) -> bool:
        """Whether more is due than one hand delivers soon, and the mail server takes more at once."""
        with self._sessions() as session:
            many = due(session, self.settings.clock.now(), at_most=MANY + 1) > MANY
            return many and in_hand(session) < self.settings.mail_at_once

    def bury_the_dead(self) -> None:
        """Where a message has been in a hand for too long: watch until it is sure who has died, and free it."""
        with self._sessions() as session:
            too_long = overdue(session, self.settings.clock.now())
        if too_long:
            self._heart.watch()

    def stop(self) -> None:
        """Stop after the message and the piece of work that are under way."""
        self._stop.set()

    def rest(self, seconds: float) -> bool:
        """Wait so long, or until `stop`; whether to go on."""
        return not self._stop.wait(seconds)

    def _database_clock(self) -> datetime | None:
        if self._engine.dialect.name == "sqlite" or self.settings.clock.is_set:
            return None
        with self._sessions() as session:
            return session.scalar(select(func.clock_timestamp()))


def _round(name: str, work: Callable[[], int]) -> int:
    """Do it under a number of its own and log it; a round that found nothing to do is for who looks closely."""
    with identified() as errand:
        done = work()
        ms = round(errand.seconds * 1000, 1)
        log.log(
            logging.INFO if done else logging.DEBUG,
            "%s: %s done, %s ms, %s statements",
            name,
            done,
            ms,
            errand.statements,
            extra=about(round=name, done=done, ms=ms, statements=errand.statements),
        )
    return done
