"""Pages kept in memory: what they cost the database, when they are written anew, and what caches on the way are told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.statements import count_statements
from tests.web.conftest import TRIP, Site
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.settings import Settings
from tripkit.storage import db
from tripkit.testing import NOW, both, make_moment, make_organisation, make_participant, make_trip
from tripkit.web.public import kept

SWEDISH = "/sv/resebyran/hamnstad/"
PARTS = ("", "programme/port/", "sites/port/")


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many seconds pass for what is kept."""
    clock = [1000.0]
    monkeypatch.setattr(kept, "monotonic", lambda: clock[0])

    def pass_(seconds: float) -> None:
        clock[0] += seconds

    return pass_


def own_engine(site: Site) -> Engine:
    with site.app.app_context():
        return db.engine


def statements(site: Site, path: str) -> int:
    """How many statements a page that is there takes."""
    with count_statements(own_engine(site)) as found:
        assert site.get(path).status_code == 200
    return len(found)


def places(site: Site) -> dict[str, object]:
    told: dict[str, object] = json.loads(site.get(f"{TRIP}places.json").text)
    return told


@pytest.mark.parametrize("part", PARTS)
def test_a_kept_page_asks_the_database_nothing(kept_site: Site, pass_time: Callable[[float], None], part: str) -> None:
    kept_site.publish()
    path = f"{TRIP}{part}"
    first = kept_site.get(path).data
    with count_statements(own_engine(kept_site)) as found:
        assert kept_site.get(path).data == first
        assert kept_site.get(path, headers={"If-None-Match": kept_site.get(path).headers["ETag"]}).status_code == 304
    assert found == []


@pytest.mark.parametrize("part", PARTS)
def test_after_two_seconds_it_asks_once_whether_anything_has_changed(
    kept_site: Site, pass_time: Callable[[float], None], part: str
) -> None:
    kept_site.publish()
    path = f"{TRIP}{part}"
    kept_site.get(path)
    pass_time(1.9)
    assert statements(kept_site, path) == 0
    pass_time(0.2)
    assert statements(kept_site, path) == 1
    assert statements(kept_site, path) == 0


@pytest.mark.parametrize("filters", ["?segment=city", "?topic=ports", "?segment=police&topic=ports"])
def test_a_filtered_page_is_kept_as_well(kept_site: Site, filters: str) -> None:
    kept_site.publish()
    kept_site.get(f"{TRIP}{filters}")
    assert statements(kept_site, f"{TRIP}{filters}") == 0


def test_a_page_takes_as_many_statements_with_ten_people_as_with_ten_thousand(
    kept_site: Site, fill: Callable[[int, int], None], pass_time: Callable[[float], None]
) -> None:
    trip_id = kept_site.publish(size=20_000)
    found: list[tuple[int, ...]] = []
    for people in (10, 9_990):
        fill(trip_id, people)
        kept_site.publish_trip(make_trip(size=20_000, title=both(f"Resa {people}", f"Trip {people}")))
        pass_time(3)
        cold = statements(kept_site, TRIP)
        kept_site.book(trip_id, 1)
        pass_time(3)
        found.append((cold, statements(kept_site, TRIP), statements(kept_site, f"{TRIP}places.json")))
    assert "Trip 9990" in kept_site.get(TRIP).text
    assert found[0] == found[1]
    cold, changed, told = found[0]
    assert cold <= 17  # One for each part of a trip: the first look after an organiser has changed it.
    assert changed <= 6
    assert told == 1


@pytest.mark.parametrize("path", ["/en/", "/en/resebyran/", "/sitemap.xml"])
def test_a_list_takes_as_many_statements_with_one_trip_as_with_thirty(
    kept_site: Site, pass_time: Callable[[float], None], path: str
) -> None:
    found = set()
    made = 0
    for trips in (1, 3, 30):
        while made < trips:
            kept_site.book(kept_site.publish(key=f"trip-{made}"), 1)
            made += 1
        pass_time(3)
        found.add(statements(kept_site, path))
        assert kept_site.get(path).text.count("/en/resebyran/trip-") >= trips
    assert len(found) == 1
    assert found.pop() <= 6


def test_a_booking_shows_within_two_seconds_and_in_the_small_answer_at_once(
    kept_site: Site, pass_time: Callable[[float], None]
) -> None:
    trip_id = kept_site.publish()
    before, told = kept_site.get(), places(kept_site)
    assert told["trip"] == {"size": 10, "taken": 0, "left": 10, "waiting": 0}
    assert f'data-how-full="{told["how_full"]}"' in before.text
    booking = kept_site.book(trip_id, [make_participant(items=("port",)) for _ in range(3)])
    told = places(kept_site)
    assert told["trip"] == {"size": 10, "taken": 3, "left": 7, "waiting": 0}
    assert told["items"]["port"] == {"size": 4, "taken": 3, "left": 1, "waiting": 0}  # type: ignore[index]
    assert f'data-how-full="{told["how_full"]}"' not in kept_site.get().text
    pass_time(2)
    after = kept_site.get()
    assert f'data-how-full="{told["how_full"]}"' in after.text
    assert "3 of 10 taken." in after.text
    assert after.headers["ETag"] != before.headers["ETag"]
    cancel_participants(kept_site.session, booking_id=booking.booking_id, moment=make_moment())
    pass_time(2)
    again = kept_site.get()
    assert (again.data, again.headers["ETag"]) == (before.data, before.headers["ETag"])


def test_somebody_who_begins_to_wait_changes_the_page_though_no_place_is_taken(
    kept_site: Site, pass_time: Callable[[float], None]
) -> None:
    trip_id = kept_site.publish(size=1)
    kept_site.book(trip_id, 1)
    before = places(kept_site)["how_full"]
    assert "Nobody is waiting yet." in kept_site.get().text
    kept_site.book(trip_id, 1)
    pass_time(2)
    assert "One person is waiting" in kept_site.get().text
    assert places(kept_site)["how_full"] != before


def test_an_organiser_s_change_shows_within_two_seconds(kept_site: Site, pass_time: Callable[[float], None]) -> None:
    kept_site.publish()
    before = kept_site.get()
    kept_site.publish(title=both("Ny resa", "New trip"))
    pass_time(2)
    after = kept_site.get()
    assert ("New trip" in before.text, "New trip" in after.text) == (False, True)
    assert before.headers["ETag"] != after.headers["ETag"]
    kept_site.publish(make_organisation(name=both("Nytt namn", "New name")), title=both("Ny resa", "New trip"))
    pass_time(2)
    assert "New name" in kept_site.get().text


def test_a_changed_moment_shows_though_nothing_was_changed(kept_site: Site, pass_time: Callable[[float], None]) -> None:
    kept_site.publish(signup_opens_at=NOW + timedelta(hours=1))
    before = kept_site.get().headers["ETag"]
    kept_site.at(NOW + timedelta(hours=2))
    pass_time(2)
    assert kept_site.get().headers["ETag"] != before
    assert places(kept_site)["state"] == "open"


def test_each_language_and_each_packing_has_a_tag_of_its_own(site: Site) -> None:
    site.publish()
    plain, packed = site.get(), site.get(headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    tags = {plain.headers["ETag"], packed.headers["ETag"], site.get(SWEDISH).headers["ETag"]}
    assert len(tags) == 3
    for answer in (plain, packed):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=30"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity", "", "br", "gzip;q=0, *;q=0.1"])
def test_who_cannot_unpack_gets_the_page_plain(site: Site, accepted: str) -> None:
    site.publish()
    answer = site.get(headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize(
    "path",
    [
        *("/en/", "/en/resebyran/", TRIP, f"{TRIP}?segment=city", f"{TRIP}programme/port/", f"{TRIP}sites/port/"),
        *(f"{TRIP}places.json", f"{TRIP}calendar.ics", f"{TRIP}programme/port/calendar.ics", "/resebyran/look.css"),
        *("/sitemap.xml", "/robots.txt"),
    ],
)
def test_what_has_not_changed_is_not_sent_again(site: Site, path: str) -> None:
    site.publish()
    first = site.get(path)
    assert first.status_code == 200
    tag = first.headers["ETag"]
    again = site.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert again.headers.get("Vary") == first.headers.get("Vary")
    assert site.get(path, headers={"If-None-Match": f'"other", {tag}'}).status_code == 304
    assert site.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_page_that_is_not_there_is_not_kept(site: Site) -> None:
    assert site.get().status_code == 404
    site.publish()
    assert site.get().status_code == 200


def test_memory_holds_so_many_pages_and_no_more(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST", 3)
    site.publish()
    for part in ("", "?segment=city", "?segment=police", "programme/port/", "programme/mill/", "sites/port/"):
        site.get(f"{TRIP}{part}")
    pages = site.app.extensions["tripkit_pages"].pages
    assert [path for path, _ in pages] == [
        f"{TRIP}{part}" for part in ("programme/port/", "programme/mill/", "sites/port/")
    ]


def test_two_applications_keep_their_pages_apart(site: Site) -> None:
    from tripkit.app import create_app  # noqa: PLC0415 (a second one, which only this test needs)

    site.publish()
    settings: Settings = site.app.extensions["tripkit"]
    other = create_app(
        Settings(database_url=settings.database_url, secret_key=settings.secret_key, url="https://other.example")
    )
    assert "https://other.example/en/resebyran/" in other.test_client().get(TRIP).text
    assert "https://other.example" not in site.get().text
