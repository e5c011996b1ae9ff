"""Many cases on several processes, each with a site of its own; the same cases on one as on ten, since each has its number."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from multiprocessing.queues import Queue

from tests.fuzz.run import Run, fuzzer
from tripkit.cli.progress import progress

TOLD_EVERY = 50
"""Cases after which a process says how far it is."""


@dataclass
class Sum:
    """What all processes have asked, and what came of it. ``kinds``: how often each kind of fault was found."""

    requests: int = 0
    forms: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, piece: Piece) -> None:
        """Take in what one process has asked, and show each kind of fault once."""
        self.requests += piece.requests
        self.statuses += piece.statuses
        self.forms = max(self.forms, piece.forms)
        for kind, told in piece.faults:
            if kind not in self.kinds:
                sys.stdout.write(f"\n{told}\n")
                sys.stdout.flush()
            self.kinds[kind] += 1

    def errors(self) -> int:
        """How many answers were errors of ours; a page that says to wait is none."""
        return sum(times for status, times in self.statuses.items() if status >= 500 and status != 503)

    def refused(self) -> int:
        """How many requests were refused."""
        return sum(times for status, times in self.statuses.items() if 400 <= status < 500)


@dataclass(frozen=True)
class Piece:
    """What one process has asked since it last said so. ``faults``: (kind, what to show). ``over``: it is done."""

    requests: int
    forms: int
    statuses: Counter[int]
    faults: list[tuple[tuple[str, str], str]]
    over: bool


def many(seed: int, requests: int, processes: int, database: str | None) -> Sum:
    """Run cases until so many requests were sent; the first fault of each kind is told as soon as it is found."""
    context, done = get_context("spawn"), Sum()
    pieces: Queue[Piece] = context.Queue()
    working = [
        context.Process(target=_ask, args=(pieces, seed, start, processes, requests // processes + 1, database))
        for start in range(processes)
    ]
    for process in working:
        process.start()
    with progress("Requests", requests) as shown, suppress(KeyboardInterrupt):
        over = 0
        while over < processes:
            piece = pieces.get()
            done.add(piece)
            shown.done = done.requests
            over += piece.over
    # Where somebody has stopped it, what was asked until then counts.
    for process in working:
        process.terminate()
        process.join()
    return done


def _ask(pieces: Queue[Piece], seed: int, start: int, step: int, requests: int, database: str | None) -> None:
    """Every so many cases, beginning with one of them; what is found is said every now and then."""
    with fuzzer(database) as on:
        forms = sum(len(known.forms) for known in on.people)
        told, asked, since = Run(), 0, 0
        for number in count(start, step):
            for _ in on.walk(seed, number, told):
                pass
            since += 1
            asked_now = asked + told.requests
            if since >= TOLD_EVERY or asked_now >= requests:
                faults = [(finding.kind(), finding.told()) for finding in told.findings]
                over = asked_now >= requests
                pieces.put(Piece(told.requests, forms, told.statuses, faults, over))
                told, asked, since = Run(), asked_now, 0
                if over:
                    return
