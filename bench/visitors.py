"""Visitors in processes of their own: each one asks, waits for the answer and asks again; as little Python as possible."""

from __future__ import annotations

import multiprocessing
import secrets
import socket
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Self

VISITORS = 4
KEY = b"form-key-of-a-sign-up-0123456789"
"""Stands in a request where each sign-up has a key of its own, as long as this."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, whole as it is sent, and the status its answer has."""

    request: bytes
    status: int


@dataclass(frozen=True, slots=True)
class Round:
    """What came of asking for a while. ``times``: seconds each answer took."""

    per_second: float
    times: list[float]


class Wrong(Exception):
    """An answer that is not the one that was to be measured."""


@dataclass(slots=True)
class Line:
    """A kept-alive connection to a server on this machine."""

    port: int
    _socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        lowered = head.lower()
        _, found, rest = lowered.partition(b"\r\ncontent-length:")
        length = int(rest.split(b"\r\n", 1)[0]) if found else 0
        status = int(head[9:12])
        parts, there = [body], len(body)
        while there < length and status != 304:
            parts.append(self._more())
            there += len(parts[-1])
        if b"\r\nconnection: close" in lowered:
            self._socket.close()
            self._socket = None
        return status, head, b"".join(parts)

    def _more(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(262_144)
        if not data:
            raise Wrong("the server closed the connection")
        return data


def ask_for(port: int, ask: Ask, seconds: float) -> tuple[float, list[float]]:
    """Ask again and again. How long it went on, and what each answer took, in seconds."""
    line = Line(port)
    times: list[float] = []
    began = end = perf_counter()
    while end - began < seconds:
        request = ask.request.replace(KEY, secrets.token_hex(len(KEY) // 2).encode())
        sent = perf_counter()
        status, _, body = line.ask(request)
        end = perf_counter()
        if status != ask.status:
            raise Wrong(f"{status} instead of {ask.status}: {body[:2000]!r}")
        times.append(end - sent)
    return end - began, times


def _visit(wire: Connection) -> None:
    while (job := wire.recv()) is not None:
        try:
            wire.send(ask_for(*job))
        except (Wrong, OSError) as error:
            wire.send(error)


class Crowd:
    """Several visitors at once, who live as long as the block."""

    def __enter__(self) -> Self:
        """Start them."""
        context = multiprocessing.get_context("spawn")
        self._wires: list[Connection] = []
        self._people = []
        for _ in range(VISITORS):
            ours, theirs = context.Pipe()
            person = context.Process(target=_visit, args=(theirs,), daemon=True)
            person.start()
            self._wires.append(ours)
            self._people.append(person)
        return self

    def __exit__(self, *_: object) -> None:
        """Send them home."""
        for wire in self._wires:
            wire.send(None)
        for person in self._people:
            person.join(timeout=5)

    def visit(self, port: int, ask: Ask, seconds: float) -> Round:
        """All of them ask for so long. Raises: Wrong."""
        for wire in self._wires:
            wire.send((port, ask, seconds))
        answers = [wire.recv() for wire in self._wires]
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return Round(
            per_second=sum(len(times) / lasted for lasted, times in answers),
            times=[one for _, times in answers for one in times],
        )
