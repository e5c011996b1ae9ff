"""kill -9: a web process between its commit and its answer, a worker before and after the mail server has the message."""

from __future__ import annotations

from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, func, select

from tests.faults.conftest import MakeSite
from tests.faults.judge import judge
from tests.faults.people import URL, Person, Stream, already_signed_up, ask, open_form, press
from tests.faults.site import wait_for
from tests.servers import RedisServer
from tripkit.storage import sessions
from tripkit.storage.bookings import BookingRow
from tripkit.storage.outbox import OutboxRow

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("faults")]

DIES_ONCE = """
import os
from pathlib import Path
from tripkit.web.signup import views
booked, there = views.book_places, Path(os.environ["DIES_ONCE"])
def book_and_die(*arguments, **values):
    made = booked(*arguments, **values)
    try:
        there.touch(exist_ok=False)
    except FileExistsError:
        return made
    os.kill(os.getpid(), 9)
views.book_places = book_and_die
"""
"""A web process that is killed after the first commit of a sign-up, before anybody is answered."""


def bookings(engine: Engine) -> int:
    with sessions(engine)() as session:
        return session.scalar(select(func.count()).select_from(BookingRow)) or 0


def test_a_web_process_killed_between_commit_and_answer_costs_nobody_a_booking_and_gives_nobody_two(
    engine: Engine, make_site: MakeSite, tmp_path: Path
) -> None:
    with make_site(engine) as site:
        dying = site.web("dying", before=DIES_ONCE, DIES_ONCE=str(tmp_path / "died"))
        site.web("other")
        site.worker()
        stream = Stream(site.ports)
        wait_for(lambda: dying.has_died, "it is killed")
        assert bookings(engine) >= 1
        wait_for(lambda: stream.done >= 20, "others go on")
        people = stream.stop()
        assert any(0 in person.excuses and person.tries > 1 for person in people), "somebody's line was lost"
        judge(engine, people, site.mail)


def test_without_a_key_that_stays_the_same_the_one_who_presses_again_would_have_two(
    sqlite_engine: Engine, make_site: MakeSite, tmp_path: Path
) -> None:
    with make_site(sqlite_engine) as site:
        dying = site.web("dying", before=DIES_ONCE, DIES_ONCE=str(tmp_path / "died"))
        person = Person(1)
        open_form(person, site.ports)
        port = site.ports.pop()
        with pytest.raises(OSError):  # noqa: PT011 (however the line is lost)
            _send_once(person, port)
        wait_for(lambda: dying.has_died, "it was killed after its commit")
        site.web("other")
        open_form(person, site.ports)  # A new form has a new key.
        press(person, site.ports)
        assert bookings(sqlite_engine) == 2


def _send_once(person: Person, port: int) -> None:
    try:
        ask(port, "POST", URL, urlencode(person.fields), person.cookie)
    except HTTPException as error:
        raise OSError from error


@pytest.mark.parametrize(
    ("engine", "queued"),
    [("sqlite", False), ("postgres", True)],
    ids=["looking on SQLite", "woken on PostgreSQL"],
    indirect=["engine"],
)
def test_a_worker_killed_while_it_sends_loses_nothing(
    engine: Engine, make_site: MakeSite, redis: RedisServer, queued: bool
) -> None:
    with make_site(engine, redis=redis if queued else None) as site:
        people = already_signed_up(engine, 6)
        site.mail.be("slow")
        first = site.worker("first")
        wait_for(lambda: site.mail.reached, "it is sending")
        first.kill()
        site.mail.be("take")
        site.worker("second")
        # Whether the mail server kept what was under way nobody could note; the other worker sends it again.
        judge(engine, people, site.mail, twice=4)


def test_workers_killed_before_the_mail_server_has_anything_send_nothing_twice(
    engine: Engine, make_site: MakeSite
) -> None:
    dies = """
import os
from tripkit.worker.smtp import Smtp
def die(*_, **__):
    os.kill(os.getpid(), 9)
Smtp.send = die
"""
    with make_site(engine) as site:
        people = already_signed_up(engine, 4)
        dying = [site.worker(f"dying{number}", before=dies) for number in range(3)]
        wait_for(lambda: all(one.has_died for one in dying), "they are killed, each with a message in hand")
        assert in_hand(engine) == 3
        site.worker("last")
        assert judge(engine, people, site.mail) == 0


def in_hand(engine: Engine) -> int:
    with sessions(engine)() as session:
        return session.scalar(select(func.count()).where(OutboxRow.leased_by.is_not(None))) or 0
