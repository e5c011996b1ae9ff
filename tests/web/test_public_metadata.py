"""What the public pages tell programs: search engines, those who share a link, calendars, printers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from tests.web.conftest import TRIP, Site
from tripkit.actions.apply_trip import apply_trip
from tripkit.domain.trips import Look, Picture, TripStatus
from tripkit.testing import NOW, both, make_moment, make_organisation, make_trip
from tripkit.web import styles

HOST = "http://127.0.0.1:5000"
SWEDISH = "/sv/resebyran/hamnstad/"
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def event(site: Site, path: str = TRIP) -> dict[str, Any]:
    """The structured data on a page."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', site.get(path).text)
    assert len(found) == 1
    told: dict[str, Any] = json.loads(found[0])
    return told


def metas(text: str) -> dict[str, str]:
    """The Open Graph properties, and the description, of a page."""
    pairs = re.findall(r'<meta (?:property|name)="((?:og:|description)[^"]*)" content="([^"]*)"', text)
    return {name: unescape(value) for name, value in pairs}


def links(text: str, rel: str) -> dict[str, str]:
    """The addresses of a relation by language."""
    found = re.findall(rf'<link rel="{rel}"(?: hreflang="([^"]*)")? href="([^"]*)"', text)
    return dict(found)


@pytest.mark.parametrize(
    ("changes", "status", "availability", "left"),
    [
        ({}, "EventScheduled", "InStock", 10),
        ({"size": 3}, "EventScheduled", "LimitedAvailability", 3),
        ({"signup_opens_at": NOW + timedelta(days=2)}, "EventScheduled", "PreOrder", 0),
        ({"signup_closes_at": NOW}, "EventScheduled", None, 0),
        ({"status": TripStatus.POSTPONED}, "EventPostponed", None, 0),
        ({"status": TripStatus.CANCELLED}, "EventCancelled", None, 0),
    ],
)
def test_search_engines_are_told_how_it_stands(
    site: Site, changes: dict[str, Any], status: str, availability: str | None, left: int
) -> None:
    site.publish(**changes)
    told = event(site)
    assert told["eventStatus"] == f"https://schema.org/{status}"
    assert told["remainingAttendeeCapacity"] == left
    if availability is not None:
        assert told["offers"][0]["availability"] == f"https://schema.org/{availability}"
    else:
        assert "InStock" not in told["offers"][0]["availability"]


def test_search_engines_are_told_how_many_places_are_left(site: Site) -> None:
    trip_id = site.publish(size=3)
    site.book(trip_id, 2)
    assert event(site)["remainingAttendeeCapacity"] == 1
    site.book(trip_id, 1)
    told = event(site)
    assert (told["remainingAttendeeCapacity"], told["maximumAttendeeCapacity"]) == (0, 3)
    assert told["offers"][0]["availability"] == "https://schema.org/SoldOut"


def test_what_search_engines_are_told_leads_to_pages_that_are_there(site: Site) -> None:
    site.publish()
    told = event(site)
    addresses = [told["url"], told["offers"][0]["url"], *(part["url"] for part in told["subEvent"])]
    assert len(addresses) > 5
    for address in addresses:
        assert address.startswith(f"{HOST}/en/")
        assert site.get(address.removeprefix(HOST)).status_code == 200, address


def test_a_shared_link_says_what_when_and_whether_there_is_room(site: Site) -> None:
    site.publish()
    told = metas(site.get().text)
    assert told == {
        "description": "Two days in the port.",
        "og:type": "website",
        "og:site_name": "The made-up travel bureau",
        "og:title": "Study trip to Hamnstad, 5–6 May 2027",
        "og:description": "Open for sign-up. Two days in the port.",
        "og:url": f"{HOST}{TRIP}",
        "og:locale": "en_GB",
        "og:locale:alternate": "sv_SE",
    }
    assert metas(site.get(SWEDISH).text)["og:locale"] == "sv_SE"


@pytest.mark.parametrize(
    "path", ["/{}/", "/{}/resebyran/", "/{}/resebyran/hamnstad/", "/{}/resebyran/hamnstad/programme/port/",
             "/{}/resebyran/hamnstad/sites/port/"],
)  # fmt: skip
def test_each_language_names_the_others_and_itself(site: Site, path: str) -> None:
    site.publish()
    by_language = {language: HOST + path.format(language) for language in ("sv", "en")}
    for language, address in by_language.items():
        text = site.get(path.format(language)).text
        assert links(text, "alternate") == {**by_language, "x-default": by_language["sv"]}
        assert links(text, "canonical") == {"": address}


def test_a_filtered_page_is_the_same_page_to_search_engines(site: Site) -> None:
    site.publish()
    assert links(site.get(f"{TRIP}?segment=city").text, "canonical") == {"": f"{HOST}{TRIP}"}


def test_every_address_in_the_site_map_is_there(site: Site) -> None:
    site.publish()
    site.publish(make_organisation("another", languages=("sv",)), key="other", languages=("sv",))
    listed = [found.text or "" for found in ET.fromstring(site.get("/sitemap.xml").data).iter(LOC)]
    assert {f"{HOST}{TRIP}", f"{HOST}{SWEDISH}", f"{HOST}/sv/another/other/"} <= set(listed)
    assert f"{HOST}/en/another/other/" not in listed
    for address in listed:
        assert site.get(address.removeprefix(HOST)).status_code == 200, address


def test_robots_are_welcome_and_shown_the_map(site: Site) -> None:
    answer = site.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Disallow: \n" in answer.text
    assert f"Sitemap: {HOST}/sitemap.xml" in answer.text


def test_robots_stay_out_of_a_demonstration(site: Site) -> None:
    site.app.extensions["tripkit"] = replace(site.app.extensions["tripkit"], demo=True)
    assert "Disallow: /\n" in site.get("/robots.txt").text


def test_a_trip_can_be_subscribed_to_as_a_calendar(site: Site) -> None:
    site.publish()
    answer = site.get(f"{TRIP}calendar.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"].startswith('inline; filename="')
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    names = {str(one["SUMMARY"]) for one in Calendar.from_ical(answer.data).walk("VEVENT")}
    assert {"Visit port", "Visit lecture"} <= names
    one = Calendar.from_ical(site.get(f"{TRIP}programme/port/calendar.ics").data).walk("VEVENT")
    assert [(str(found["SUMMARY"]), str(found["URL"])) for found in one] == [
        ("Visit port", f"{HOST}{TRIP}programme/port/")
    ]
    assert f'<link rel="alternate" type="text/calendar" href="{TRIP}calendar.ics"' in site.get().text


def test_a_cancelled_trip_is_cancelled_in_calendars(site: Site) -> None:
    site.publish(status=TripStatus.CANCELLED)
    events = Calendar.from_ical(site.get(f"{TRIP}calendar.ics").data).walk("VEVENT")
    assert {str(one["STATUS"]) for one in events} == {"CANCELLED"}


def test_a_picture_runs_nothing_whatever_is_in_it(site: Site) -> None:
    apply_trip(
        site.session,
        organisation=make_organisation(),
        trip=make_trip(picture="port.svg", picture_text=both("Hamnen.", "The port.")),
        pictures={"port.svg": Picture(name="port.svg", media_type="image/svg+xml", data=DRAWING)},
        moment=make_moment(actor="organiser"),
    )
    picture = "/resebyran/hamnstad/pictures/port.svg"
    shown = site.get()
    assert metas(shown.text)["og:image"] == HOST + picture
    assert metas(shown.text)["og:image:alt"] == "The port."
    answer = site.get(picture)
    assert (answer.mimetype, answer.data) == ("image/svg+xml", DRAWING)
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert site.get(picture, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert site.get("/another/hamnstad/pictures/port.svg").status_code == 404


@pytest.mark.parametrize(
    ("colour", "kept"),
    [
        ("oklch(0.6 0.1 200)", True),
        ("#0a7", True),
        ("rebeccapurple", True),
        ("red; } body { display: none", False),
        ("red } @import 'x'", False),
        ("url(http://x.example/)", False),
        ("red/**/", False),
        ("r\\65 d", False),
        ("<style>", False),
        ("x" * 61, False),
    ],
)
def test_a_host_s_colour_is_a_colour_and_nothing_else(site: Site, colour: str, kept: bool) -> None:
    site.publish(make_organisation(look=Look(brand=colour)))
    answer = site.get("/resebyran/look.css")
    assert answer.mimetype == "text/css"
    assert answer.text == (f":root {{\n  --brand: {colour};\n}}\n" if kept else "")
    assert 'href="/resebyran/look.css"' in site.get().text


def test_the_look_has_a_print_view(site: Site) -> None:
    sheet = re.findall(r'<link rel="stylesheet" href="(/static/look\.[0-9a-f]+\.css)">', site.get("/en/").text)
    assert len(sheet) == 1
    answer = site.get(sheet[0])
    assert "@media print" in answer.text
    assert answer.text == styles.look()[0]
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_files_are_kept_for_as_long_as_their_name_tells_their_content(site: Site) -> None:
    site.publish()
    file = f"/static/places.js?v={styles.name_of('places.js')}"
    assert f'src="{file}"' in site.get().text
    assert site.get(file).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    # An address made by a newer or an older version of tripkit must not keep this one's content.
    for other in ("/static/places.js", "/static/places.js?v=000000000000", "/static/places.js?v="):
        assert site.get(other).headers["Cache-Control"] == "public, max-age=86400", other
