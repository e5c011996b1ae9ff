"""How Redis is reached: how long it may take, and that pages go on without it; nothing in it is the only copy of anything."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tripkit.settings import Settings

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

PATIENCE = 5.0
"""Seconds that background work and the doctor wait for an answer."""
PAGE_PATIENCE = 0.25
"""Seconds that a page waits: for a connection, and for an answer. It does so once; then Redis is left alone."""
QUIET_FOR = 5.0
"""Seconds without another try after Redis could not be reached."""
_TO_CONNECT = 2.0


def name_of(settings: Settings) -> str:
    """What everything of this installation begins with there, so that several may share a server."""
    return f"tripkit-{hashlib.sha256(settings.database_url.encode()).hexdigest()[:12]}"


def waits(patience: float) -> dict[str, float]:
    """How long to wait for a connection and for an answer, as redis-py's and Celery's connections are told."""
    return {"socket_connect_timeout": min(patience, _TO_CONNECT), "socket_timeout": patience}


def connect(url: str, patience: float) -> Redis:
    """A client that tries once. It connects when it is first asked. Raises, then: redis.RedisError."""
    # Asked to, by default, it would try for half a minute. And the older protocol takes fewer words to begin with.
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), protocol=2, **waits(patience))


class Reached:
    """Redis for a process that serves pages: while it is away it is not asked, and a thread looks for when it is back."""

    def __init__(self, settings: Settings) -> None:
        """``settings``: with a ``redis_url``."""
        assert settings.redis_url is not None
        self.name = name_of(settings)
        self.client = connect(settings.redis_url, PAGE_PATIENCE)
        self._lock = Lock()
        self._looking = 0  # The process whose thread looks for it while it is away; a forked one has no such thread.

    def ask(self, do: Callable[[Redis], Answer]) -> Answer | None:
        """What it answers, None while it is away. Never raises, whatever somebody has put into it."""
        if self._looking == os.getpid():
            return None
        try:
            return do(self.client)
        except Exception as error:  # noqa: BLE001 (stopped, hanging, full, or filled with nonsense: pages go on without it)
            self._leave_alone(error)
            return None

    def _leave_alone(self, error: Exception) -> None:
        with self._lock:
            if self._looking == os.getpid():
                return
            self._looking = os.getpid()
        log.warning("Redis cannot be used (%s); pages go on without it", type(error).__name__)
        Thread(target=self._look, name="tripkit-redis", daemon=True).start()

    def _look(self) -> None:
        # Here and not in a request: also finding out where a server is can take long, and no timeout holds for that.
        while True:
            Event().wait(QUIET_FOR)
            try:
                self.client.ping()
            except Exception:  # noqa: BLE001, S112 (it is still away, which was said when it went)
                continue
            self._looking = 0
            log.warning("Redis can be used again")
            return
