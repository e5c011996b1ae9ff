"""Whether the clock on the wall can be believed; what takes something from people by the clock waits until it can."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

log = logging.getLogger(__name__)

STEP = timedelta(seconds=60)
"""A clock that is corrected moves by less; one that steps by more was wrong before, or is now."""
IN_DOUBT_FOR = 600.0
"""Seconds a clock is left to settle after a step: a spike is over by then, and a wrong one is known to be."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the clock on the wall said. ``in_doubt``: whether to wait with what takes something from people."""

    in_doubt: bool
    wall: datetime
    steady: float

    def now(self) -> datetime:
        """That time, and what has passed since by the steady clock: no step can come in between."""
        return self.wall + timedelta(seconds=monotonic() - self.steady)


class ClockWatch:
    """Compares the clock on the wall with this process's steady clock, and with the database's where it has one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._wall, self._steady = now(), monotonic()
        self._doubted_at: float | None = None

    def look(self, database_says: datetime | None = None) -> Look:
        """Look at it. ``database_says``: the time by the database's clock, None = it has none of its own."""
        wall, steady = self._now(), monotonic()
        stepped = (wall - self._wall) - timedelta(seconds=steady - self._steady)
        self._wall, self._steady = wall, steady
        apart = timedelta() if database_says is None else wall - database_says
        if abs(stepped) > STEP or abs(apart) > STEP:
            if self._doubted_at is None:
                seconds = (stepped if abs(stepped) > STEP else apart).total_seconds()
                log.warning("the clock is off by %+.0f s: nothing that depends on it is ended for a while", seconds)
            self._doubted_at = steady
        elif self._doubted_at is not None and steady - self._doubted_at > IN_DOUBT_FOR:
            self._doubted_at = None
        return Look(self._doubted_at is not None, wall, steady)
