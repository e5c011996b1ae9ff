"""What programs fetch from the site: calendars, the site map, robots.txt, through the application."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.app import create_app
from tripkit.domain.trips import TripStatus
from tripkit.settings import Clock, Settings
from tripkit.storage import db
from tripkit.testing import NOW, applied, make_organisation, make_trip

TRIP = "/sv/resebyran/hamnstad/"
SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def settings(engine: Engine, **changes: object) -> Settings:
    return Settings(
        database_url=str(engine.url),
        secret_key="made up for tests, nowhere else",
        url="https://trips.example",
        clock=Clock(NOW),
        worker=False,
        **changes,  # type: ignore[arg-type]
    )


@pytest.fixture
def client(sqlite_engine: Engine) -> Iterator[FlaskClient]:
    with Session(sqlite_engine) as session:
        applied(session)
        session.commit()
    app = create_app(settings(sqlite_engine))
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def test_the_feed_of_a_trip_is_a_calendar_with_public_addresses(client: FlaskClient) -> None:
    answer = client.get(f"{TRIP}calendar.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="hamnstad.ics"'
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in answer.headers
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert len(events) == len(make_trip().programme)
    assert f"https://trips.example{TRIP}programme/port/" in {str(event["URL"]) for event in events}
    assert {event["DTSTAMP"].dt.date() for event in events} == {NOW.date()}


def test_an_unchanged_feed_is_not_sent_again_and_a_changed_one_is(client: FlaskClient, sqlite_engine: Engine) -> None:
    tag = client.get(f"{TRIP}calendar.ics").headers["ETag"]
    again = client.get(f"{TRIP}calendar.ics", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    with Session(sqlite_engine) as session:
        applied(session, make_trip(status=TripStatus.CANCELLED))
        session.commit()
    changed = client.get(f"{TRIP}calendar.ics", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.data.count(b"STATUS:CANCELLED") == len(make_trip().programme)


def test_each_language_has_its_own_feed(client: FlaskClient) -> None:
    swedish, english = client.get(f"{TRIP}calendar.ics"), client.get("/en/resebyran/hamnstad/calendar.ics")
    assert b"SUMMARY;LANGUAGE=en:Visit port" in english.data
    assert swedish.headers["ETag"] != english.headers["ETag"]


def test_an_item_has_a_calendar_of_its_own(client: FlaskClient) -> None:
    answer = client.get(f"{TRIP}programme/port/calendar.ics")
    assert answer.headers["Content-Disposition"] == 'inline; filename="hamnstad-port.ics"'
    assert [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")] == ["Besök port"]


@pytest.mark.parametrize(
    "address",
    [
        "/sv/resebyran/nowhere/calendar.ics",
        "/sv/nobody/hamnstad/calendar.ics",
        "/xx/resebyran/hamnstad/calendar.ics",
        f"{TRIP}programme/nothing/calendar.ics",
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_trip_is_not_found_under_another_organisation(client: FlaskClient, sqlite_engine: Engine) -> None:
    with Session(sqlite_engine) as session:
        applied(session, make_trip(key="theirs"), organisation=make_organisation("other"))
        session.commit()
    assert client.get("/sv/other/theirs/calendar.ics").status_code == 200
    assert client.get("/sv/resebyran/theirs/calendar.ics").status_code == 404


def test_a_feed_takes_one_statement_when_the_trip_is_known(client: FlaskClient) -> None:
    client.get(f"{TRIP}calendar.ics")
    with client.application.app_context(), count_statements(db.engine) as said:
        client.get(f"{TRIP}calendar.ics")
    assert len(said) == 1


def test_the_site_map_names_every_page_in_its_languages(client: FlaskClient) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.content_type == "application/xml; charset=utf-8"
    entries = ET.fromstring(answer.data).findall("s:url", SPACES)
    assert [entry.findtext("s:loc", namespaces=SPACES) for entry in entries] == [
        "https://trips.example/sv/",
        "https://trips.example/en/",
        "https://trips.example/sv/resebyran/",
        "https://trips.example/en/resebyran/",
        "https://trips.example/sv/resebyran/hamnstad/",
        "https://trips.example/en/resebyran/hamnstad/",
    ]
    assert all(len(entry.findall("x:link", SPACES)) == 3 for entry in entries)
    assert client.get("/sitemap.xml", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_robots_are_welcome_and_told_of_the_site_map(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text == "User-agent: *\nDisallow: \n\nSitemap: https://trips.example/sitemap.xml\n"
