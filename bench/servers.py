"""Databases and servers for the time of a measurement, all on 127.0.0.1; nothing of them stays."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from bench.served import THREADS, VARIABLE

POSTGRES = (
    os.environ.get("TRIPKIT_BENCH_POSTGRES")
    or os.environ.get("TRIPKIT_TEST_POSTGRES")
    or "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
"""A server on which databases may be made and dropped."""
SERVERS = ("waitress", *(["gunicorn"] if importlib.util.find_spec("gunicorn") else []))
_GUNICORN_WORKERS = 2


def shown(url: str) -> str:
    """The address of a database as it may be printed."""
    return make_url(url).render_as_string(hide_password=True)


def postgres_version() -> str | None:
    """The version of the PostgreSQL server, None when there is none to use."""
    if importlib.util.find_spec("psycopg") is None:
        return None
    engine = create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        with engine.connect() as connection:
            return str(connection.scalar(text("SHOW server_version"))).split()[0]
    except OperationalError:
        return None
    finally:
        engine.dispose()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, SQLite or PostgreSQL, that is gone afterwards."""
    name = f"tripkit_bench_{uuid.uuid4().hex[:12]}"
    if kind == "SQLite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        engine.dispose()


@contextmanager
def redis(folder: Path) -> Iterator[str | None]:
    """The address of a Redis server of our own, which keeps nothing; None where none is installed."""
    program = shutil.which("redis-server")
    if program is None or importlib.util.find_spec("redis") is None:
        yield None
        return
    port = free_port()
    said = folder / f"redis-{port}.log"
    nothing_kept = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
    with said.open("w") as log:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", *nothing_kept]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(port, process, said)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.kill()
            process.wait()


@contextmanager
def served(server: str, folder: Path, **asked: object) -> Iterator[int]:
    """The port an application is served on. ``asked``: what `bench.served.application` is told."""
    port = free_port()
    command = [sys.executable, "-m", "bench.served"]
    if server == "gunicorn":
        workers = ["--workers", str(_GUNICORN_WORKERS), "--threads", str(THREADS // _GUNICORN_WORKERS)]
        command = [sys.executable, "-m", "gunicorn", *workers, "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
        command += ["--keep-alive", "30", "bench.served:application()"]
    said = folder / f"{server}-{port}.log"
    environment = {**os.environ, VARIABLE: json.dumps(asked), "PORT": str(port)}
    with said.open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            wait_for(port, process, said)
            yield port
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()
            process.wait()


def described(server: str) -> str:
    """A server as the report names it."""
    workers = f"{_GUNICORN_WORKERS} processes, " if server == "gunicorn" else "1 process, "
    return f"{server} ({workers}{THREADS} threads)"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    """Wait until a server answers. Ends the program, with what the server said, when it does not."""
    until = time.monotonic() + 120  # A machine may be busy with other things.
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit(f"A server did not start:\n{said.read_text()}")
