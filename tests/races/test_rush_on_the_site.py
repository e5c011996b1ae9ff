"""Four hundred people press the button at once, each in a browser of their own, on a site of two processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from itertools import cycle, islice
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.conftest import DATA_KEYS
from tests.house.tree import ROOT
from tests.web.signup_visitor import Page
from tests.web.test_signup import CONTACT, URL
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.testing import NOW, applied, make_trip

PEOPLE = 400
PLACES = 40
SERVE = """
import sys, waitress
from tripkit.app import create_app
waitress.serve(create_app(), listen=sys.argv[1], threads=4, backlog=1024)
"""
SERVE_UNGUARDED = """
import sys, waitress
from tests.races.crowd import guard_off
from tripkit.app import create_app
with guard_off(int(sys.argv[2])):
    waitress.serve(create_app(), listen=sys.argv[1], threads=1, backlog=1024)
"""
PATIENCE = 60

pytestmark = [pytest.mark.timeout(280), pytest.mark.xdist_group("races")]


@contextmanager
def process(engine: Engine, folder: Path, program: str, trip_id: int) -> Iterator[int]:
    """One process of the site on the database; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    settings = {
        "TRIPKIT_DATABASE": engine.url.render_as_string(hide_password=False),
        "TRIPKIT_CLOCK": NOW.isoformat(),
        "TRIPKIT_SECRET_KEY": "only for tests, the same in both",
        "TRIPKIT_DATA_KEYS": DATA_KEYS[0],
        "TRIPKIT_WORKER": "no",
        "TRIPKIT_LIMITS": "no",
    }
    with (folder / f"{port}.log").open("wb") as log:
        serving = subprocess.Popen(
            [sys.executable, "-c", program, f"127.0.0.1:{port}", str(trip_id)],
            env={**os.environ, **settings},
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(port):
            assert serving.poll() is None and time.monotonic() < until, (folder / f"{port}.log").read_text()
        yield port
    finally:
        serving.terminate()
        serving.wait(PATIENCE)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        time.sleep(0.1)
        return False


def ask(port: int, method: str, url: str, body: str = "", cookies: str = "") -> tuple[HTTPResponse, str]:
    """One request on a connection of its own; the answer and its text."""
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE * 2)) as line:
        line.request(method, url, body, headers)
        answer = line.getresponse()
        return answer, answer.read().decode()


def sign_up(port: int, number: int, ready: Barrier) -> str:
    """Fetch the form, fill it in, wait for everybody, send; what the receipt says."""
    answer, html = ask(port, "GET", URL)
    cookies = "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_all("Set-Cookie", []))
    typed = {**dict(Page(html).fields), **CONTACT, "contact_name": f"Person {number}", "do": "send"}
    ready.wait(PATIENCE * 2)
    answer, html = ask(port, "POST", URL, urlencode(typed), cookies)
    if answer.status != 303:
        return f"{answer.status} {Page(html).words[:300]}"
    receipt = Page(ask(port, "GET", answer.headers["Location"], cookies=cookies)[1]).words
    found = [said for said in ("place is confirmed", "waits in the queue") if said in receipt]
    return found[0] if found else receipt[:300]


def rush(engine: Engine, folder: Path, program: str, trip_id: int, *, processes: int) -> Counter[str]:
    """Everybody signs up at once; what they were told."""
    ready = Barrier(PEOPLE)
    with ExitStack() as site, ThreadPoolExecutor(PEOPLE) as browsers:
        ports = [site.enter_context(process(engine, folder, program, trip_id)) for _ in range(processes)]
        at = islice(cycle(ports), PEOPLE)
        return Counter(browsers.map(sign_up, at, range(PEOPLE), [ready] * PEOPLE))


def people_with_a_place(session: Session) -> int:
    held = select(func.count()).select_from(ParticipantRow).where(ParticipantRow.status == "confirmed")
    return session.scalar(held) or 0


def test_without_the_guard_the_site_gives_the_same_place_twice(
    engine: Engine, session: Session, tmp_path: Path
) -> None:
    trip_id = applied(session, make_trip(size=PLACES))
    session.close()
    rush(engine, tmp_path, SERVE_UNGUARDED, trip_id, processes=4)
    assert people_with_a_place(session) > PLACES
    assert pool_recount(session) != ()


def test_four_hundred_browsers_at_once_get_forty_places_and_every_other_one_a_position(
    engine: Engine, session: Session, tmp_path: Path
) -> None:
    trip_id = applied(session, make_trip(size=PLACES))
    session.close()
    told = rush(engine, tmp_path, SERVE, trip_id, processes=2)
    assert told == {"place is confirmed": PLACES, "waits in the queue": PEOPLE - PLACES}
    assert session.scalar(select(func.count()).select_from(BookingRow)) == PEOPLE
    assert people_with_a_place(session) == PLACES
    assert pool_recount(session) == ()
