"""Pages shared through a real Redis: written once, right whatever is done to Redis, and nothing but what everybody may read."""

from __future__ import annotations

import gzip
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from tests.servers import RedisServer, running_redis
from tests.web.conftest import TRIP, Site
from tripkit import app as application
from tripkit.storage import redis_server
from tripkit.storage.bookings import BookingRow
from tripkit.testing import NOW, both, make_organisation
from tripkit.web.public import shelf
from tripkit.web.public import trip as trip_pages

pytestmark = [pytest.mark.xdist_group("races")]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    monkeypatch.setattr(redis_server, "QUIET_FOR", 3600.0)  # Once away, it stays away for as long as a test takes.
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def stored(server: RedisServer) -> Iterator[Redis]:
    """What somebody sees who can read and write everything in Redis."""
    with closing(Redis.from_url(server.url)) as client:
        yield client


@pytest.fixture
def process(site: Site, server: RedisServer) -> Callable[..., Flask]:
    """Another process of the site, as far as pages know: it has kept none yet."""
    return lambda **changes: application.create_app(
        replace(site.app.extensions["tripkit"], redis_url=server.url, **changes)
    )


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one whenever the page of a trip is written."""
    names: list[str] = []
    write = trip_pages.render_template

    def counted(name: str, **values: Any) -> str:
        names.append(name)
        return write(name, **values)

    monkeypatch.setattr(trip_pages, "render_template", counted)
    return names


def see(app: Flask, path: str = TRIP) -> str:
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    return answer.text


def kept_in(stored: Redis) -> dict[bytes, bytes]:
    """Every page in Redis, by its key."""
    return {key: stored.get(key) for key in stored.keys("*")}  # type: ignore[misc,union-attr]


def test_what_one_process_has_written_is_given_by_the_others(
    site: Site, process: Callable[..., Flask], written: list[str]
) -> None:
    site.publish()
    first, second = process().test_client(), process().test_client()
    for path in (TRIP, "/sv/resebyran/hamnstad/", f"{TRIP}?segment=city", f"{TRIP}programme/port/"):
        for headers in ({}, {"Accept-Encoding": "gzip"}):
            one, other = (client.get(path, headers=headers) for client in (first, second))
            assert (one.status_code, one.data) == (200, other.data)
            for header in ("ETag", "Content-Encoding", "Cache-Control", "Vary"):
                assert one.headers.get(header) == other.headers.get(header)
    assert len(written) == 4


def test_another_process_needs_only_the_secret_key_and_no_memory(
    site: Site, process: Callable[..., Flask], server: RedisServer
) -> None:
    """A real one, which hashes otherwise, and in which nothing can be written."""
    site.publish()
    page = see(process())
    settings = site.app.extensions["tripkit"]
    program = (
        "import sys; from datetime import datetime; from tripkit.app import create_app; from tripkit.settings import *\n"
        "from tripkit.web.public import trip; trip.render_template = None\n"
        "url, key, redis, now = sys.argv[1:]\n"
        "clock = Clock(datetime.fromisoformat(now))\n"
        "app = create_app(Settings(database_url=url, secret_key=key, redis_url=redis, clock=clock))\n"
        f"sys.stdout.buffer.write(app.test_client().get({TRIP!r}).data)\n"
    )
    told = [settings.database_url, settings.secret_key, server.url, NOW.isoformat()]
    done = subprocess.run(
        [sys.executable, "-c", program, *told],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == page


@pytest.mark.parametrize("how", ["booked", "changed", "host changed", "later"])
def test_no_process_gives_a_page_that_has_changed(
    site: Site, process: Callable[..., Flask], stored: Redis, how: str
) -> None:
    trip_id = site.publish()
    before = see(process())
    old = kept_in(stored)
    changes: dict[str, Any] = {}
    match how:
        case "booked":
            site.book(trip_id, 3)
        case "changed":
            site.publish(title=both("Ny resa", "New trip"))
        case "host changed":
            site.publish(make_organisation(name=both("Nytt namn", "New name")))
        case "later":
            site.at(NOW.replace(year=NOW.year + 1))
    for replayed in (False, True):
        if replayed:  # Somebody puts back what was there.
            for key, value in old.items():
                stored.set(key, value)
        found = see(process(**changes))
        assert found != before
        assert found == see(site.app), "as it is written without Redis"


@pytest.mark.parametrize(
    "poison",
    [
        b"",
        b"<h1>Pay here</h1>",
        gzip.compress(b"<h1>Pay here</h1>"),
        bytes(32) + gzip.compress(b"<h1>Pay here</h1>"),
        pickle.dumps("<h1>Pay here</h1>"),
        bytes(3_000_000),
        "list",
        "other page",
        "longer",
        "shorter",
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_who_can_write_into_redis_puts_no_page_on_the_site(
    site: Site, process: Callable[..., Flask], stored: Redis, poison: bytes | str
) -> None:
    site.publish()
    page = see(process())
    [(key, real)] = kept_in(stored).items()
    match poison:
        case bytes():
            stored.set(key, poison)
        case "list":
            stored.delete(key)
            stored.rpush(key, real)
        case "longer":
            stored.append(key, b"x")
        case "shorter":
            stored.set(key, real[:-1])
        case _:
            see(process(), f"{TRIP}sites/port/")
            [other] = [one for one in kept_in(stored) if one != key]
            stored.set(key, stored.get(other))  # type: ignore[arg-type]
    assert see(process()) == page


@pytest.mark.parametrize(
    "changes",
    [
        {"secret_key": "another one, with 32 characters."},
        {"url": "https://other.example"},
        {"map_tiles": "https://tiles.example/{z}/{x}/{y}.png"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_page_written_with_other_settings_is_none(
    site: Site, process: Callable[..., Flask], written: list[str], changes: dict[str, str]
) -> None:
    site.publish()
    see(process())
    see(process(**changes))
    assert len(written) == 2


def test_a_page_written_by_other_code_is_none(
    site: Site, process: Callable[..., Flask], written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish()
    see(process())
    monkeypatch.setattr(shelf, "_code", lambda: "the next version")
    see(process())
    assert len(written) == 2


@pytest.mark.parametrize("fault", ["stop", "pause", "empty"])
def test_pages_are_as_they_are_when_redis_is_not(
    site: Site, process: Callable[..., Flask], server: RedisServer, stored: Redis, written: list[str], fault: str
) -> None:
    site.publish()
    page = see(process())
    reading, beginning = process(), process()
    see(reading, f"{TRIP}sites/port/")  # It has a connection.
    stored.flushall() if fault == "empty" else getattr(server, fault)()
    before = len(written)
    assert see(reading) == see(beginning) == page
    if fault == "empty":
        assert len(written) == before + 1, "what was written anew is there again"
    else:
        assert len(written) == before + 2


def test_only_public_pages_are_there_and_nothing_of_any_person(
    site: Site, process: Callable[..., Flask], stored: Redis
) -> None:
    trip_id = site.publish()
    made = site.book(trip_id)
    client = process().test_client()
    for path in (f"{TRIP}sign-up/", f"/en/booking/{made.token}/", f"/en/booking/{made.token}/contact/", "/en/booking/"):
        for _ in range(2):
            assert client.get(path).status_code == 200
    assert kept_in(stored) == {}
    paths = ("/en/", "/en/resebyran/", TRIP, f"{TRIP}programme/port/", f"{TRIP}sites/port/")
    for path in paths:
        assert client.get(path).status_code == 200
    pages = [gzip.decompress(value[32:]).decode() for value in kept_in(stored).values()]
    assert len(pages) == len(paths)
    booking = site.session.get_one(BookingRow, made.booking_id)
    secrets = (made.token, made.code, booking.contact_name, booking.contact_email, "csrf")
    assert [word for page in pages for word in secrets if word in page] == []


def test_it_holds_so_many_pages_of_such_a_size_for_such_a_time(
    site: Site, process: Callable[..., Flask], stored: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish()
    paths = [TRIP, f"{TRIP}sites/port/", f"{TRIP}programme/port/", f"{TRIP}programme/mill/"]
    right = {path: see(site.app, path) for path in paths}
    monkeypatch.setattr(shelf, "PLACES", 2)
    for path in paths * 2:
        assert see(process(), path) == right[path]
    assert len(kept_in(stored)) <= 2
    assert all(0 < stored.ttl(key) <= shelf.SECONDS for key in kept_in(stored))  # type: ignore[operator]
    stored.flushall()
    monkeypatch.setattr(shelf, "LARGEST", 100)
    assert see(process()) == right[TRIP]
    assert kept_in(stored) == {}
