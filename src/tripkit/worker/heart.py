"""Who is alive among the workers, told by counters that rise; what a dead one had in hand is free again. No clock on a wall."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from time import monotonic
from typing import Protocol

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from tripkit.storage import write
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import JobRow, WorkerRow
from tripkit.worker.in_hand import InHand

log = logging.getLogger(__name__)

BEAT_EVERY = 5.0
"""Seconds between two beats of a worker."""
DEAD_AFTER = 30.0
"""Seconds another worker watches a counter that stands still before it takes what the dead one had in hand."""
SURE_FOR = 15.0
"""Seconds after its last beat in which a worker can be sure that nobody thinks it dead."""

DIED = "A worker died with it in hand"
"""What is noted at a message then: nobody can tell whether it was taken."""


class Owner(Protocol):
    """Somebody who has messages and jobs in hand."""

    @property
    def id(self) -> str:
        """What is written on them."""

    @property
    def in_hand(self) -> InHand:
        """What it knows of them itself."""

    def is_sure(self) -> bool:
        """Whether nobody else can have taken them meanwhile."""


class Passer:
    """An owner without a heartbeat, for one short visit. What it leaves in hand is free when its lease has run out."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        self.in_hand = InHand()

    def is_sure(self) -> bool:
        """Always: it is gone before anybody could doubt it."""
        return True


class Heart:
    """The heartbeat of one worker, in a thread of its own, and its eye on those of the others.

    The time since a counter last rose is measured by this process's own steady clock. So a wall clock that steps, here
    or there, makes nobody look dead, and a worker that is dead looks so to everybody.
    """

    def __init__(self, make_session: sessionmaker[Session], now: Callable[[], datetime]) -> None:
        self.id = secrets.token_hex(8)
        self.in_hand = InHand()
        self._make_session, self._now = make_session, now
        self._beaten_at = float("-inf")
        self._others: dict[str, tuple[int, float]] = {}
        self._looked_at = float("-inf")
        self._stop = Event()
        self._thread = Thread(target=self._run, name="tripkit-heart", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._try_to_beat()
        self._thread.start()

    def is_sure(self) -> bool:
        """Whether the last beat is so young that nobody can think this worker dead."""
        return monotonic() - self._beaten_at < SURE_FOR

    def stop(self) -> None:
        """Leave: the row goes, and with it whatever may still be in hand."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(BEAT_EVERY)
        try:
            with self._make_session() as session:
                _bury(session, self.id)
        except Exception:  # noqa: BLE001 (the others will see that it stands still)
            log.warning("the worker could not say that it leaves")

    def beat(self) -> None:
        """Raise the counter, look at those of the others, and bury who has died."""
        with self._make_session() as session:
            began, now = monotonic(), self._now()
            with write(session):
                alive = update(WorkerRow).where(WorkerRow.id == self.id)
                if not session.execute(alive.values(beat=WorkerRow.beat + 1, beat_at=now)).rowcount:  # type: ignore[attr-defined]
                    self._register(session, now)
            self._beaten_at = began
            for dead in self._look_at_others(session):
                if _bury(session, *dead):
                    log.warning("a worker has died; what it had in hand is free")

    def watch(self, seconds: float = DEAD_AFTER) -> None:
        """Look at the others for so long, for who works only a moment and would never see anybody stand still."""
        until = monotonic() + seconds + BEAT_EVERY
        while monotonic() < until and not self._stop.wait(BEAT_EVERY):
            self._try_to_beat()

    def _register(self, session: Session, now: datetime) -> None:
        """Sign in: at first, or after the others thought this worker dead and took what it had in hand."""
        self.id = secrets.token_hex(8)
        session.execute(
            insert(WorkerRow).values(
                id=self.id, host=socket.gethostname(), pid=os.getpid(), started_at=now, beat=0, beat_at=now
            )
        )

    def _look_at_others(self, session: Session) -> list[tuple[str, int]]:
        """(id, counter) of those whose counter has not risen for too long."""
        now = monotonic()
        rows = session.execute(select(WorkerRow.id, WorkerRow.beat).where(WorkerRow.id != self.id)).all()
        session.rollback()
        # While the database was away nobody could raise a counter: who is there again first would bury all the others.
        known = self._others if now - self._looked_at < SURE_FOR else {}
        self._looked_at = now
        self._others = {
            row.id: known[row.id] if row.id in known and known[row.id][0] == row.beat else (row.beat, now)
            for row in rows
        }
        return [(name, beat) for name, (beat, since) in self._others.items() if now - since > DEAD_AFTER]

    def _run(self) -> None:
        while not self._stop.wait(BEAT_EVERY):
            self._try_to_beat()

    def _try_to_beat(self) -> None:
        was_sure = self.is_sure()
        try:
            self.beat()
        except Exception as error:  # noqa: BLE001 (a database that is away comes back; until then nothing is sent)
            if was_sure or self._beaten_at == float("-inf"):
                log.warning("the worker's heart cannot beat: %s", type(error).__name__)


def _bury(session: Session, worker: str, beat: int | None = None) -> bool:
    """Free what a worker had in hand; whether it was there, and still at that ``beat``."""
    with write(session):
        gone = delete(WorkerRow).where(WorkerRow.id == worker)
        if beat is not None:  # It may have come to itself since somebody looked.
            gone = gone.where(WorkerRow.beat == beat)
        if not session.execute(gone).rowcount:  # type: ignore[attr-defined]
            return False
        in_hand = update(OutboxRow).where(OutboxRow.leased_by == worker)
        doubt = {} if beat is None else {"last_error": DIED}
        session.execute(in_hand.values(leased_by=None, leased_until=None, **doubt))
        session.execute(update(JobRow).where(JobRow.held_by == worker).values(held_by=None))
    return True
