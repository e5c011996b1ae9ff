"""A whole site as processes: pages, workers, a mail server, and the databases it stands on; each can be killed by itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from tests.conftest import DATA_KEYS
from tests.worker.mail_server import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0
DEAD_AFTER = 6.0
"""Seconds after which workers here think another one dead."""

QUICK = f"""
import sys
from tripkit.worker import clock_watch, heart, jobs, leases, retries, worker, queue
from datetime import timedelta
heart.BEAT_EVERY, heart.SURE_FOR, heart.DEAD_AFTER = 0.5, 3.0, {DEAD_AFTER}
worker.SWEEP_EVERY = queue.SWEEP_EVERY = 2.0
retries.AGAIN_AFTER = retries.AFTER_GREYLISTING = (timedelta(seconds=2),)
retries.SERVER_AWAY = leases.SERVER_AWAY = (timedelta(seconds=1), timedelta(seconds=2))
"""
"""Said to each process first: the same code, with shorter patience, so that a test need not wait for minutes."""


def wait_for(claim: Any, why: str, patience: float = PATIENCE) -> None:
    """Wait until it is true."""
    until = monotonic() + patience
    while not claim():
        assert monotonic() < until, why
        sleep(0.05)


@dataclass
class Process:
    """One process, that can be started again. ``before``: a program it runs first."""

    command: list[str]
    environment: Mapping[str, str]
    log: Path
    before: str = ""
    running: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> None:
        """Start it."""
        program = f"{QUICK}\n{self.before}\nsys.argv = {self.command!r}\nfrom tripkit.cli import main\nmain()"
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-c", program],
                env={**os.environ, **self.environment, **more},
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.running is not None
        self.running.send_signal(number)

    @property
    def pid(self) -> int:
        """Its id."""
        assert self.running is not None
        return self.running.pid

    def kill(self) -> None:
        """Kill -9."""
        if self.running is not None:
            self.running.kill()
            self.running.wait(PATIENCE)

    @property
    def has_died(self) -> bool:
        """Whether it is over."""
        return self.running is not None and self.running.poll() is not None


@dataclass
class Mail:
    """The mail server's process, and what it took."""

    folder: Path
    port: int = field(default_factory=free_port)
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.folder.mkdir(exist_ok=True)
        self.running = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.mail_process", str(self.port), str(self.folder)], cwd=ROOT
        )
        wait_for(lambda: _answers(self.port), "the mail server did not start")

    def stop(self) -> None:
        """Kill it: connections are refused from now on."""
        if self.running is not None:
            self.running.kill()
            self.running.wait(PATIENCE)
            self.running = None

    def be(self, mood: str) -> None:
        """Do this to messages from now on; see `tests.faults.mail_process`."""
        (self.folder / "mood").write_text(mood)
        (self.folder / "reached").unlink(missing_ok=True)

    @property
    def reached(self) -> bool:
        """Whether a message has come since it was last told how to be."""
        return (self.folder / "reached").exists()

    def took(self) -> list[dict[str, Any]]:
        """Every message it took, in order."""
        try:
            return [json.loads(line) for line in (self.folder / "took").read_text("utf-8").splitlines()]
        except FileNotFoundError:
            return []

    def times(self) -> Counter[str]:
        """How often each message was taken, by its Message-ID."""
        return Counter(message["id"] for message in self.took())


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@dataclass
class SiteProcesses:
    """The processes of one site, by name."""

    folder: Path
    database_url: str
    mail: Mail
    redis_url: str | None = None
    processes: dict[str, Process] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)

    def _environment(self) -> dict[str, str]:
        values = {
            "TRIPKIT_DATABASE": self.database_url,
            "TRIPKIT_SECRET_KEY": "only for tests, the same in all",
            "TRIPKIT_DATA_KEYS": DATA_KEYS[0],
            "TRIPKIT_MAIL": f"smtp://127.0.0.1:{self.mail.port}",
            "TRIPKIT_LIMITS": "no",
            "TRIPKIT_URL": "http://127.0.0.1",
        }
        if self.redis_url is not None:
            values["TRIPKIT_REDIS_URL"] = self.redis_url
        return values

    def web(self, name: str = "web", *, with_worker: bool = False, before: str = "", **more: str) -> Process:
        """Start a process that serves pages, and wait until it answers."""
        port = free_port()
        process = self._serve(name, port, before, {"TRIPKIT_WORKER": "yes" if with_worker else "no", **more})
        self._wait_for(name, port)
        return process

    def pages_and_workers(self, each: int = 2, *, before: str = "") -> None:
        """Start so many of both at once: ``web1``, ``worker1`` and so on."""
        started = {f"web{number}": free_port() for number in range(1, each + 1)}
        for name, port in started.items():
            self._serve(name, port, before, {"TRIPKIT_WORKER": "no"})
        for number in range(1, each + 1):
            self.worker(f"worker{number}", before=before)
        for name, port in started.items():
            self._wait_for(name, port)

    def _serve(self, name: str, port: int, before: str, more: Mapping[str, str]) -> Process:
        self.ports.append(port)
        return self._add(name, ["tripkit", "serve", "--port", str(port)], before, more)

    def _wait_for(self, name: str, port: int) -> None:
        process = self.processes[name]
        wait_for(lambda: _answers(port) or process.has_died, f"{name} did not start")
        assert not process.has_died, self.log(name)

    def worker(self, name: str = "worker", *, before: str = "", **more: str) -> Process:
        """Start a worker."""
        return self._add(name, ["tripkit", "worker"], before, more)

    def _add(self, name: str, command: list[str], before: str, more: Mapping[str, str]) -> Process:
        process = Process(command, {**self._environment(), **more}, self.folder / f"{name}.log", before)
        self.processes[name] = process
        process.start()
        return process

    def log(self, name: str) -> str:
        """What a process said."""
        return self.processes[name].log.read_text("utf-8", "replace")

    def end(self) -> None:
        """Kill what is left; nobody signs up any more."""
        self.ports.clear()
        for process in self.processes.values():
            with suppress(Exception):
                process.send(signal.SIGCONT)
            process.kill()


@contextmanager
def site(folder: Path, database_url: str, *, redis_url: str | None = None) -> Iterator[SiteProcesses]:
    """A site without processes yet, whose mail server runs; all that is started ends with the block."""
    mail = Mail(folder / "mail")
    mail.start()
    found = SiteProcesses(folder, database_url, mail, redis_url)
    try:
        yield found
    finally:
        found.end()
        mail.stop()
