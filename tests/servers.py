"""Servers of a test's own, as processes that can be stopped, killed, paused and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from redis import Redis, RedisError

from tests.conftest import missing
from tests.worker.mail_server import free_port

PATIENCE = 30.0


class RedisServer:
    """A Redis server that nobody else uses, and that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            missing("redis", "redis-server is not installed")
        self._program, self._folder = str(program), folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start it, and wait until it answers."""
        nothing_kept = ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        self._process = subprocess.Popen(
            [self._program, "--port", str(self.port), "--bind", "127.0.0.1", *nothing_kept, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = monotonic() + PATIENCE
        while not self.answers():
            assert self._process.poll() is None and monotonic() < until, "redis-server did not start"
            sleep(0.02)

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            with Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1) as client:
                return bool(client.ping())
        except RedisError:
            return False

    def stop(self) -> None:
        """Kill it: what it held is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(PATIENCE)
            self._process = None

    def pause(self) -> None:
        """Leave its port open and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End a `pause`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def client(self) -> Redis:
        """A connection to look at what is in it."""
        return Redis.from_url(self.url, decode_responses=True)


@contextmanager
def running_redis(folder: Path, *options: str) -> Iterator[RedisServer]:
    """A Redis server until the block ends."""
    server = RedisServer(folder)
    server.start(*options)
    try:
        yield server
    finally:
        server.stop()


class PostgresServer:
    """A PostgreSQL server that nobody else uses, on a socket in a directory of its own. ``port``: of 127.0.0.1, None = none."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self._programs = _postgres_programs()
        self._as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._folder = folder
        self._data = folder / "data"
        if self._as_postgres:  # PostgreSQL refuses to run as root.
            shutil.chown(folder, "postgres")
        self._run(
            "initdb", "-D", str(self._data), "-U", "tripkit", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"
        )
        self._listens = f"-c listen_addresses=127.0.0.1 -p {port}" if port else "-c listen_addresses=''"
        where = f"127.0.0.1:{port}/postgres" if port else f"/postgres?host={folder}"
        self.server_url = f"postgresql+psycopg://tripkit@{where}"

    def start(self) -> None:
        """Start it, if it does not run, and wait until it answers."""
        if (self._data / "postmaster.pid").exists():
            return
        options = f"-k {self._folder} {self._listens} -c fsync=off -c max_connections=100"
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self._folder / "log"), "-w", "start", "-o", options)

    def stop(self, how: str = "immediate") -> None:
        """Stop it. ``how``: fast = connections are cut, immediate = as if it had crashed."""
        self.go_on()
        self._run("pg_ctl", "-D", str(self._data), "-m", how, "-w", "stop", check=False)

    def pause(self) -> None:
        """Have it accept connections and say nothing: the server itself, and whoever serves a connection now."""
        self._tell(signal.SIGSTOP)

    def go_on(self) -> None:
        """End a `pause`."""
        self._tell(signal.SIGCONT)

    def _tell(self, number: signal.Signals) -> None:
        try:
            first = int((self._data / "postmaster.pid").read_text().split()[0])
        except FileNotFoundError:
            return  # It has stopped.
        with suppress(ProcessLookupError, FileNotFoundError):
            os.kill(first, number)  # First: it would make others.
            for child in Path(f"/proc/{first}/task/{first}/children").read_text().split():
                with suppress(ProcessLookupError):
                    os.kill(int(child), number)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        done = subprocess.run(
            [*self._as_postgres, str(self._programs / program), *arguments], cwd="/", capture_output=True, check=False
        )
        assert done.returncode == 0 or not check, done.stderr.decode()


def _postgres_programs() -> Path:
    """The directory of the newest initdb."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    known = [Path(one) for one in (shutil.which("initdb"),) if one]
    if not (found or known):
        missing("postgres", "initdb is not installed: these tests start a PostgreSQL of their own")
    return (found or known)[-1].parent


@contextmanager
def running_postgres(port: int | None = None) -> Iterator[PostgresServer]:
    """A PostgreSQL server until the block ends. ``port``: see there. Its directory is short: a socket's path may be no longer than 107 signs."""
    with tempfile.TemporaryDirectory(prefix="tripkit-pg-", dir="/tmp") as name:
        server = PostgresServer(Path(name), port)
        server.start()
        try:
            yield server
        finally:
            server.stop()
