"""When to try again, by what went wrong: growing waits, each a little longer or shorter than the last one's neighbour."""

from __future__ import annotations

import random
from datetime import timedelta

from tripkit.worker.trouble import Greylisted


def _minutes(*numbers: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=number) for number in numbers)


AGAIN_AFTER = _minutes(1, 2, 5, 15, 30, 60)
"""How long a message waits before each new try; the last one is repeated."""
AFTER_GREYLISTING = _minutes(6, 15, 30, 60)
"""The same where a server wants to see us again: most of them ask for five minutes."""
SERVER_AWAY = (*(timedelta(seconds=number) for number in (5, 15, 30)), *_minutes(1, 2, 5))
"""How long nobody tries a mail server that did not answer so many times in a row; the last one is repeated."""
GIVE_UP_AFTER = timedelta(days=5)
"""How long a message is tried (RFC 5321, 4.5.4.1: at least four to five days)."""
_SPREAD = 0.2


def again_after(error: Exception, attempts: int) -> timedelta:
    """How long a message waits after it failed for the ``attempts``-th time, counted from 1."""
    return _step(AFTER_GREYLISTING if isinstance(error, Greylisted) else AGAIN_AFTER, attempts)


def server_again_after(failures: int) -> timedelta:
    """How long a mail server is left alone after it did not answer ``failures`` times in a row, counted from 1."""
    return _step(SERVER_AWAY, failures)


def _step(waits: tuple[timedelta, ...], number: int) -> timedelta:
    """One of the waits, up to a fifth more or less: what failed together does not come back together."""
    return waits[min(number, len(waits)) - 1] * random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 (no secret)
