"""Whatever stands in any text of a trip or a booking, no browser runs it: on public pages, receipts, forms, in messages.

The browser is told to ignore our content policy, so that escaping has to hold by itself. With the policy, that is a second wall.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.attacks.hostile_trip import PAYLOADS, Texts, hostile_party, hostile_trips
from tests.fuzz import browser as asking
from tests.fuzz.known import seen_by
from tests.fuzz.letters import Kept
from tests.fuzz.who import Who
from tests.web.accounts import signed_in_client
from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.app import create_app
from tripkit.domain.bookings import BookingMade
from tripkit.settings import Clock, Settings
from tripkit.storage import db, sessions
from tripkit.storage.bookings import OfferRow, ParticipantRow
from tripkit.storage.migrations import upgrade
from tripkit.testing import NOW, booked, make_moment
from tripkit.web import styles
from tripkit.worker.delivery import deliver_due

CONTACT = "kontakt@tripkit.example"
NOT_OURS = """() => [...document.querySelectorAll("x-kanarie, [onerror], [onclick], [onload], [onfocus], [onmouseover]"),
    ...[...document.querySelectorAll("a, form, iframe, [formaction]")].filter(e => /^\\s*(javascript|data|vbscript):/i.test(
        e.getAttribute("href") || e.getAttribute("src") || e.getAttribute("formaction") || e.getAttribute("action") || "")),
    ...[...document.querySelectorAll("img, iframe, link, script")].filter(e => /kanarie/.test(e.src || e.href || ""))
    ].map(e => e.outerHTML.slice(0, 200))"""
"""What stands in a page that is none of ours."""
TOUCH = """() => {
    for (const e of document.querySelectorAll("details")) e.open = true;
    for (const e of document.querySelectorAll("input[type=radio], input[type=checkbox]")) e.click();
    for (const e of document.querySelectorAll("a, button, summary, input, select, [tabindex]"))
        for (const kind of ["mouseover", "focus", "change", "input"]) e.dispatchEvent(new Event(kind, {bubbles: true}));
}"""
"""Touch what there is, so that our own scripts say what they have to say."""


@dataclass
class Stage:
    """A site full of hostile texts. ``values``: what its addresses need; ``cookie``: of somebody who has signed in."""

    app: Flask
    url: str
    values: dict[str, str]
    cookie: str

    def paths(self) -> list[str]:
        """Every kind of page there is, as anybody, as who holds the secret link, and as who has signed in."""
        found: dict[str, None] = {}
        for cookies in ({}, {self.app.config["SESSION_COOKIE_NAME"]: self.cookie}):
            asks = asking.Browser(self.app, dict(cookies))
            found |= dict.fromkeys(seen_by(self.app, Who("a browser", self.values), asks, set()).paths)
        return [path for path in found if asks.get(path).mimetype == "text/html"]

    def messages(self) -> list[EmailMessage]:
        """Every message there is."""
        kept = Kept()
        with self.app.app_context():
            deliver_due(sessions(db.engine), kept, self.app.extensions["tripkit"])
        return kept.messages


def play(session: Session, texts: Texts) -> dict[str, str]:
    """Put the trips on the site; parties sign up, one waits and is offered a place. What addresses need."""
    host, trips = hostile_trips(texts)
    ids = [
        apply_trip(session, organisation=host, trip=trip, pictures={}, moment=make_moment()).trip_id for trip in trips
    ]
    party = {name: texts.one(name) for name in ("contact_name", "organisation", "invoice_address", "invoice_reference")}
    made: list[BookingMade] = [
        booked(session, ids[-1], hostile_party(texts, people), contact_email=CONTACT, language="en", **party)
        for people in (1, 2, 1)
    ]
    cancel_participants(session, booking_id=made[0].booking_id, moment=make_moment())
    session.rollback()
    mine = made[-1]
    offer = session.scalars(select(OfferRow.id).where(OfferRow.booking_id == mine.booking_id)).one()
    person = session.scalars(select(ParticipantRow.id).where(ParticipantRow.booking_id == mine.booking_id)).one()
    session.rollback()
    common = {
        "language": "en",
        "organisation": host.key,
        "trip": trips[-1].key,
        "content": styles.look()[1],
        "code": mine.code,
    }
    return {**common, "token": mine.token, "offer_id": str(offer), "participant_id": str(person), "item": "port"}


@contextmanager
def stage(folder: Path, texts: Texts) -> Iterator[Stage]:
    """A site full of hostile texts, that answers on a port of its own."""
    app = create_app(
        Settings(
            database_url=f"sqlite:///{folder}/hostile.sqlite3",
            secret_key="only for tests, 32 characters..",
            clock=Clock(NOW),
            mail=f"files:{folder}",
        )
    )
    with app.app_context():
        engine: Engine = db.engine
    upgrade(engine)
    with sessions(engine)() as session:
        values = play(session, texts)
    cookie = signed_in_client(app, engine, CONTACT).get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield Stage(app, f"http://127.0.0.1:{server.server_port}", values, cookie.value)
    finally:
        server.shutdown()
        serving.join()
        engine.dispose()


@contextmanager
def reader(browser: Browser, on: Stage, *, keeps_policy: bool = False) -> Iterator[tuple[Page, list[str]]]:
    """A page in a browser that ignores our policy, somebody signed in, and what ran in it that is not ours."""
    ran: list[str] = []
    context = browser.new_context(bypass_csp=not keeps_policy, locale="en-GB")
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": on.app.config["SESSION_COOKIE_NAME"], "value": on.cookie, "url": on.url}])
    page = context.new_page()
    page.expose_function("kanarie", lambda number: ran.append(f"{page.url}: {number}"))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.on("request", lambda request: ran.append(request.url) if "//kanarie.example" in request.url else None)
    yield page, ran
    context.close()


def wrong_in(page: Page) -> list[str]:
    """What got out of its text, once everything on the page was touched."""
    page.evaluate(TOUCH)
    found: list[str] = page.evaluate(NOT_OURS)
    return [f"{page.url}: {one}" for one in found]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_page_and_no_message_runs_what_stands_in_a_text(browser: Browser, tmp_path: Path, payload: str) -> None:
    texts = Texts(PAYLOADS[payload])
    with stage(tmp_path, texts) as on, reader(browser, on) as (page, ran):
        wrong: list[str] = []
        paths, messages = on.paths(), on.messages()
        for path in paths:
            page.goto(on.url + path)
            wrong += wrong_in(page)
        for message in messages:
            body = message.get_body(("html",))
            assert body is not None
            page.set_content(body.get_content())
            wrong += wrong_in(page)
        page.wait_for_timeout(100)
        assert (wrong, ran) == ([], [])
        assert len(paths) > 40
        assert len(messages) >= 4
        assert len(texts.places) > 300


def test_without_escaping_the_same_texts_would_run(browser: Browser, tmp_path: Path) -> None:
    with stage(tmp_path, Texts(PAYLOADS["markup"])) as on, reader(browser, on) as (page, ran):
        on.app.jinja_env.autoescape = False
        page.goto(f"{on.url}/en/booking/{on.values['token']}/")
        page.wait_for_timeout(300)
        assert wrong_in(page) != []
        assert ran != []


def test_the_content_policy_alone_would_stop_them(browser: Browser, tmp_path: Path) -> None:
    texts = Texts(PAYLOADS["markup"])
    with stage(tmp_path, texts) as on, reader(browser, on, keeps_policy=True) as (page, ran):
        on.app.jinja_env.autoescape = False
        page.goto(f"{on.url}/en/booking/{on.values['token']}/")
        page.wait_for_timeout(300)
        assert page.evaluate(NOT_OURS) != []
        assert ran == []
