"""Doing several things at the same time, so that whatever goes wrong in one of them fails the test, with its cause; no test."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TypeVar

Result = TypeVar("Result")
PATIENCE = 60.0
"""Seconds in which all of them have to end."""


def together(*work: Callable[[], Result], patience: float = PATIENCE) -> list[Result]:
    """Do each in a thread of its own; what came of them, in order. Raises: what one of them raised, or TimeoutError."""
    until = monotonic() + patience
    with ThreadPoolExecutor(len(work)) as threads:
        begun = [threads.submit(one) for one in work]
        return [one.result(max(0.0, until - monotonic())) for one in begun]
