"""Every public page of the sample answers in both languages, says what it is about, and nothing about anybody who signed up."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape, unescape

import pytest
from flask import Flask
from icalendar import Calendar

from tests.sample_events.conftest import CLOCK, Stage
from tripkit.app import create_app
from tripkit.eventfile import Event
from tripkit.settings import Clock, Settings
from tripkit.storage import db

HOME = "studieresekansliet/gothenburg-2019"


def read(page: str) -> str:
    """A page as it is read: no entities, no marks for where a long word may break."""
    return unescape(page).replace("\u200b", "").replace("<wbr>", "")


@pytest.fixture(scope="module")
def app(played_on_sqlite: Stage) -> Iterator[Flask]:
    settings = Settings(
        database_url=str(played_on_sqlite.engine.url), secret_key="only for tests, 32 characters..", clock=Clock(CLOCK)
    )
    made = create_app(settings)
    yield made
    with made.app_context():
        db.engine.dispose()


def pages(event: Event, language: str) -> Iterator[tuple[str, str]]:
    """The address of each page people read, and a title that stands on it."""
    trip, home = event.trip, f"/{language}/{HOME}/"
    yield f"/{language}/", trip.title[language]
    yield f"/{language}/studieresekansliet/", event.organisation.name[language]
    yield home, trip.title[language]
    yield f"{home}sign-up/", trip.title[language]
    for item in trip.programme:
        yield f"{home}programme/{item.key}/", item.title[language]
    for site in trip.sites:
        yield f"{home}sites/{site.key}/", site.name[language]
    for speaker in trip.speakers:
        yield f"{home}speakers/{speaker.key}/", speaker.name
    for filtered in ("?segment=police", "?topic=guards", "?segment=planners&topic=gardsten"):
        yield home + filtered, trip.title[language]


def files(event: Event, language: str) -> Iterator[tuple[str, str]]:
    """The address of everything else, and its kind."""
    home = f"/{language}/{HOME}/"
    yield f"{home}calendar.ics", "text/calendar"
    for item in event.trip.programme:
        yield f"{home}programme/{item.key}/calendar.ics", "text/calendar"
    yield f"{home}places.json", "application/json"
    for name in event.pictures:
        yield f"/{HOME}/pictures/{name}", "image/svg+xml"
    yield "/studieresekansliet/look.css", "text/css"
    yield "/sitemap.xml", "application/xml"
    yield "/robots.txt", "text/plain"


@pytest.fixture(scope="module")
def answers(app: Flask, event: Event) -> dict[str, str]:
    """What each address answers, page by page and file by file."""
    client, found = app.test_client(), {}
    for language in ("sv", "en"):
        for address, title in pages(event, language):
            answer = client.get(address)
            assert (answer.status_code, answer.mimetype) == (200, "text/html"), address
            assert f'<html lang="{language}"' in answer.text, address
            assert title in read(answer.text), address
            found[address] = answer.text
        for address, kind in files(event, language):
            answer = client.get(address)
            assert (answer.status_code, answer.mimetype) == (200, kind), address
            found[address] = answer.text
    return found


def test_every_public_address_was_asked_for(app: Flask, answers: dict[str, str]) -> None:
    adapter = app.url_map.bind("localhost")
    asked = {adapter.match(address.partition("?")[0])[0] for address in answers}
    public = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("public.")}
    assert public - asked == {"public.start", "public.logo", "public.draw", "public.draw_record"}, (
        "/ leads to a language, it has no logo, and its places are not drawn"
    )


def test_the_trip_page_begins_and_ends_with_fully_booked(answers: dict[str, str]) -> None:
    for language, words in {"sv": "Fullbokad", "en": "Fully booked"}.items():
        main = answers[f"/{language}/{HOME}/"].partition("<main")[2].partition("</main>")[0]
        assert main.count("<h2") > 5
        assert words in main.partition("<h1")[0]
        assert words in main.rpartition("<h2")[2]


def test_the_trip_page_counts_people_and_queue(answers: dict[str, str]) -> None:
    assert "Alla 60 platser är tagna och nio personer står i kö." in answers[f"/sv/{HOME}/"]
    assert "All 60 places are taken and nine people are waiting." in answers[f"/en/{HOME}/"]


def test_the_trip_page_shows_everything_there_is(event: Event, answers: dict[str, str]) -> None:
    trip = event.trip
    for language in ("sv", "en"):
        page = read(answers[f"/{language}/{HOME}/"])
        for part in (*trip.segments, *trip.topics, *trip.partners, *trip.sites):
            assert part.name[language] in page, part.key
        for text in (*(item.title for item in trip.programme), *(note.title for note in trip.practical)):
            assert text[language] in page
        for text in (*trip.success_factors, *trip.included, *(figure.label for figure in trip.figures)):
            assert text[language] in page


def test_the_calendar_holds_every_item(event: Event, answers: dict[str, str]) -> None:
    for language in ("sv", "en"):
        calendar = Calendar.from_ical(answers[f"/{language}/{HOME}/calendar.ics"])
        titles = {str(entry["SUMMARY"]) for entry in calendar.walk("VEVENT")}
        assert {item.title[language] for item in event.trip.programme} <= titles


def test_no_public_page_names_who_signed_up_or_a_host_contact(event: Event, answers: dict[str, str]) -> None:
    assert event.story is not None
    secret = {site.host_contact.phone for site in event.trip.sites if site.host_contact}
    for booking in event.story.bookings:
        request = booking.request
        secret |= {request.contact_name, request.contact_email, request.organisation, request.contact_phone}
        secret |= {person.name for person in request.participants}
    secret.discard(None)
    shown = {(address, word) for address, text in answers.items() for word in secret if escape(str(word)) in text}
    assert len(secret) > 100
    assert shown == set()
