"""What a worker really has in hand, remembered beside the database for when that could not be told; nothing is sent here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import update
from sqlalchemy.orm import Session

from tripkit.storage import write
from tripkit.storage.outbox import OutboxRow


class InHand:
    """The messages and jobs of one living worker, for all its threads.

    A database that goes away after a message was taken in hand, or sent, cannot be told what became of it; and nobody
    else would take it up, since the worker lives. So the worker remembers, and puts it right when it can.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._messages: set[int] = set()
        self._unnoted: dict[int, Callable[[Session], None]] = {}
        self._jobs: set[str] = set()
        self._in_doubt = False

    @contextmanager
    def taking(self) -> Iterator[Callable[[int], None]]:
        """Take a message in hand, and say which; it stays there until `let_go`."""
        with self._lock:  # So that `put_right` never frees what another thread is just taking.
            try:
                yield self._messages.add
            except Exception:
                self._in_doubt = True  # Its commit may have come through all the same.
                raise

    def let_go(self, row_id: int, *, noted: bool) -> None:
        """It is out of hand. ``noted``: the database knows what became of it."""
        with self._lock:
            self._messages.discard(row_id)
            self._in_doubt = self._in_doubt or not noted

    def note(self, session: Session, row_id: int, note: Callable[[Session], None]) -> None:
        """Note what became of a message: now, or when the database can be told."""
        self._unnoted[row_id] = note
        note(session)
        del self._unnoted[row_id]

    def put_right(self, session: Session, worker: str) -> None:
        """After trouble: note what could not be, and free what is in this worker's hand by the database only."""
        if not self._in_doubt:
            return
        with self._lock:
            for row_id in self._unnoted.keys() - self._messages:
                self._unnoted[row_id](session)
                del self._unnoted[row_id]
            with write(session):
                left = update(OutboxRow).where(OutboxRow.leased_by == worker, OutboxRow.id.not_in(self._messages))
                session.execute(left.values(leased_by=None, leased_until=None))
            self._in_doubt = False

    @contextmanager
    def job(self, name: str) -> Iterator[bool]:
        """Do a job; whether none of this worker's other threads is at it."""
        with self._lock:
            is_free = name not in self._jobs
            self._jobs.add(name)
        try:
            yield is_free
        finally:
            if is_free:
                self._jobs.discard(name)
