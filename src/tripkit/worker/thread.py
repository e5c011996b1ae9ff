"""The worker inside a process: a thread, or the whole process, that delivers and sweeps until it is told to stop."""

from __future__ import annotations

import atexit
import logging
from threading import Event, Thread
from time import monotonic

from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.domain.bookings import Moment
from tripkit.settings import Settings
from tripkit.storage import open_engine, sessions
from tripkit.worker.delivery import deliver_due, revive
from tripkit.worker.transports import transport_of

log = logging.getLogger(__name__)

_LOOK_EVERY = 1.0
_SWEEP_EVERY = 20.0
"""Seconds between looks for messages, and for offers and guarantees whose time is over."""
_TO_FINISH = 5.0
"""Seconds a process that ends leaves the message that is under way; without them it would be sent a second time."""


class Worker:
    """Delivers messages and ends what has run out of time, on connections of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = open_engine(settings.database_url)
        self._sessions = sessions(self._engine)
        self._transport = transport_of(settings.mail)
        self._stop = Event()
        self._swept_at = float("-inf")
        self._thread = Thread(target=self.run, name="tripkit-worker", daemon=True)

    def start(self) -> None:
        """Work in a thread, which ends with the process: what it leaves undone is in the database."""
        self._thread.start()
        atexit.register(self.stop, wait=_TO_FINISH)

    def run(self) -> None:
        """Work until `stop`. What goes wrong is logged, and tried again at the next look."""
        while not self._stop.is_set():
            try:
                self.look()
            except Exception:
                log.exception("the worker could not finish its round")
            self._stop.wait(_LOOK_EVERY)
        self.close()

    def look(self) -> int:
        """One round; how many messages were sent."""
        sent = self._deliver()
        if monotonic() - self._swept_at >= _SWEEP_EVERY:
            # After delivering: a sweep that fails must not keep messages waiting, nor be tried again every second.
            self._swept_at = monotonic()
            self._sweep()
            sent += self._deliver()
        return sent

    def revive(self) -> int:
        """Try messages again that were given up; how many."""
        with self._sessions() as session:
            return revive(session, self._settings.clock.now())

    def stop(self, *, wait: float | None = None) -> None:
        """Stop after the message that is under way. ``wait``: seconds to wait for the thread, None = do not."""
        self._stop.set()
        if wait is not None and self._thread.is_alive():
            self._thread.join(wait)

    def close(self) -> None:
        """Give the database's connections back."""
        self._engine.dispose()

    def _deliver(self) -> int:
        return deliver_due(self._sessions, self._transport, self._settings, stopped=self._stop.is_set)

    def _sweep(self) -> None:
        moment = Moment(at=self._settings.clock.now(), actor="worker", origin="worker")
        with self._sessions() as session:
            try:
                release_guarantees(session, moment=moment)
            finally:  # A guarantee that cannot be released holds up no offer.
                expire_offers(session, moment=moment)


def start(settings: Settings) -> Worker:
    """Start a worker in a thread of this process."""
    worker = Worker(settings)
    worker.start()
    return worker
