"""An organisation's settings: changed on its pages or by a trip's files, shown on every page, tried out first."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.web.conftest import Site
from tests.web.membership import HOST, member, send
from tests.web.signup_visitor import page
from tripkit.domain.rights import Role
from tripkit.domain.trips import Look, Organisation
from tripkit.i18n import moment, tongue
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow
from tripkit.storage.columns import to_value
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.storage.trips import OrganisationRow, TripRow
from tripkit.testing import NOW, applied, make_trip

SETTINGS = f"{HOST}settings/"
CHANGE = f"{SETTINGS}change/"
PROOF = f"{SETTINGS}second-proof/"
ENGLISH = {"Accept-Language": "en"}
TYPED = {
    "languages": "en, sv",
    "name-en": "The bureau",
    "name-sv": "Byrån",
    "description-en": "Who **we** are.",
    "email": "bureau@tripkit.example",
    "phone": "000-11 11 11",
    "url": "https://bureau.example/",
    "brand": "#7a1f6b",
    "accent": "",
}


@pytest.fixture
def owner(site: Site) -> FlaskClient:
    site.publish()
    return member(site, Role.OWNER)


def host(site: Site) -> Organisation:
    site.session.rollback()
    return to_value(site.session.scalars(select(OrganisationRow)).one(), Organisation)


def test_what_is_changed_shows_on_every_page(site: Site, owner: FlaskClient) -> None:
    edition = site.session.scalars(select(TripRow.edition)).one()
    assert "The made-up travel bureau" in site.see().words
    assert send(owner, CHANGE, **TYPED).location == f"{SETTINGS}?done=changed"
    assert host(site) == Organisation(
        key="resebyran",
        name={"en": "The bureau", "sv": "Byrån"},
        description={"en": "Who **we** are."},
        languages=("en", "sv"),
        email="bureau@tripkit.example",
        phone="000-11 11 11",
        url="https://bureau.example/",
        look=Look(brand="#7a1f6b"),
    )
    assert site.session.scalars(select(TripRow.edition)).one() != edition
    assert "The bureau" in site.see().words
    assert "The bureau" in site.see("/en/resebyran/").words
    assert b"--brand: #7a1f6b" in site.get("/resebyran/look.css").data
    assert "The bureau" in page(owner.get(SETTINGS, headers=ENGLISH)).words
    assert send(owner, CHANGE, **TYPED).location == f"{SETTINGS}?done=same"
    noted = site.session.scalars(select(AuditRow).where(AuditRow.action == "change_organisation")).all()
    assert [sorted(row.details["changes"]) for row in noted] == [
        ["description", "email", "languages", "look", "name", "phone", "url"]
    ]


def test_a_trip_applied_from_files_writes_the_same_settings(site: Site, owner: FlaskClient) -> None:
    before = host(site)
    send(owner, CHANGE, **TYPED)
    applied(site.session, make_trip(), organisation=before)
    assert host(site) == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"languages": ""}, "each language once"),
        ({"languages": "sv sv"}, "each language once"),
        ({"languages": "english"}, "each language once"),
        ({"name-en": " "}, "in its first language"),
        ({"name-en": "x" * 201}, "at most 200"),
        ({"email": ""}, "answers to its messages"),
        ({"url": "javascript:alert(1)"}, "with https://"),
        ({"brand": "url(//evil.example)"}, "as in #1f6f8b"),
        ({"accent": "red; } body { display: none"}, "as in #1f6f8b"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed_or_lost(
    site: Site, owner: FlaskClient, changes: dict[str, str], said: str
) -> None:
    before = host(site)
    answer = send(owner, CHANGE, **{**TYPED, **changes})
    assert answer.status_code == 422
    assert said in page(answer).words
    assert page(answer).value("phone") == "000-11 11 11"
    assert host(site) == before


def test_colours_are_looked_at_before_they_are_chosen(site: Site, owner: FlaskClient) -> None:
    before = host(site)
    looked = send(owner, CHANGE, **TYPED, do="look")
    assert looked.status_code == 200
    sheet = f"{SETTINGS}colours.css?brand=%237a1f6b"
    assert sheet in looked.text
    assert owner.get(sheet).text == ":root {\n  --brand: #7a1f6b;\n}\n"
    assert "evil" not in owner.get(f"{SETTINGS}colours.css?brand=url(//evil.example)").text
    assert host(site) == before
    assert page(looked).value("name-sv") == "Byrån"


def test_a_message_to_try_out_goes_to_oneself_as_participants_get_theirs(site: Site, owner: FlaskClient) -> None:
    assert send(owner, f"{SETTINGS}mail/", at=SETTINGS).location == f"{SETTINGS}?done=tried"
    site.session.rollback()
    row = site.session.scalars(select(OutboxRow)).one()
    assert (row.recipient, row.payload["what"]) == ("owner.all@resebyran.tripkit.example", "mail_test")
    assert row.payload["values"]["sender"] == "resebyran@tripkit.example"


def test_a_second_proof_is_demanded_only_by_who_has_one(site: Site, owner: FlaskClient) -> None:
    refused = send(owner, PROOF, demanded="yes")
    assert refused.status_code == 422
    assert "shut yourself out" in page(refused).words
    with write(site.session):
        site.session.execute(update(AccountRow).values(totp="sealed"))
    assert send(owner, PROOF, demanded="yes").location == f"{SETTINGS}?done=demanded"
    assert site.session.scalars(select(OrganisationRow.second_factor)).one() is True
    site.session.rollback()
    assert send(owner, PROOF, demanded="no").location == f"{SETTINGS}?done=allowed"


def test_who_may_only_see_the_settings_changes_nothing(site: Site, owner: FlaskClient) -> None:
    organiser = member(site, Role.ORGANISER)
    shown = page(organiser.get(SETTINGS, headers=ENGLISH))
    assert CHANGE not in shown.links
    assert organiser.get(CHANGE).status_code == 403


def test_the_log_tells_who_did_what_and_of_each_trip_what_was_done_to_it(site: Site, owner: FlaskClient) -> None:
    site.book(site.publish(key="second"))
    send(owner, CHANGE, **TYPED)
    words = page(owner.get(f"{HOST}log/", headers=ENGLISH)).words
    assert "The organisation was changed" in words
    assert "owner.all@resebyran.tripkit.example" in words
    of_trip = f"{HOST}trips/second/log/"
    assert owner.get(f"{HOST}log/?trip=second").location == of_trip
    trip = page(owner.get(of_trip, headers=ENGLISH)).words
    assert "The organisation was changed" not in trip
    for wrong in ("x", "-1", "9" * 30):
        assert owner.get(f"{HOST}log/?before={wrong}").status_code == 404
    assert owner.get(f"{HOST}log/?before=1").status_code == 200


def test_languages_are_named_in_the_language_of_the_reader(owner: FlaskClient) -> None:
    assert {"Name (Swedish)", "Name (English)"} <= set(re.findall(r"Name \(\w+\)", page(owner.get(SETTINGS)).words))
    assert "Namn (svenska)" in page(owner.get(SETTINGS.replace("/en/", "/sv/"))).words
    assert tongue("xx", "en") == "xx", "what nobody speaks keeps its letters"


def test_a_moment_by_no_clock_at_home_says_so() -> None:
    assert moment(NOW, "en", "UTC").endswith("UTC")
    assert "UTC" not in moment(NOW, "en", "Europe/Stockholm")
