"""People who sign up while things break: on a lost line or an excuse they send the same form again, as one presses again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import count
from threading import Event
from time import monotonic, sleep
from urllib.parse import urlencode

from sqlalchemy import Engine, select

from tripkit.storage import sessions
from tripkit.storage.trips import TripRow
from tripkit.testing import booked, make_participant, make_trip

URL = "/en/resebyran/hamnstad/sign-up/"
PATIENCE = 120.0
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_NAMED = re.compile(r'\b(name|value)="([^"]*)"')
_CODE = re.compile(r"\b[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}\b")
_numbers = count(1)


@dataclass
class Person:
    """Somebody who signs up. ``code``: of their booking, as the receipt says; ``tries``: how often they pressed."""

    number: int
    fields: dict[str, str] = field(default_factory=dict)
    cookie: str = ""
    code: str = ""
    receipt: str = ""
    tries: int = 0
    excuses: list[int] = field(default_factory=list)

    @classmethod
    def next(cls) -> Person:
        """One more."""
        return cls(next(_numbers))

    @property
    def address(self) -> str:
        return f"person{self.number}@tripkit.example"


def ask(
    port: int, method: str, url: str, body: str = "", cookie: str = "", patience: float = 40
) -> tuple[HTTPResponse, str]:
    """One request on a connection of its own; the answer and its text."""
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=patience)) as line:
        line.request(method, url, body, headers)
        answer = line.getresponse()
        return answer, answer.read().decode()


def open_form(person: Person, ports: Sequence[int]) -> None:
    """Load the form, again and again until it comes, and fill it in."""
    answer, html = _until(person, ports, "GET", URL, lambda status: status == 200)
    given = "; ".join(one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", []))
    person.cookie = given or person.cookie  # Who has a session already is given no other.
    for tag in _HIDDEN.findall(html):
        named = dict(_NAMED.findall(tag))
        person.fields[named["name"]] = unescape(named.get("value", ""))
    trip = make_trip()
    person.fields |= {
        "contact_name": f"Person {person.number}",
        "contact_email": person.address,
        "organisation": "Påhittade kommunen",
        "invoice_address": "Gatan 1",
        "contact_travels": "yes",
        "terms_version": trip.terms.version,
        "participants-0-segment": "city",
        "participants-0-choices-am": "mill",
        "do": "send",
    }


def press(person: Person, ports: Sequence[int]) -> None:
    """Send the form until it is answered by a receipt, and read that."""
    answer, html = _until(
        person, ports, "POST", URL, lambda status: status in {303, 422}, urlencode(person.fields), counts=True
    )
    assert answer.status == 303, re.sub(r"<[^>]+>", " ", html)[-1500:]
    person.receipt = str(answer.headers["Location"])
    _, html = _until(person, ports, "GET", person.receipt, lambda status: status == 200)
    found = _CODE.search(re.sub(r"<[^>]+>", " ", html))
    assert found is not None
    person.code = found.group()


def _until(person, ports, method, url, is_answer, body="", *, counts=False):  # type: ignore[no-untyped-def]
    until = monotonic() + PATIENCE
    for port in _round(ports, person.number):
        person.tries += counts
        try:
            answer, html = ask(port, method, url, body, person.cookie)
            if is_answer(answer.status):
                return answer, html
            person.excuses.append(answer.status)
        except (OSError, HTTPException):
            person.excuses.append(0)
        assert monotonic() < until, f"person {person.number} gave up: {person.excuses[-10:]}"
        sleep(0.2)
    raise AssertionError("the site has ended")


def _round(ports: Sequence[int], first: int):  # type: ignore[no-untyped-def]
    for number in count(first):
        if not ports:
            return
        yield ports[number % len(ports)]


class Stream:
    """Somebody signs up every now and then, until it is stopped, or the site ends."""

    def __init__(self, ports: Sequence[int], *, every: float = 0.15) -> None:
        self.people: list[Person] = []
        self._ports, self._every = ports, every
        self._stop = Event()
        self._pool = ThreadPoolExecutor(12)
        self._running: list[Future[None]] = []
        self._feeder = self._pool.submit(self._feed)

    def _feed(self) -> None:
        while not self._stop.wait(self._every) and self._ports:
            person = Person.next()
            self.people.append(person)
            self._running.append(self._pool.submit(self._sign_up, person))

    def _sign_up(self, person: Person) -> None:
        open_form(person, self._ports)
        press(person, self._ports)

    @property
    def done(self) -> int:
        """How many have their receipt."""
        return sum(bool(person.code) for person in self.people)

    def stop(self) -> list[Person]:
        """Let nobody more come, wait until everybody there has their receipt, and give them all."""
        self._stop.set()
        self._feeder.result(PATIENCE)
        for one in self._running:
            one.result(PATIENCE * 2)
        self._pool.shutdown()
        return self.people


def sign_up(ports: Sequence[int]) -> Person:
    """One person signs up."""
    person = Person.next()
    open_form(person, ports)
    press(person, ports)
    return person


def already_signed_up(engine: Engine, number: int) -> list[Person]:
    """So many people with a booking each, made by the action itself, where nobody need see a page."""
    people = [Person.next() for _ in range(number)]
    with sessions(engine)() as session:
        trip_id = session.scalars(select(TripRow.id)).one()
        for person in people:
            who = {"contact_email": person.address, "when": datetime.now(UTC)}
            person.code = booked(session, trip_id, [make_participant(f"Person {person.number}")], **who).code
    return people
