"""gunicorn as the recipe starts it, restarted and reloaded while four clients ask and sign up: not one request fails."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from time import sleep

import pytest

from tests.conftest import DATA_KEYS, missing
from tests.deploy.recipe import HERE, Web, held_socket, nginx_config, program, running, started_by
from tests.faults.people import URL, Person, ask, open_form, press
from tests.faults.site import wait_for
from tests.worker.mail_server import free_port
from tripkit.domain.trips import Trip
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import open_engine, sessions
from tripkit.storage.bookings import BookingRow
from tripkit.storage.migrations import upgrade
from tripkit.testing import NOW, applied, make_trip

CLIENTS = 4
PAGE = "/en/resebyran/hamnstad/"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A site with room for everybody, on SQLite."""
    url = f"sqlite:///{tmp_path / 'tripkit.sqlite3'}"
    engine = open_engine(url)
    upgrade(engine)
    trip: Trip = make_trip(size=5000)
    with sessions(engine)() as session:
        applied(session, trip)
    engine.dispose()
    return {
        "TRIPKIT_DATABASE": url,
        "TRIPKIT_SECRET_KEY": "only for tests, the same in all",
        "TRIPKIT_DATA_KEYS": DATA_KEYS[0],
        "TRIPKIT_CLOCK": NOW.isoformat(),
        "TRIPKIT_MAIL": f"files:{tmp_path / 'mail'}",
        "TRIPKIT_URL": "http://127.0.0.1",
        "TRIPKIT_LIMITS": "no",
        "TRIPKIT_WORKER": "no",
    }


@pytest.fixture
def web(environment: dict[str, str], tmp_path: Path) -> Iterator[Web]:
    with held_socket() as held:
        found = Web(held, environment, tmp_path / "web.log")
        found.start()
        yield found
        found.kill()


class Clients:
    """Four people who ask for pages and sign up, one request after the other, each on a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port, self.answers, self.failed = port, 0, []  # type: int, int, list[str]
        self.people: list[Person] = []
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._pool = ThreadPoolExecutor(CLIENTS)
        self._running = [self._pool.submit(self._ask, number) for number in range(CLIENTS)]

    def _ask(self, number: int) -> None:
        turn = 0
        while not self._stop.is_set():
            turn += 1
            try:
                answer, _ = ask(self.port, "GET", PAGE if turn % 2 else URL)
                if answer.status != 200:
                    self.failed.append(f"{answer.status}")
            except (OSError, HTTPException) as error:
                self.failed.append(repr(error))
            with self._lock:
                self.answers += 1
            if turn % 4 == 0:
                person = Person(number * 10_000 + turn)
                open_form(person, [self.port])
                press(person, [self.port])
                self.people.append(person)

    def more(self, many: int) -> None:
        """Wait until so many more were answered."""
        wanted = self.answers + many
        wait_for(lambda: self.answers >= wanted or any(one.done() for one in self._running), "nobody is answered")

    def stop(self) -> None:
        self._stop.set()
        for one in self._running:
            one.result(120)
        self._pool.shutdown()
        self.failed += [f"{person.number}: {person.excuses}" for person in self.people if person.excuses]


def workers(web: Web) -> set[int]:
    assert web.process is not None
    found = Path(f"/proc/{web.process.pid}/task/{web.process.pid}/children").read_text().split()
    return {int(pid) for pid in found}


def bookings(environment: dict[str, str]) -> int:
    engine = open_engine(environment["TRIPKIT_DATABASE"])
    with sessions(engine)() as session:
        assert pool_recount(session) == ()
        found = session.query(BookingRow).count()
    engine.dispose()
    return found


def test_nobody_notices_a_reload_or_a_restart(web: Web, environment: dict[str, str]) -> None:
    clients = Clients(web.port)
    clients.more(30)
    for _ in range(2):
        before = workers(web)
        web.reload()
        wait_for(lambda gone=before: not gone & workers(web), "old processes do not end")  # type: ignore[misc]
        clients.more(20)
    for _ in range(2):
        web.stop()
        web.start()
        clients.more(20)
    clients.stop()
    assert clients.failed == [], web.log()
    assert bookings(environment) == len(clients.people) > 10


def test_a_restart_without_a_socket_that_is_held_loses_requests(environment: dict[str, str], tmp_path: Path) -> None:
    """The fault itself: where gunicorn opens its own socket, who comes between two of them is refused."""
    port = free_port()
    gunicorn, *options = started_by("tripkit-web.service")
    words = [gunicorn, "--bind", f"127.0.0.1:{port}", *options]

    def is_there() -> bool:
        return _status(port, PAGE) == 200

    refused = 0
    with running(words, environment, tmp_path / "web.log"):
        wait_for(is_there, "gunicorn did not start")
    with running(words, environment, tmp_path / "web.log"):
        while not is_there():
            refused += 1
            sleep(0.01)
    assert refused > 0


def test_through_nginx_and_with_a_worker_as_the_page_says(
    web: Web, environment: dict[str, str], tmp_path: Path
) -> None:
    """From the form to the message, and files that browsers may keep for a year and get packed."""
    nginx = program("nginx")
    if nginx is None:
        missing("nginx", "nginx is not installed")
    port = free_port()
    config = nginx_config(tmp_path, port=port, upstream=web.port)
    worker = [str(HERE / "tripkit"), *started_by("tripkit-worker.service")[1:]]
    with (
        running([str(nginx), "-c", str(config), "-p", str(tmp_path)], {}, tmp_path / "nginx.log"),
        running(worker, environment, tmp_path / "worker.log"),
    ):
        wait_for(lambda: _answers(port), "nginx did not start")
        person = Person(1)
        open_form(person, [port])
        press(person, [port])
        wait_for(lambda: len([*(tmp_path / "mail").glob("*")]) == 1, (tmp_path / "worker.log").read_text())
        _, html = ask(port, "GET", PAGE)
        (sheet,) = set(re.findall(r"/static/look\.[0-9a-f]+\.css", html))
        said = curl(f"http://127.0.0.1:{port}{sheet}")
        assert "cache-control: public, max-age=31536000, immutable" in said
        assert "content-encoding: gzip" in said
        assert "content-encoding" not in curl(f"http://127.0.0.1:{port}{URL}")  # It holds a token.
        web.stop()
        web.start()
        assert ask(port, "GET", f"{PAGE}?words=Karin")[0].status == 200
    assert person.excuses == []
    log = (tmp_path / "access.log").read_text()
    assert PAGE in log and person.receipt not in log and "/booking/" not in log and "Karin" not in log


def test_what_goes_wrong_with_a_booking_is_not_written_down_with_its_secret(tmp_path: Path) -> None:
    nginx = program("nginx")
    if nginx is None:
        missing("nginx", "nginx is not installed")
    port = free_port()
    config = nginx_config(tmp_path, port=port, upstream=free_port())
    with running([str(nginx), "-c", str(config), "-p", str(tmp_path)], {}, tmp_path / "nginx.log"):
        wait_for(lambda: _status(port, PAGE) == 502, "nginx did not start")
        assert _status(port, "/sv/booking/a-secret/") == 502
        assert _status(port, "/sv/unsubscribe/a-secret/") == 502
    for name in ("access.log", "error.log"):
        log = (tmp_path / name).read_text()
        assert PAGE in log and "a-secret" not in log


def curl(address: str) -> str:
    """The head of an answer to somebody who can unpack, in small letters."""
    from urllib.request import Request, urlopen  # noqa: PLC0415 (of these lines alone)

    with urlopen(Request(address, headers={"Accept-Encoding": "gzip"}), timeout=30) as answer:
        return str(answer.headers).lower()


def _answers(port: int) -> bool:
    return _status(port, "/robots.txt") == 200


def _status(port: int, address: str) -> int | None:
    """None while nobody answers."""
    try:
        return ask(port, "GET", address)[0].status
    except (OSError, HTTPException):
        return None
