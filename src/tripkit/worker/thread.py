"""The worker inside a process: a thread, or the whole process, that delivers and sweeps until it is told to stop."""

from __future__ import annotations

import logging
from threading import Event, Thread
from time import monotonic

from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.domain.bookings import Moment
from tripkit.settings import Settings
from tripkit.storage import open_engine, sessions
from tripkit.worker.delivery import deliver_due
from tripkit.worker.transports import transport_of

log = logging.getLogger(__name__)

_LOOK_EVERY = 1.0
_SWEEP_EVERY = 20.0
"""Seconds between looks for messages, and for offers and guarantees whose time is over."""


class Worker:
    """Delivers messages and ends what has run out of time, on connections of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = open_engine(settings.database_url)
        self._sessions = sessions(self._engine)
        self._transport = transport_of(settings.mail)
        self._stop = Event()
        self._swept_at = float("-inf")

    def run(self) -> None:
        """Work until `stop`. What goes wrong is logged, and tried again at the next look."""
        while not self._stop.is_set():
            try:
                self.look()
            except Exception:
                log.exception("the worker could not finish its round")
            self._stop.wait(_LOOK_EVERY)
        self._engine.dispose()

    def look(self) -> int:
        """One round; how many messages were sent."""
        now = self._settings.clock.now()
        if monotonic() - self._swept_at >= _SWEEP_EVERY:
            moment = Moment(at=now, actor="worker", origin="worker")
            with self._sessions() as session:
                release_guarantees(session, moment=moment)
                expire_offers(session, moment=moment)
            self._swept_at = monotonic()
        return deliver_due(self._sessions, self._transport, self._settings, now)

    def stop(self) -> None:
        """Stop after the round that is under way."""
        self._stop.set()


def start(settings: Settings) -> Worker:
    """Start a worker in a thread, which ends with the process: what it leaves undone is in the database."""
    worker = Worker(settings)
    Thread(target=worker.run, name="tripkit-worker", daemon=True).start()
    return worker
