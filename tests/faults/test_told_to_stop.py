"""SIGTERM, as at every restart: who has asked is answered, the message under way is finished, and the process ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, func, select

from tests.faults.conftest import MakeSite
from tests.faults.judge import judge
from tests.faults.people import URL, Person, already_signed_up, ask, open_form, press
from tests.faults.site import PATIENCE, SiteProcesses, wait_for
from tests.servers import RedisServer
from tripkit.storage import sessions
from tripkit.storage.outbox import OutboxRow

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("faults")]

HOLDS = """
import os, time
from pathlib import Path
from tripkit.web.signup import views
booked, here = views.book_places, Path(os.environ["HOLDS"])
def hold_and_book(*arguments, **values):
    here.with_name("asked").touch()
    while not here.with_name("go").exists():
        time.sleep(0.02)
    return booked(*arguments, **values)
views.book_places = hold_and_book
"""
"""A web process that has a form in hand until it is let go."""
AS_WAITRESS_DOES = """
import waitress
from tripkit.cli import serve
class Server:
    def __init__(self, app, **options):
        self.run = lambda: waitress.serve(app, **options, _quiet=True)
serve.HttpServer = Server
"""
"""The server as it comes."""


def stop_while_somebody_waits(site: SiteProcesses, number: signal.Signals, before: str = "") -> tuple[Person, int]:
    """Somebody whose form was in hand when the process was told to stop, and their answer; 0 = their line was cut."""
    process = site.web(before=HOLDS + before, HOLDS=str(site.folder / "holds"))
    port = site.ports.pop()
    person = Person(1)
    open_form(person, [port])
    monitor = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    assert is_ready(monitor) == (200, "ok")
    with ThreadPoolExecutor() as at_once, closing(monitor):
        sent = at_once.submit(ask, port, "POST", URL, urlencode(person.fields), person.cookie)
        wait_for((site.folder / "asked").exists, "the form has arrived")
        process.send(number)
        if not before:
            wait_for(lambda: not listens(port), "nobody new is let in")
            assert is_ready(monitor) == (503, "stopping"), "who has a line to it already is told"
        (site.folder / "go").touch()
        try:
            status = sent.result(PATIENCE)[0].status
        except (OSError, HTTPException):
            status = 0
    assert process.running is not None
    code = process.running.wait(PATIENCE)
    assert before or code == 0, site.log("web")
    return person, status


def is_ready(line: HTTPConnection) -> tuple[int, str]:
    line.request("GET", "/readyz")
    answer = line.getresponse()
    return answer.status, json.loads(answer.read())["status"]


def listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_web_process_told_to_stop_answers_who_has_asked(
    sqlite_engine: Engine, make_site: MakeSite, number: signal.Signals
) -> None:
    with make_site(sqlite_engine) as site:
        person, status = stop_while_somebody_waits(site, number)
        assert status == 303
        site.web(with_worker=True)
        press(person, site.ports)
        judge(sqlite_engine, [person], site.mail)
        assert "cut off" not in site.log("web")


def test_without_that_their_line_is_cut_and_pressing_again_is_what_helps(
    sqlite_engine: Engine, make_site: MakeSite
) -> None:
    with make_site(sqlite_engine) as site:
        person, status = stop_while_somebody_waits(site, signal.SIGTERM, AS_WAITRESS_DOES)
        assert status == 0
        site.web(with_worker=True)
        press(person, site.ports)
        judge(sqlite_engine, [person], site.mail)


def test_a_second_signal_ends_it_at_once(sqlite_engine: Engine, make_site: MakeSite) -> None:
    with make_site(sqlite_engine) as site:
        process = site.web(before=HOLDS, HOLDS=str(site.folder / "holds"))
        person = Person(1)
        open_form(person, site.ports)
        with ThreadPoolExecutor() as at_once:
            sent = at_once.submit(ask, site.ports[0], "POST", URL, urlencode(person.fields), person.cookie)
            wait_for((site.folder / "asked").exists, "the form has arrived")
            process.send(signal.SIGTERM)
            wait_for(lambda: not listens(site.ports[0]), "nobody new is let in")
            process.send(signal.SIGTERM)
            assert process.running is not None and process.running.wait(PATIENCE) == -signal.SIGTERM
            assert sent.exception(PATIENCE) is not None


def test_a_second_signal_ends_a_worker_at_once(sqlite_engine: Engine, make_site: MakeSite) -> None:
    with make_site(sqlite_engine) as site:
        already_signed_up(sqlite_engine, 1)
        site.mail.be("hang")
        process = site.worker()
        wait_for(lambda: site.mail.reached, "it is sending")
        assert process.running is not None
        code = None
        while code is None:  # Two that come too close to each other are one to it.
            process.send(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                code = process.running.wait(1)
        assert code == -signal.SIGTERM


@pytest.mark.parametrize("kind", ["serve", "worker", "worker with redis"])
def test_the_message_under_way_is_finished_and_noted(
    sqlite_engine: Engine, make_site: MakeSite, redis: RedisServer, kind: str
) -> None:
    with make_site(sqlite_engine, redis=redis if kind == "worker with redis" else None) as site:
        people = already_signed_up(sqlite_engine, 6)
        site.mail.be("slow")
        sending = site.web("sending", with_worker=True) if kind == "serve" else site.worker("sending")
        wait_for(lambda: site.mail.reached, "it is sending")
        sending.send(signal.SIGTERM)
        assert sending.running is not None and sending.running.wait(PATIENCE) == 0, site.log("sending")
        with sessions(sqlite_engine)() as session:
            sent = session.scalar(select(func.count()).where(OutboxRow.state == "sent"))
            in_hand = session.scalar(select(func.count()).where(OutboxRow.leased_by.is_not(None)))
        assert 1 <= (sent or 0) == len(site.mail.took()), "what the mail server took is noted, and nothing else"
        assert in_hand == 0, "what was not begun is free for the next one at once"
        site.mail.be("take")
        site.worker("next")
        assert judge(sqlite_engine, people, site.mail) == 0
