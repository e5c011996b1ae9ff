"""A public site for the tests of its pages: trips are published, visitors look, and nothing is remembered from test to test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.web.signup_visitor import Page, app_on, page
from tripkit.domain.bookings import BookingMade
from tripkit.domain.trips import Organisation, Trip
from tripkit.settings import Clock
from tripkit.storage import sessions
from tripkit.testing import NOW, applied, booked, make_trip
from tripkit.web.public import kept

TRIP = "/en/resebyran/hamnstad/"


@dataclass
class Site:
    """An application on a test's database, as visitors and its organiser see it."""

    app: Flask
    client: FlaskClient
    session: Session
    signed_in: FlaskClient | None = None
    half_in: FlaskClient | None = None

    def publish(self, organisation: Organisation | None = None, **changes: Any) -> int:
        """Put `make_trip` with these changes on the site; its id."""
        return self.publish_trip(make_trip(**changes), organisation)

    def publish_trip(self, trip: Trip, organisation: Organisation | None = None) -> int:
        """Put a trip on the site; its id."""
        return applied(self.session, trip, organisation=organisation)

    def book(self, trip_id: int, people: Any = 1, **changes: Any) -> BookingMade:
        """Sign people up."""
        return booked(self.session, trip_id, people, **changes)

    def at(self, moment: datetime) -> None:
        """Let it be this moment."""
        self.app.extensions["tripkit"] = replace(self.app.extensions["tripkit"], clock=Clock(moment))

    def get(self, path: str = TRIP, **given: Any) -> TestResponse:
        """Ask for a page, in English where the address does not say."""
        return self.client.get(path, **{"headers": {"Accept-Language": "en"}, "buffered": True, **given})

    def see(self, path: str = TRIP) -> Page:
        """Look at a page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, path
        return page(answer)


def site_on(engine: Engine) -> Iterator[Site]:
    """A site whose pages are made anew."""
    app = app_on(engine)
    app.extensions.pop("tripkit_pages", None)
    settings = app.extensions["tripkit"]
    with sessions(engine)() as session:
        site = Site(app, app.test_client(), session)
        site.at(NOW)
        yield site
    app.extensions["tripkit"] = settings
    app.extensions.pop("tripkit_pages", None)


@pytest.fixture
def site(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site where one database is enough, and where every look asks whether something has changed."""
    monkeypatch.setattr(kept, "FRESH_SECONDS", 0.0)
    yield from site_on(sqlite_engine)


@pytest.fixture
def kept_site(engine: Engine) -> Iterator[Site]:
    """A site that keeps its pages as it does when served, on each database."""
    yield from site_on(engine)
