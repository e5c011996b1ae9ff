"""A site with the demonstration's trips, served by a process of its own on a database of its own."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from multiprocessing.process import BaseProcess
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import waitress

from tripkit.app import create_app
from tripkit.cli.demo import build_demo, demo_settings
from tripkit.domain.places import TripState
from tripkit.reads.trip_list import trip_list
from tripkit.reads.trip_page import TripPage, trip_page
from tripkit.storage import open_engine, sessions

CLOCK = "2018-12-10T09:00+01:00"
NOW = datetime.fromisoformat(CLOCK).astimezone(UTC)
PATIENCE = 90.0
"""Seconds to wait for a process to answer or a message to be delivered."""
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tripkit.app", "waitress", "tests.e2e.demonstration"])
"""Each site is a process of its own; what it imports was imported once, by the one that they are forked from."""


@dataclass(frozen=True)
class Site:
    """A running site. ``mail``: the folder its messages are written to."""

    url: str
    database: Path
    mail: Path

    def environment(self) -> dict[str, str]:
        """The settings that it runs with; a command given the same works on its database."""
        return {
            "TRIPKIT_DATABASE": f"sqlite:///{self.database}",
            "TRIPKIT_CLOCK": CLOCK,
            "TRIPKIT_DEMO": "yes",
            "TRIPKIT_MAIL": f"files:{self.mail}",
            "TRIPKIT_URL": self.url,
            "TRIPKIT_LIMITS": "no",
        }

    def tripkit(self, *words: str) -> str:
        """What a command says that is given this site's settings."""
        command = [sys.executable, "-m", "tripkit", *words]
        done = subprocess.run(
            command, env={**os.environ, **self.environment()}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def trips(self) -> list[TripPage]:
        """Every trip, as it stands in the database now."""
        engine = open_engine(f"sqlite:///{self.database}")
        with sessions(engine)() as session:
            found = [
                trip_page(session, organisation=card.organisation.key, trip=card.key, now=NOW)
                for card in trip_list(session, now=NOW)
            ]
        engine.dispose()
        return [page for page in found if page is not None]

    def open_trip(self) -> TripPage:
        """The trip that anybody can sign up for."""
        return next(page for page in self.trips() if page.state in {TripState.OPEN, TripState.FEW_LEFT})

    def full_trip(self) -> TripPage:
        """The fully booked trip."""
        return next(page for page in self.trips() if page.state is TripState.FULL)

    def messages(self, to: str = "") -> list[EmailMessage]:
        """What was sent, oldest first."""
        files = sorted(self.mail.rglob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
        return [message for message in found if isinstance(message, EmailMessage) and to in str(message["To"])]

    def wait_for_mail(self, to: str, count: int) -> list[EmailMessage]:
        """What was sent to an address, as soon as there are so many messages."""
        until = time.monotonic() + PATIENCE
        while len(found := self.messages(to)) < count:
            assert time.monotonic() < until, f"{len(found)} of {count} messages to {to}"
            time.sleep(0.1)
        return found


def build(database: Path) -> None:
    """Make the demonstration's database as the command does; what its story sends is written beside it."""
    build_demo(replace(demo_settings(database.parent, "http://127.0.0.1"), database_url=f"sqlite:///{database}"))


@contextmanager
def serve_a_copy(database: Path, folder: Path, named: str = "", **environment: str) -> Iterator[Site]:
    """Serve a copy of a database and of what was sent, so that the next one begins as this one did. ``named``: see `serve`."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(folder / "copy.sqlite3")) as copy:
        source.backup(copy)
    if (keys := database.with_suffix(".keys")).exists():
        shutil.copy(keys, folder / "copy.keys")  # What is sealed in it opens in the copy too.
    if (database.parent / "mail").is_dir():
        shutil.copytree(database.parent / "mail", folder / "mail")
    with serve(folder / "copy.sqlite3", folder, named, **environment) as site:
        yield site


@contextmanager
def serve(database: Path, folder: Path, named: str = "", **environment: str) -> Iterator[Site]:
    """Serve a demonstration's database until the block ends. ``named``: the site's name in its addresses, in place of a number."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    url = f"http://{named or '127.0.0.1'}:{address.rpartition(':')[2]}"
    site = Site(url=url, database=database, mail=folder / "mail")
    settings = {**os.environ, **site.environment(), **environment}
    process = _PROCESSES.Process(target=_serve_here, args=(settings, address, folder / "server.log"), daemon=True)
    process.start()
    try:
        _wait_until_it_answers(site.url, process, folder / "server.log")
        yield site
    finally:
        process.terminate()
        process.join(PATIENCE)
        process.close()


def _serve_here(settings: dict[str, str], address: str, log: Path) -> None:
    """Serve a site from this process, which does nothing else, until it is ended."""
    with log.open("wb") as said:
        os.dup2(said.fileno(), sys.stdout.fileno())
        os.dup2(said.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(settings)
    waitress.serve(create_app(), listen=address, threads=4)


def _wait_until_it_answers(url: str, process: BaseProcess, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.is_alive():
        try:
            with urlopen(f"{url}/robots.txt", timeout=5):
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the site does not answer: {log.read_text(encoding='utf-8')[-2000:]}")
