"""The queue that wakes workers: Celery on Redis. What is to be done is in the database; a task says only “look”."""

from __future__ import annotations

import logging
import os
from threading import Event, Thread
from time import monotonic
from typing import Any, Protocol

from celery import Celery
from celery.signals import worker_shutting_down
from kombu.entity import Exchange, Queue

from tripkit.settings import Settings
from tripkit.storage.redis_server import PATIENCE, QUIET_FOR, name_of, waits
from tripkit.worker.worker import A_ROUND, SWEEP_EVERY, Worker

log = logging.getLogger(__name__)

DELIVER, SWEEP = "tripkit.deliver", "tripkit.sweep"
STALE_AFTER = 60.0
"""Seconds after which a task nobody took is forgotten: the next sweep sees what it would have seen."""


def make_queue(settings: Settings) -> Celery:
    """The queue of an installation, as both who wakes and who is woken see it. Raises: ValueError without Redis."""
    if settings.redis_url is None:
        raise ValueError("there is no queue without TRIPKIT_REDIS_URL")
    queue = Celery("tripkit", broker=settings.redis_url)
    # The nameless exchange leads to the queue of that name by itself. One with a name keeps its routes in Redis, and
    # would lose them when Redis is emptied.
    name = name_of(settings)
    queue.conf.update(
        accept_content=["json"],
        task_serializer="json",
        result_serializer="json",
        task_ignore_result=True,
        task_queues=[Queue(name, Exchange("", type="direct"), routing_key=name)],
        task_default_queue=name,
        task_default_exchange="",
        task_default_routing_key=name,
        task_create_missing_queues=False,
        task_acks_late=False,  # A task that is lost is no loss: the sweep sees what it would have seen.
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={**waits(PATIENCE), "retry_on_timeout": False, "health_check_interval": 10},
    )
    return queue


def publish(queue: Celery, task: str) -> bool:
    """Ask somebody to look; whether Redis took it. Never raises, and waits no longer than Redis is given to answer."""
    try:
        queue.send_task(task, expires=STALE_AFTER, retry=False)
    except Exception as error:  # noqa: BLE001 (a broker that is away: the database knows what is to be done)
        log.warning("Redis cannot be reached (%s); the sweep will see what waits", type(error).__name__)
        return False
    return True


class Waker:
    """Wakes workers for a process that serves pages: from a thread, so that no request ever waits for Redis."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._wanted = Event()
        self._pid = 0

    def wake(self) -> None:
        """Messages were written. Returns at once; many wakes at once become one."""
        if self._pid != os.getpid():  # At first, and in a process that was forked from one that had a thread.
            self._pid = os.getpid()
            Thread(target=self._run, name="tripkit-waker", daemon=True).start()
        self._wanted.set()

    def _run(self) -> None:
        queue = make_queue(self._settings)
        while self._wanted.wait():
            self._wanted.clear()
            if not publish(queue, DELIVER):
                Event().wait(QUIET_FOR)


class Pool(Protocol):
    """What runs tasks: Celery's worker."""

    def start(self) -> None:
        """Run until told to stop."""


class QueueWorker:
    """A worker that is woken by the queue, and by its own beat when the queue says nothing."""

    def __init__(self, settings: Settings, *, hands: int) -> None:
        self.worker = Worker(settings)
        self._queue = make_queue(settings)
        self._hands = hands
        self._queue.task(name=DELIVER)(self.deliver)
        self._queue.task(name=SWEEP)(self.sweep)

    def run(self) -> None:
        """Work until the process is told to stop (SIGTERM, SIGINT): then finish what is under way."""
        worker_shutting_down.connect(self._stop)
        beat = Thread(target=self._beat, name="tripkit-beat", daemon=True)
        with self.worker:
            beat.start()
            try:
                self._pool().start()
                while self.worker.rest(1.0):
                    # It ended by itself: what was in Redis could not be read. That is gone now; the rest is not.
                    log.error("the queue's consumer broke, and is started again")
                    self._pool().start()
            finally:
                self.worker.stop()
                beat.join(SWEEP_EVERY)

    def deliver(self) -> int:
        """Deliver what is due; when there is much, ask for another hand."""
        if self.worker.wants_help():
            publish(self._queue, DELIVER)
        until = monotonic() + A_ROUND
        sent = self.worker.deliver()
        if monotonic() >= until:
            publish(self._queue, DELIVER)  # Cut short, so that a sweep that waits for a hand gets one.
        return sent

    def sweep(self) -> int:
        """Do what is scheduled, and deliver what nobody was woken for."""
        done = self.worker.sweep()
        return done + self.deliver()

    def _pool(self) -> Pool:
        # Threads: what takes time is the mail server, and one heartbeat stands for all of them.
        made: Pool = self._queue.Worker(
            pool="threads",
            concurrency=self._hands,
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        return made

    def _beat(self) -> None:
        """Have the sweep done every so often; by this very thread when Redis is away, so that nothing waits for it."""
        swept_at = float("-inf")
        while self.worker.rest(1.0):
            if monotonic() - swept_at < SWEEP_EVERY:
                continue
            swept_at = monotonic()
            try:
                if not publish(self._queue, SWEEP):
                    self.sweep()
            except Exception:
                log.exception("the sweep could not be done")

    def _stop(self, **_: Any) -> None:
        self.worker.stop()
