"""A trip edited on its pages: each form holds what is written, says what it was sent, and loses nothing of what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.web.conftest import Site
from tests.web.membership import HOST, member
from tests.web.signup_visitor import Page, page
from tripkit.actions.apply_trip import apply_trip
from tripkit.domain.rights import Role
from tripkit.domain.trips import TripStatus
from tripkit.eventfile import Event, read_event
from tripkit.eventfile.document import document_of
from tripkit.reads.trip_document import TripDocument, trip_document
from tripkit.reads.trip_plan import find_trip, trip_plan
from tripkit.storage.trips import TripRow
from tripkit.testing import make_moment
from tripkit.web.organiser.editing.parts import PARTS, TRAVEL
from tripkit.web.organiser.editing.sections import SECTIONS

SAMPLE = Path(__file__).parents[2] / "sample_events" / "gothenburg_2019"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def event() -> Event:
    return read_event(SAMPLE)


@pytest.fixture
def trip(site: Site, event: Event) -> str:
    """The sample's trip on the site; the address of its pages."""
    apply_trip(
        site.session,
        organisation=event.organisation,
        trip=event.trip,
        pictures=event.pictures,
        logo=event.logo,
        moment=make_moment(actor="organiser"),
    )
    return f"/en/organise/{event.organisation.key}/trips/{event.trip.key}/"


@pytest.fixture
def organiser(site: Site, trip: str, event: Event) -> FlaskClient:
    return member(site, Role.ORGANISER, event.organisation.key)


def found(site: Site, key: str = "gothenburg-2019", host: str = "studieresekansliet") -> TripDocument:
    site.session.rollback()
    document = trip_document(site.session, find_trip(site.session, host, key) or 0)
    assert document is not None
    return document


def look(client: FlaskClient, path: str) -> Page:
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200, (path, answer.status_code, answer.location)
    return page(answer)


def send(client: FlaskClient, path: str, **changes: Any) -> TestResponse:
    """Send the form that is on a page, with some fields changed."""
    fields = MultiDict(look(client, path).fields)
    for name, value in changes.items():
        fields.setlist(name, value if isinstance(value, list) else [value])
    return client.post(path, data=fields, headers=ENGLISH)


def every_form(event: Event) -> Iterator[str]:
    """The address of the form of each part, and of one thing of each list."""
    document = document_of(event.organisation, event.trip)
    yield from (f"edit/{part.key}/" for part in (*PARTS, TRAVEL))
    for section in SECTIONS:
        for thing in document[section.key]:
            yield f"edit/lists/{section.key}/{thing['key']}/"


def test_a_form_that_is_sent_as_it_is_changes_nothing(
    site: Site, organiser: FlaskClient, trip: str, event: Event
) -> None:
    before = found(site)
    forms = list(every_form(event))
    assert len(forms) > 80
    for path in forms:
        answer = send(organiser, trip + path)
        assert answer.status_code == 303, (path, re.findall(r'class="error".*?</p>', answer.text, re.DOTALL)[:3])
        assert "done=same" in (answer.location or ""), path
    assert found(site) == before


def test_what_is_saved_waits_until_it_is_published(site: Site, organiser: FlaskClient, trip: str) -> None:
    public = "/en/studieresekansliet/gothenburg-2019/"
    assert send(organiser, f"{trip}edit/basics/", size="70", **{"title-en": "Two days in Göteborg"}).status_code == 303
    assert "Two days in Göteborg" not in site.see(public).words
    assert "Two days in Göteborg" in look(organiser, f"{trip}preview/").words
    waiting = look(organiser, f"{trip}changes/").words
    assert "places, from 60 to 70" in waiting.lower()
    assert send(organiser, f"{trip}changes/").location == f"{trip}changes/?done=published"
    assert "Two days in Göteborg" in site.see(public).words
    assert "It is published" in look(organiser, f"{trip}changes/?done=published").words
    assert "Nothing waits" in look(organiser, f"{trip}changes/").words


def test_what_is_wrong_is_said_at_its_field_and_everything_typed_is_there(
    site: Site, organiser: FlaskClient, trip: str
) -> None:
    before = found(site)
    typed = {"size": "many", "days-to": "2019-01-20", "title-en": "Kept <as> typed", "contact-email": "no address"}
    answer = send(organiser, f"{trip}edit/basics/", **typed)
    assert answer.status_code == 422
    again = page(answer)
    assert {name: again.value(name) for name in typed} == typed
    assert "whole number" in again.words
    answer = send(organiser, f"{trip}edit/basics/", **{**typed, "size": "60"})
    assert answer.status_code == 422
    assert 'id="days-to-error"' in answer.text
    assert 'id="contact-email-error"' in answer.text
    assert found(site) == before


def test_a_fault_elsewhere_is_said_of_the_thing_it_is_in(organiser: FlaskClient, trip: str) -> None:
    answer = send(organiser, f"{trip}edit/basics/", **{"days-to": "2019-01-24"})
    assert answer.status_code == 422
    assert "programme item “" in page(answer).words.lower()


def test_a_thing_is_added_moved_changed_and_taken_away(site: Site, organiser: FlaskClient, trip: str) -> None:
    topics = f"{trip}edit/lists/topics/"
    answer = send(organiser, f"{topics}new/", **{"name-sv": "Åtta kök & ett", "name-en": "Eight"})
    assert answer.location == f"{topics}?done=saved#atta-kok-ett"
    assert "It is saved." in look(organiser, f"{topics}?done=saved").words
    keys = [one["key"] for one in found(site).document["topics"]]
    assert keys[-1] == "atta-kok-ett"
    token = look(organiser, topics).value("csrf_token")
    base = look(organiser, topics).value("made_from")
    moved = organiser.post(topics, data={"csrf_token": token, "made_from": base, "key": keys[-1], "do": "up"})
    assert moved.status_code == 303
    assert [one["key"] for one in found(site).document["topics"]][-2:] == [keys[-1], keys[-2]]
    assert send(organiser, f"{topics}atta-kok-ett/", **{"name-en": "Nine"}).status_code == 303
    assert found(site).document["topics"][-2]["name"] == {"sv": "Åtta kök & ett", "en": "Nine"}
    assert send(organiser, f"{topics}atta-kok-ett/remove/").location == f"{topics}?done=removed"
    assert "atta-kok-ett" not in {one["key"] for one in found(site).document["topics"]}


def test_what_is_named_elsewhere_is_not_taken_away(site: Site, organiser: FlaskClient, trip: str) -> None:
    site_key = next(one["site"] for one in found(site).document["programme"] if "site" in one)
    remove = f"{trip}edit/lists/sites/{site_key}/remove/"
    shown = look(organiser, remove)
    assert "It cannot go yet" in shown.words
    assert any("/edit/lists/programme/" in link for link in shown.links)


def test_two_who_change_the_same_see_each_others_words(site: Site, organiser: FlaskClient, trip: str) -> None:
    path = f"{trip}edit/basics/"
    first, second = MultiDict(look(organiser, path).fields), MultiDict(look(organiser, path).fields)
    first["place-en"], second["place-en"], second["size"] = "Angered", "Hjällbo", "61"
    assert organiser.post(path, data=first, headers=ENGLISH).status_code == 303
    answer = organiser.post(path, data=second, headers=ENGLISH)
    assert answer.status_code == 409
    again = page(answer)
    assert "Angered" in again.words
    assert (again.value("place-en"), again.value("size")) == ("Hjällbo", "61")
    assert organiser.post(path, data=MultiDict(again.fields), headers=ENGLISH).status_code == 303
    trip_now = found(site).document["trip"]
    assert (trip_now["place"]["en"], trip_now["size"]) == ("Hjällbo", 61)


def test_a_picture_is_drawn_anew_and_shown_once_it_is_published(site: Site, organiser: FlaskClient, trip: str) -> None:
    data = BytesIO()
    Image.new("RGB", (40, 20), "navy").save(data, "JPEG", comment=b"secret place")
    path = f"{trip}edit/picture/"
    fields: MultiDict[str, Any] = MultiDict(look(organiser, path).fields)
    fields["picture-file"] = (BytesIO(data.getvalue()), "me at home.jpg")
    assert organiser.post(path, data=fields, headers=ENGLISH, content_type="multipart/form-data").status_code == 303
    name = found(site).document["trip"]["picture"]
    assert re.fullmatch(r"[0-9a-f]{16}\.jpg", name)
    shown = organiser.get(f"/organise/studieresekansliet/trips/gothenburg-2019/pictures/{name}")
    assert (shown.status_code, b"secret" in shown.data) == (200, False)
    assert name in look(organiser, f"{trip}preview/").html
    fields = MultiDict(look(organiser, path).fields)
    fields["picture-file"] = (BytesIO(b"<svg onload=alert(1)>"), "x.jpg")
    refused = organiser.post(path, data=fields, headers=ENGLISH, content_type="multipart/form-data")
    assert (refused.status_code, 'id="picture-error"' in refused.text) == (422, True)


def test_a_draft_is_made_from_a_few_answers_and_made_public(site: Site) -> None:
    site.publish()
    owner = member(site, Role.OWNER)
    answers = {
        "title-sv": "Resa till Borås",
        "title-en": "Trip to Borås",
        "lead-sv": "En dag.",
        "place-sv": "Borås",
        "from": "2027-03-10",
        "to": "2027-03-11",
        "size": "25",
        "segments-sv": "Kommuner, Poliser",
        "segments-en": "Municipalities",
        "net": "1 200,50",
        "vat": "25",
    }
    answer = send(owner, f"{HOST}new-trip/", **answers)
    assert answer.location == f"{HOST}trips/resa-till-boras/edit/?done=made"
    assert "The trip is made" in look(owner, answer.location).words
    made = found(site, "resa-till-boras", "resebyran")
    assert made.trip.status is TripStatus.DRAFT
    assert [one.name for one in made.trip.segments] == [
        {"sv": "Kommuner", "en": "Municipalities"},
        {"sv": "Poliser"},
    ]
    assert made.trip.price.net.minor == 120_050
    public = "/en/resebyran/resa-till-boras/"
    assert site.get(public).status_code == 404
    edit = f"{HOST}trips/resa-till-boras/edit/"
    assert owner.get(f"{edit}status/").status_code == 404
    for part in PARTS:
        if part.key != "status":
            assert "done=same" in (send(owner, f"{edit}{part.key}/").location or ""), part.key
    assert found(site, "resa-till-boras", "resebyran").trip.status is TripStatus.DRAFT
    assert "Trip to Borås" in look(owner, f"{HOST}trips/resa-till-boras/preview/").words
    gaps = look(owner, f"{HOST}trips/resa-till-boras/changes/").words
    assert "Nothing is in the programme yet." in gaps
    assert send(owner, f"{HOST}trips/resa-till-boras/changes/").status_code == 303
    assert site.get(public).status_code == 200
    again = send(owner, f"{HOST}new-trip/", **answers)
    assert again.location == f"{HOST}trips/resa-till-boras-2/edit/?done=made"
    in_swedish = {name: said for name, said in answers.items() if not name.endswith("-en")}
    send(owner, f"{HOST}new-trip/", **in_swedish | {"title-sv": "På svenska"})
    assert found(site, "pa-svenska", "resebyran").trip.languages == ("sv",)


def test_a_trip_is_copied_to_new_days(site: Site, organiser: FlaskClient, trip: str, event: Event) -> None:
    owner = member(site, Role.OWNER, event.organisation.key)
    answer = send(
        owner,
        f"/en/organise/{event.organisation.key}/new-trip/{event.trip.key}/",
        **{"from": "2027-01-28", "title-en": "Once more"},
    )
    key = re.search(r"/trips/([^/]+)/edit/", answer.location or "")
    assert key is not None
    made = found(site, key[1])
    assert (made.trip.status, made.trip.starts_on.isoformat()) == (TripStatus.DRAFT, "2027-01-28")
    assert len(made.trip.programme) == len(event.trip.programme)
    assert made.pictures == set(event.pictures)


def test_who_leads_one_trip_edits_it_and_makes_no_other(site: Site, trip: str, event: Event) -> None:
    leader = member(site, Role.ORGANISER, event.organisation.key, trip=event.trip.key)
    assert leader.get(f"{trip}edit/").status_code == 200
    copy = f"/en/organise/{event.organisation.key}/new-trip/{event.trip.key}/"
    assert leader.get(copy).status_code in {403, 404}
    assert leader.get(f"/en/organise/{event.organisation.key}/new-trip/").status_code in {403, 404}
    reader = member(site, Role.READER, event.organisation.key)
    assert reader.get(f"{trip}edit/").status_code == 403


def test_earlier_versions_are_gone_back_to(site: Site, organiser: FlaskClient, trip: str) -> None:
    first = found(site).version
    send(organiser, f"{trip}edit/basics/", size="70")
    token = look(organiser, f"{trip}versions/").value("csrf_token")
    back = organiser.post(f"{trip}versions/", data={"csrf_token": token, "version": str(first)})
    assert back.location == f"{trip}changes/?done=back"
    assert found(site).document["trip"]["size"] == 60


def test_pages_of_a_draft_are_not_there_for_others(site: Site, organiser: FlaskClient, trip: str) -> None:
    row = site.session.scalars(select(TripRow)).one()
    row.status, row.edition = TripStatus.DRAFT, "another"
    site.session.commit()
    plan = trip_plan(site.session, row.id)
    assert plan is not None
    public = "/en/studieresekansliet/gothenburg-2019/"
    item, place, speaker = plan[2].programme[0], plan[2].sites[0], plan[2].speakers[0]
    for path in (
        "",
        f"programme/{item.key}/",
        f"sites/{place.key}/",
        f"speakers/{speaker.key}/",
        "places.json",
        "calendar.ics",
        "sign-up/",
    ):
        assert site.get(public + path).status_code == 404, path
    assert site.get(f"/studieresekansliet/gothenburg-2019/pictures/{plan[2].picture}").status_code == 404
    assert "gothenburg-2019" not in site.get("/sitemap.xml").text
    assert "gothenburg-2019" not in site.get("/en/").text + site.get("/en/studieresekansliet/").text
    assert "gothenburg-2019" in organiser.get("/en/organise/studieresekansliet/").text
