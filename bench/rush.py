"""A rush: so many people press at the same moment for so few places; how long it takes, and that nobody is oversold or unanswered."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench.askers import hidden_fields
from bench.requests import trip_path, typed
from bench.served import DATA_KEYS, make_tripkit_database, roomy_trip
from bench.servers import POSTGRES, database, free_port, postgres_version, shown, wait_for
from tripkit.cli.demo import BEGINS_AT
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import open_engine, sessions
from tripkit.storage.bookings import BookingRow, ParticipantRow, WaitingRow

LINES = 16
"""Connections to each process, as a proxy in front would hold; who finds none free stands in line."""
PLACED, QUEUED = "a place", "a position in the queue"
_SAID = {"is confirmed": PLACED, "as number": QUEUED, "waits in the queue": QUEUED}


@dataclass(slots=True)
class Person:
    """Somebody with the form open. ``said``: what they were told; ``after``: seconds from the press to that."""

    number: int
    port: int
    cookie: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    said: str = ""
    after: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a rush. ``told``: by what people were told; seconds from the press of the button by everybody at once."""

    told: Counter[str]
    placed: int
    queued: int
    bookings: int
    drift: int
    form_seconds: float
    drain_seconds: float
    median_seconds: float
    worst_seconds: float

    @property
    def people(self) -> int:
        """How many there were."""
        return self.told.total()

    def report(self) -> str:
        """In words."""
        a_second = self.people / self.drain_seconds
        told = ", ".join(f"{number:,} × {said}" for said, number in sorted(self.told.items()))
        opened = f"{self.people:,} people opened the form in {self.form_seconds:.1f} s"
        found = f"{self.placed:,} with a place, {self.queued:,} in the queue, {self.bookings:,} bookings"
        waited = f"{self.worst_seconds:.1f} s, half of them after {self.median_seconds:.1f} s"
        return (
            f"{opened} ({self.people / self.form_seconds:.0f} a second), then all pressed at once.\n"
            f"Told: {told}.\n"
            f"In the database: {found}, {self.drift} pools counted wrong.\n"
            f"The last one had an answer after {waited}; {a_second:.0f} sign-ups, {2 * a_second:.0f} requests a second."
        )


class Lines:
    """Kept-alive connections to each process; one request at a time on each."""

    def __init__(self) -> None:
        self._free: dict[int, asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None]] = {}

    async def ask(self, port: int, request: bytes) -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer. A line that was closed meanwhile is opened anew, once."""
        async with self._line(port) as line:
            for again in (True, False):
                if line[0] is None:
                    line[0] = await asyncio.open_connection("127.0.0.1", port)
                try:
                    return await _ask(*line[0], request)
                except (ConnectionError, asyncio.IncompleteReadError):
                    line[0][1].close()
                    line[0] = None
                    if not again:
                        raise
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def _line(self, port: int) -> AsyncIterator[list[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None]]:
        if port not in self._free:
            self._free[port] = asyncio.Queue()
            for _ in range(LINES):
                self._free[port].put_nowait(None)
        held = [await self._free[port].get()]
        try:
            yield held
        finally:
            self._free[port].put_nowait(held[0])

    def close(self) -> None:
        """Close them all."""
        for lines in self._free.values():
            while not lines.empty():
                if (line := lines.get_nowait()) is not None:
                    line[1].close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes, bytes]:
    writer.write(request)
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    return int(head[9:12]), head, body


def _get(path: str, cookie: str = "") -> bytes:
    sent = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n{sent}\r\n".encode()


def _post(path: str, fields: dict[str, str], cookie: str) -> bytes:
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def open_form(lines: Lines, person: Person, path: str, filled_in: dict[str, str]) -> None:
    """Load the form and fill it in."""
    status, head, body = await lines.ask(person.port, _get(path))
    assert status == 200, body[:500]
    cookie = re.search(rb"(?i)\r\nset-cookie: *([^;\r]+)", head)
    person.cookie = cookie[1].decode() if cookie else ""
    person.fields |= (
        hidden_fields(body.decode())
        | filled_in
        | {
            "contact_name": f"Person {person.number}",
            "contact_email": f"person{person.number}@tripkit.example",
        }
    )


async def press(lines: Lines, person: Person, path: str, pressed_at: float) -> None:
    """Send the form and read the receipt."""
    status, head, body = await lines.ask(person.port, _post(path, person.fields, person.cookie))
    if status == 303:
        location = re.search(rb"(?i)\r\nlocation: *([^\r]+)", head)
        assert location is not None
        status, head, body = await lines.ask(person.port, _get(location[1].decode(), person.cookie))
    text = re.sub(r"<[^>]+>", " ", body.decode())
    person.said = next(
        (meaning for words, meaning in _SAID.items() if words in text), f"an answer with status {status}"
    )
    person.after = time.perf_counter() - pressed_at


async def crowd(
    ports: list[int], people: int, path: str, filled_in: dict[str, str]
) -> tuple[list[Person], float, float]:
    """Everybody opens the form; then all press at once. The people, and how long each of the two took, in seconds."""
    lines = Lines()
    everybody = [Person(number, ports[number % len(ports)]) for number in range(people)]
    began = time.perf_counter()
    await asyncio.gather(*(open_form(lines, person, path, filled_in) for person in everybody))
    opened = time.perf_counter()
    await asyncio.gather(*(press(lines, person, path, opened) for person in everybody))
    done = time.perf_counter()
    lines.close()
    return everybody, opened - began, done - opened


def rush(url: str, folder: Path, *, people: int, places: int, processes: int) -> Outcome:
    """Put a trip with so many places on an empty database, serve it by so many processes, and let them come."""
    trip = replace(roomy_trip(), size=places)
    make_tripkit_database(url, trip)
    path = trip_path(trip).replace("/sv/", "/en/")
    with ExitStack() as site:
        ports = [site.enter_context(_served(url, folder)) for _ in range(processes)]
        # In a thread of its own, since whoever calls may have an event loop, as a test run with a browser has.
        with ThreadPoolExecutor(1) as outside:
            came = outside.submit(asyncio.run, crowd(ports, people, f"{path}sign-up/", typed(trip)))
            everybody, form_seconds, drain_seconds = came.result()
    after = sorted(person.after for person in everybody)
    engine = open_engine(url)
    with sessions(engine)() as session:
        outcome = Outcome(
            told=Counter(person.said for person in everybody),
            placed=session.scalar(select(func.count()).where(ParticipantRow.status == "confirmed")) or 0,
            queued=session.scalar(select(func.count()).select_from(WaitingRow)) or 0,
            bookings=session.scalar(select(func.count()).select_from(BookingRow)) or 0,
            drift=len(pool_recount(session)),
            form_seconds=form_seconds,
            drain_seconds=drain_seconds,
            median_seconds=median(after),
            worst_seconds=after[-1],
        )
    engine.dispose()
    return outcome


@contextmanager
def _served(url: str, folder: Path) -> Iterator[int]:
    """One process of the site; its port."""
    port = free_port()
    settings = {
        "TRIPKIT_DATABASE": url,
        "TRIPKIT_SECRET_KEY": "only for this measurement",
        "TRIPKIT_DATA_KEYS": DATA_KEYS[0],
        "TRIPKIT_CLOCK": BEGINS_AT.isoformat(),
        "TRIPKIT_WORKER": "no",
        "TRIPKIT_LIMITS": "no",
    }
    said = folder / f"{port}.log"
    with said.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tripkit", "serve", "--port", str(port)],
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(port, process, said)
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        process.kill()
        process.wait()


def main() -> None:
    """Rush, and tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.rush", description=__doc__)
    parser.add_argument("--people", type=int, default=10_000, help="How many come (default 10,000).")
    parser.add_argument("--places", type=int, default=40, help="For how many places (default 40).")
    parser.add_argument("--processes", type=int, default=4, help="How many processes serve them (default 4).")
    parser.add_argument("--database", choices=("SQLite", "PostgreSQL"), default="PostgreSQL", help="On what.")
    given = parser.parse_args()
    if given.database == "PostgreSQL" and postgres_version() is None:
        raise SystemExit(f"No PostgreSQL can be used at {shown(POSTGRES)}.")
    with tempfile.TemporaryDirectory(prefix="tripkit-rush-") as name, database(given.database, Path(name)) as url:
        outcome = rush(url, Path(name), people=given.people, places=given.places, processes=given.processes)
    print(f"{given.database}, {given.processes} processes of tripkit serve, {os.cpu_count()} processors.")
    print(outcome.report())
    if outcome.placed != min(given.people, given.places) or outcome.drift or set(outcome.told) - {PLACED, QUEUED}:
        raise SystemExit("That was wrong.")


if __name__ == "__main__":
    main()
