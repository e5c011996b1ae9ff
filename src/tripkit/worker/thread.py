"""The worker inside a process: a thread, or the whole process, that delivers and sweeps until it is told to stop."""

from __future__ import annotations

import atexit
import logging
from threading import Event, Thread

from tripkit.settings import Settings
from tripkit.worker.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks for messages; what this very process writes is looked for at once."""
_TO_FINISH = 20.0
"""Seconds a process that ends leaves the message that is under way; without them it would be sent a second time."""


class ThreadWorker:
    """A worker that looks for work by itself. ``rounds``: how many times it has looked."""

    def __init__(self, settings: Settings, look_every: float = LOOK_EVERY) -> None:
        self.look_every = look_every
        self.rounds = 0
        self._worker = Worker(settings)
        self._wake = Event()
        self._stopped = False
        self._thread = Thread(target=self.run, name="tripkit-worker", daemon=True)

    def start(self) -> None:
        """Work in a thread, which ends with the process: what it leaves undone is in the database."""
        self._thread.start()
        atexit.register(self.stop, wait=_TO_FINISH)

    def wake(self) -> None:
        """Something has been written: look now. Returns at once."""
        self._wake.set()

    def run(self) -> None:
        """Work until `stop`. What goes wrong is logged, and tried again at the next look."""
        with self._worker:
            while not self._stopped:
                self._wake.clear()
                try:
                    self._worker.look()
                except Exception:
                    log.exception("the worker could not finish its round")
                self.rounds += 1
                self._wake.wait(self.look_every)

    def stop(self, *, wait: float | None = None) -> None:
        """Stop after the message that is under way. ``wait``: seconds to wait for the thread, None = do not."""
        self._stopped = True
        self._worker.stop()
        self._wake.set()
        if wait is not None and self._thread.is_alive():
            self._thread.join(wait)


def start(settings: Settings) -> ThreadWorker:
    """Start a worker in a thread of this process."""
    worker = ThreadWorker(settings)
    worker.start()
    return worker
