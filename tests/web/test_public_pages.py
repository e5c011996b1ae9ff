"""The public pages: trips of the installation and of one host, programme, items, sites, speakers, and what is not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.web.conftest import TRIP, Site
from tests.web.signup_visitor import page
from tripkit.domain.trips import Contact, Note, Speaker, Topic
from tripkit.testing import at, both, make_item, make_organisation, make_segment, make_site, make_trip

SPEAKER = Speaker(
    key="vera", name="Vera Ek", title=both("Hamnchef", "Port director"), biography=both("Bor här.", "Lives here.")
)


def order(words: str, *titles: str) -> list[str]:
    """These titles in the order they stand in."""
    return sorted((title for title in titles if title in words), key=words.index)


def test_an_installation_without_trips_says_so(site: Site) -> None:
    seen = site.see("/en/")
    assert "No trip is planned right now." in seen.words
    assert "Past trips" not in seen.words


def test_trips_come_soonest_first_and_past_ones_last(site: Site) -> None:
    for key, day in (
        ("later", date(2027, 9, 1)),
        ("soon", date(2027, 4, 1)),
        ("gone", date(2026, 4, 1)),
        ("old", date(2025, 4, 1)),
    ):
        site.publish(key=key, title=both(f"Resa {key}", f"Trip {key}"), starts_on=day, ends_on=day)
    words = site.see("/en/").words
    assert order(words, "Trip later", "Trip soon", "Trip gone", "Trip old", "Past trips") == [
        "Trip soon",
        "Trip later",
        "Past trips",
        "Trip gone",
        "Trip old",
    ]
    assert {f"/en/resebyran/{key}/" for key in ("later", "soon", "gone", "old")} <= set(site.see("/en/").links)


def test_a_trip_in_a_list_says_whether_there_is_room(site: Site) -> None:
    full = site.publish(key="full", size=1)
    site.book(full, 1)
    site.book(full, 1)
    site.publish(key="open", size=60)
    site.publish(key="few", size=3)
    words = site.see("/en/").words
    assert "Fully booked One person is waiting." in words
    assert "Open for sign-up 60 of 60 places are left." in words
    assert "Few places left Three of 3 places are left." in words


def test_a_host_s_page_shows_its_own_trips_only(site: Site) -> None:
    site.publish(title=both("Vår resa", "Our trip"))
    site.publish(
        make_organisation("another", name=both("En annan", "Somebody else")),
        key="other",
        title=both("Deras", "Their trip"),
    )
    ours, theirs, all_of_them = (site.see(path).words for path in ("/en/resebyran/", "/en/another/", "/en/"))
    assert ("Our trip" in ours, "Their trip" in ours, "Somebody else" in ours) == (True, False, False)
    assert ("Our trip" in theirs, "Their trip" in theirs, "Somebody else" in theirs) == (False, True, True)
    assert "Our trip" in all_of_them
    assert "Their trip" in all_of_them


def test_a_trip_is_found_under_its_own_host_only(site: Site) -> None:
    site.publish()
    site.publish(make_organisation("another"), key="other")
    for tail in ("", "places.json", "calendar.ics", "programme/port/", "sites/port/", "sign-up/"):
        assert site.get(f"/en/another/hamnstad/{tail}").status_code == 404
        assert site.get(f"/en/resebyran/hamnstad/{tail}").status_code == 200


@pytest.mark.parametrize(
    ("query", "shown", "left_out"),
    [
        ("", {"lecture", "port", "mill", "hill", "late", "watch"}, None),
        ("segment=city", {"lecture", "port", "mill", "hill", "late"}, "One item is left out by the filter."),
        ("segment=police", {"lecture", "port", "mill", "hill", "late", "watch"}, None),
        ("topic=ports", {"lecture"}, "5 items are left out by the filter."),
        ("segment=city&topic=ports", {"lecture"}, "5 items are left out by the filter."),
        ("segment=", {"lecture", "port", "mill", "hill", "late", "watch"}, None),
    ],
)
def test_the_programme_is_shown_for_a_group_and_about_a_topic(
    site: Site, query: str, shown: set[str], left_out: str | None
) -> None:
    site.publish()
    seen = site.see(f"{TRIP}?{query}")
    links = {link.split("/")[-2] for link in seen.links if "/programme/" in link}
    assert links == shown
    assert ("left out by the filter" in seen.words) is (left_out is not None)
    assert left_out is None or left_out in seen.words
    assert dict(seen.fields).get("segment", "") == (
        "" if "segment" not in query else query.partition("&")[0].partition("=")[2]
    )


def test_a_filter_that_leaves_nothing_says_so(site: Site) -> None:
    trip = make_trip()
    site.publish_trip(
        replace(trip, topics=(*trip.topics, Topic(key="rail", name=both("Spår", "Rails"), description={})))
    )
    seen = site.see(f"{TRIP}?topic=rail")
    assert "No item of the programme matches." in seen.words
    assert not [link for link in seen.links if "/programme/" in link]


@pytest.mark.parametrize(
    "query",
    [
        "segment=kings",
        "topic=kings",
        "segment=%00",
        "topic=%ff%fe",
        "segment=" + "x" * 5000,
        "segment[]=city",
        "segment=CITY",
        "segment=%3Cscript%3Ealert(1)%3C/script%3E",
        "topic=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "segment=..%2F..%2F",
        "&&&===",
        "%",
        "language=xx",
        "people=-1",
        "x" * 3000,
    ],
)
def test_what_nobody_knows_in_a_query_asks_for_nothing(site: Site, query: str) -> None:
    site.publish()
    plain, asked = site.get(), site.get(f"{TRIP}?{query}")
    assert asked.status_code == 200
    assert asked.data == plain.data
    assert asked.headers["ETag"] == plain.headers["ETag"]


def test_filters_that_are_made_up_fill_no_memory(site: Site) -> None:
    site.publish()
    for number in range(20):
        site.get(f"{TRIP}?segment=made-up-{number}&topic=made-up-{number}")
    site.get(f"{TRIP}?segment=city")
    names = [filters for _, filters in site.app.extensions["tripkit_pages"].pages]
    assert names == [("", ""), ("city", "")]


def test_a_trip_without_a_programme_says_that_it_is_being_made(site: Site) -> None:
    site.publish(programme=(), choices=(), topics=(), sites=(), travel=())
    assert "The programme is being made." in site.see().words


def test_an_item_says_when_what_where_and_what_goes_on_beside_it(site: Site) -> None:
    trip = make_trip(speakers=(SPEAKER,))
    port = replace(
        trip.programme[1],
        speakers=("vera",),
        summary=both("Kranar.", "Cranes."),
        description=both("Vi *går*.", "We *walk*."),
    )
    site.publish_trip(replace(trip, programme=(trip.programme[0], port, *trip.programme[2:])))
    seen = site.see(f"{TRIP}programme/port/")
    assert seen.title == "Visit port – Hamnstad"
    for said in (
        "Wednesday 5 May 2027",
        "11:00–12:30",
        "Site visit",
        "Morning: you choose it when you sign up",
        "Site port",
        "Påhittade gatan 1, Hamnstad",
        "4 places left of 4",
        "Vera Ek, Port director",
        "Visit mill",
        "Cranes.",
        "We walk.",
    ):
        assert said in seen.words.replace(" –", "–"), said
    assert {
        f"{TRIP}sites/port/",
        f"{TRIP}speakers/vera/",
        f"{TRIP}programme/mill/",
        f"{TRIP}programme/port/calendar.ics",
    } <= set(seen.links)
    assert f"{TRIP}programme/lecture/" not in seen.links


def test_an_item_for_some_only_says_for_whom(site: Site) -> None:
    site.publish()
    assert "Group police" in site.see(f"{TRIP}programme/watch/").words
    assert "Group police" not in site.see(f"{TRIP}programme/late/").words


def test_an_item_in_another_time_zone_is_told_by_the_clock_there(site: Site) -> None:
    away = make_item("away", at(5, 8), at(5, 9), time_zone="Europe/London")
    site.publish(programme=(away,), choices=())
    words = site.see(f"{TRIP}programme/away/").words.replace(" –", "–")
    assert "09:00–10:00" in words
    assert "By the clock in London; 10:00 in Stockholm." in words


def test_a_site_says_how_to_get_in_and_keeps_the_host_s_contact_to_itself(site: Site) -> None:
    place = make_site(
        "port",
        description=both("Kajen.", "The quay."),
        access=both("Två trappsteg.", "Two steps."),
        largest_group=25,
        latitude=57.7,
        longitude=11.9,
        host_contact=Contact(name="Hemliga Hedvig", email="hedvig@tripkit.example", phone="000-11"),
    )
    site.publish(sites=(place, make_site("hill"), make_site("mill")))
    answer = site.get(f"{TRIP}sites/port/")
    words = page(answer).words
    for said in ("Site port", "The quay.", "Two steps.", "25 people", "57.7, 11.9", "Visit port"):
        assert said in words, said
    for path in (TRIP, f"{TRIP}sites/port/", f"{TRIP}programme/port/", f"{TRIP}calendar.ics", f"{TRIP}sign-up/"):
        text = site.get(path).text
        assert not [secret for secret in ("Hedvig", "hedvig@", "000-11") if secret in text], path


def test_a_speaker_has_a_page_with_what_they_take_part_in(site: Site) -> None:
    trip = make_trip(speakers=(SPEAKER,))
    talk = replace(trip.programme[0], speakers=("vera",))
    site.publish_trip(replace(trip, programme=(talk, *trip.programme[1:])))
    seen = site.see(f"{TRIP}speakers/vera/")
    assert seen.title == "Vera Ek – Hamnstad"
    assert "Port director" in seen.words
    assert "Lives here." in seen.words
    assert f"{TRIP}programme/lecture/" in seen.links
    assert f"{TRIP}programme/port/" not in seen.links


def test_practical_information_terms_and_whom_to_ask_are_on_the_page(site: Site) -> None:
    site.publish(
        practical=(
            Note(key="shoes", title=both("Skor", "Shoes"), text=both("Ta **hela** skor.", "Bring **whole** shoes.")),
        )
    )
    seen = site.see()
    for said in (
        "Shoes",
        "Bring whole shoes.",
        "Read the terms, version 1",
        "Terms one.",
        "Resedisken",
        "000-00 00 00",
    ):
        assert said in seen.words, said
    assert "mailto:disken@tripkit.example" in seen.links


def test_nothing_about_any_one_person_is_public(site: Site) -> None:
    trip_id = site.publish(size=2)
    site.book(
        trip_id,
        2,
        contact_name="Kontakt Hemlig",
        contact_email="hemlig@tripkit.example",
        organisation="Hemliga kommunen",
    )
    site.book(
        trip_id,
        1,
        contact_name="Kontakt Hemlig",
        contact_email="hemlig@tripkit.example",
        organisation="Hemliga kommunen",
    )
    for path in (
        "/en/",
        "/en/resebyran/",
        TRIP,
        f"{TRIP}places.json",
        f"{TRIP}calendar.ics",
        f"{TRIP}programme/mill/",
        "/sitemap.xml",
    ):
        text = site.get(path).text
        assert not [
            word
            for word in ("Hemlig", "hemlig", "Person ", "Påhittade kommunen")
            if word in text.replace("Person {", "")
        ], path


@pytest.mark.parametrize(
    "path",
    [
        "/xx/", "/xx/resebyran/", "/xx/resebyran/hamnstad/", "/en/nobody/", "/en/resebyran/nothing/", "/en/resebyran/HAMNSTAD/",
        f"{TRIP}programme/nothing/", f"{TRIP}sites/nothing/", f"{TRIP}speakers/nothing/", f"{TRIP}programme/", f"{TRIP}sites/",
        f"{TRIP}programme/nothing/calendar.ics", f"{TRIP}nothing/", "/en/resebyran/nothing/places.json", "/xx/resebyran/hamnstad/places.json",
        "/xx/resebyran/hamnstad/calendar.ics", "/resebyran/hamnstad/pictures/none.svg", "/nobody/look.css", "/static/none.css",
        "/static/look.000000000000.css", "/static/../app.py", "/static/%2e%2e/app.py", "/demo/mail/", "/a/b.php/", "/.git/config/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_in_a_sentence(site: Site, path: str) -> None:
    site.publish()
    answer = site.get(path)
    assert answer.status_code == 404
    seen = page(answer)
    assert seen.title == "There is nothing here"
    assert "The address may be cut off or old." in seen.words
    assert "/en/" in seen.links
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'name="robots" content="noindex"' in answer.text


@pytest.mark.parametrize(
    ("path", "header", "language"),
    [
        ("/sv/nothing/", "en", "sv"),
        ("/en/nothing/", "sv", "en"),
        ("/xx/", "sv", "sv"),
        ("/xx/", "en", "en"),
        ("/xx/", "fi", "sv"),
    ],
)
def test_errors_are_said_in_the_reader_s_language(site: Site, path: str, header: str, language: str) -> None:
    answer = site.get(path, headers={"Accept-Language": header})
    words = {"sv": "Här finns inget", "en": "There is nothing here"}
    assert answer.status_code == 404
    assert f'<html lang="{language}">' in answer.text
    assert words[language] in answer.text


def test_a_text_without_a_translation_is_shown_in_its_own_language_and_says_which(site: Site) -> None:
    site.publish(
        lead={"sv": "Bara på svenska."},
        segments=(make_segment("city", name={"sv": "Kommuner"}), make_segment("police")),
    )
    answer = site.get()
    assert '<span lang="sv">Bara på svenska.</span>' in answer.text
    assert '<span lang="sv">Kommuner</span>' in answer.text
    assert '<span lang="sv">' not in site.get("/sv/resebyran/hamnstad/").text


def test_a_trip_in_one_language_offers_no_other(site: Site) -> None:
    site.publish(languages=("sv",), title={"sv": "Bara svenska"})
    answer = site.get("/sv/resebyran/hamnstad/")
    assert TRIP not in page(answer).links
    assert 'hreflang="en"' not in answer.text
    assert site.get(TRIP).status_code == 200  # Its interface is English, for those who need it.


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("sv", "sv"),
        ("en", "en"),
        ("en-GB,sv;q=0.5", "en"),
        ("sv-SE,en;q=0.9", "sv"),
        ("fi,sv;q=0.5,en;q=0.4", "sv"),
        ("sv;q=0,en;q=0.1", "en"),
        ("SV-FI", "sv"),
        ("fi", "sv"),
        ("*", "sv"),
        ("\xe5;;q=x,,", "sv"),
        ("", "sv"),
    ],
)
def test_the_start_leads_to_the_reader_s_language(site: Site, header: str, language: str) -> None:
    answer = site.get("/", headers={"Accept-Language": header})
    assert answer.status_code == 302
    assert answer.location == f"/{language}/"
    assert "Accept-Language" in answer.headers["Vary"]


def test_head_answers_as_get_does_without_the_page(site: Site) -> None:
    site.publish()
    for path in (
        "/en/",
        "/en/resebyran/",
        TRIP,
        f"{TRIP}programme/port/",
        f"{TRIP}places.json",
        f"{TRIP}calendar.ics",
        "/sitemap.xml",
        "/robots.txt",
    ):
        got, head = site.get(path), site.client.head(path)
        assert (head.status_code, head.data) == (200, b""), path
        assert got.headers["Content-Length"] == head.headers["Content-Length"], path
        assert got.headers["ETag"] == head.headers["ETag"], path


@pytest.mark.parametrize(
    "path", ["/en", "/en/resebyran", TRIP[:-1], f"{TRIP}programme/port", f"{TRIP}sites/port", f"{TRIP}sign-up"]
)
def test_a_forgotten_slash_is_mended(site: Site, path: str) -> None:
    site.publish()
    answer = site.get(f"{path}?segment=city", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.location) == (308, f"{path}/?segment=city")
    assert site.get(path, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_pages_that_are_only_read_refuse_to_be_written_to(site: Site, method: str) -> None:
    site.publish()
    answer = getattr(site.client, method)(TRIP)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert page(answer).title == "This cannot be done here"


def markup(text: str) -> dict[str, Any]:
    return both(text, text)


def test_what_organisers_write_is_text_and_never_markup(site: Site) -> None:
    bad = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    speaker = replace(
        SPEAKER,
        name=bad,
        title=markup(bad),
        biography=markup(f"{bad} [x](javascript:alert(1)) ![y](http://x.example/p.png)"),
    )
    item = make_item(
        "port",
        at(5, 9),
        at(5, 10),
        title=markup(bad),
        summary=markup(bad),
        description=markup(bad),
        site="port",
        speakers=("vera",),
    )
    site.publish(
        make_organisation(name=markup(bad), description=markup(bad)),
        title=markup(bad), short_title=markup(bad), lead=markup(bad), purpose=markup(bad), place=markup(bad), status_note=markup(bad),
        segments=(make_segment("city", name=markup(bad), description=markup(bad)),), speakers=(speaker,), choices=(),
        topics=(Topic(key="ports", name=markup(bad), description=markup(bad)),),
        sites=(make_site("port", name=markup(bad), address=bad, description=markup(bad), access=markup(bad)),), programme=(item,), travel=(),
        practical=(Note(key="a", title=markup(bad), text=markup(bad)),), contact=Contact(name=bad, email=None, phone=bad),
    )  # fmt: skip
    for path in (
        "/en/",
        "/en/resebyran/",
        TRIP,
        f"{TRIP}programme/port/",
        f"{TRIP}sites/port/",
        f"{TRIP}speakers/vera/",
        f"{TRIP}sign-up/",
    ):
        text = site.get(path).text
        assert "alert(1)" in text, path
        for forbidden in ("<script>alert", "<img src=x", 'javascript:alert(1)"', 'http://x.example/p.png"'):
            assert forbidden not in text, (path, forbidden)
