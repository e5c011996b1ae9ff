"""How far a long command is, on standard error: one line rewritten on a terminal, else a line now and then; no work is done here."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from threading import Event, Thread
from time import monotonic

from tripkit.domain.sentences import sentence
from tripkit.i18n import say

QUIET = 2.0
"""Seconds before a terminal is told anything: what is quick needs no comment."""
ON_A_TERMINAL, ELSEWHERE = 0.2, 10.0
"""Seconds between two lines. Where nobody is watching, as in a log, the first one comes after as long, too."""


class Progress:
    """How far it is. ``what``: a few words before the colon; ``total``: how many there are, None = nobody knows.

    ``what`` and ``total`` may be set while it runs.
    """

    def __init__(self, what: str, total: int | None, language: str) -> None:
        self.what, self.total, self.language = what, total, language
        self.done = 0
        self._began = monotonic()

    def advance(self, by: int = 1) -> None:
        """So many more are done. Costs next to nothing: a thread of its own writes the line."""
        self.done += by

    def line(self) -> str:
        """How far it is by now, on one line."""
        return told(self.what, self.done, self.total, monotonic() - self._began, self.language)


@contextmanager
def progress(what: str, total: int | None = None, *, language: str = "en") -> Iterator[Progress]:
    """Say how far the block is once it takes long (see `QUIET`); on a terminal the line is gone at the end.

    Nothing else may be written to the terminal inside the block.
    """
    shown, over = Progress(what, total, language), Event()
    writer = Thread(target=_write, args=(shown, over), name="tripkit-progress", daemon=True)
    writer.start()
    try:
        yield shown
    finally:
        over.set()
        writer.join()


def told(what: str, done: int, total: int | None, seconds: float, language: str = "en") -> str:
    """“Bookings: 120 of 480, 40 a second, 0:09 left”; without a total, or with nothing counted, what is known."""
    rate = done / max(seconds, 0.001)
    said = {
        "what": what,
        "done": done,
        "total": total,
        "rate": Decimal(round(rate) if rate >= 10 else f"{rate:.1f}"),
        "spent": _clock(seconds),
    }
    if not done:
        return say(sentence("{what}: {spent} so far", **said), language)
    if total is None:
        return say(sentence("{what}: {done}, {rate} a second, {spent} so far", **said), language)
    left = _clock(max(total - done, 0) / rate)
    return say(sentence("{what}: {done} of {total}, {rate} a second, {left} left", left=left, **said), language)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _write(shown: Progress, over: Event) -> None:
    stream = sys.stderr
    # Whatever becomes of the terminal, the work goes on.
    with suppress(OSError, ValueError):
        if stream.isatty() and os.environ.get("TERM") != "dumb":
            if over.wait(QUIET):
                return
            while True:
                width = shutil.get_terminal_size().columns - 1  # A line that wraps cannot be rewritten.
                stream.write(f"\r{shown.line()[:width]}\x1b[K")
                stream.flush()
                if over.wait(ON_A_TERMINAL):
                    break
            stream.write("\r\x1b[K")
            stream.flush()
            return
        while not over.wait(ELSEWHERE):
            stream.write(f"{shown.line()}\n")
            stream.flush()
