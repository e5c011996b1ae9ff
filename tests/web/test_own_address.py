"""An organisation's own address: asked for, confirmed, refused, taken away, by whom and with which words."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.web.accounts import signed_in_client
from tests.web.conftest import Site
from tests.web.everywhere import engine_of
from tests.web.membership import HOST, member, send
from tests.web.signup_visitor import page
from tripkit.actions.apply_trip import apply_trip
from tripkit.domain.rights import Role
from tripkit.storage import write
from tripkit.storage.outbox import AuditRow
from tripkit.storage.trips import OrganisationRow, TripRow
from tripkit.testing import make_moment, make_organisation, make_trip

NAME = "resor.tripkit.example"
ADDRESS = f"{HOST}settings/address/"
ANSWER = "/en/administrator/resebyran/address/"
LIST = "/en/administrator/"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def owner(site: Site) -> FlaskClient:
    site.publish()
    return member(site, Role.OWNER)


@pytest.fixture
def runs(site: Site, owner: FlaskClient) -> FlaskClient:
    return signed_in_client(site.app, engine_of(site), "runs@tripkit.example", is_administrator=True)


def words(client: FlaskClient, path: str) -> str:
    return page(client.get(path, headers=ENGLISH)).words


def hosts(site: Site, key: str = "resebyran") -> tuple[str | None, str | None, str | None]:
    site.session.rollback()
    row = site.session.execute(
        select(OrganisationRow.own_host, OrganisationRow.asked_host, OrganisationRow.host_refusal).where(
            OrganisationRow.key == key
        )
    ).one()
    return (row[0], row[1], row[2])


def noted(site: Site) -> list[tuple[str, object, str]]:
    site.session.rollback()
    rows = site.session.scalars(select(AuditRow).where(AuditRow.action.like("%_address")).order_by(AuditRow.id))
    return [(row.action, row.details.get("changes"), row.actor) for row in rows]


def test_it_is_asked_for_confirmed_used_and_taken_away(site: Site, owner: FlaskClient, runs: FlaskClient) -> None:
    assert "The organisation has none." in words(owner, ADDRESS)
    assert send(owner, ADDRESS, host=f"https://{NAME}/").location == f"{ADDRESS}?done=asked"
    shown = words(owner, ADDRESS)
    assert f"{NAME}. A 127.0.0.1" in shown and "Asked for" in shown
    assert f"Asks for an address {NAME}" in words(runs, LIST)
    assert send(runs, ANSWER, do="confirm", host=NAME).location == f"{LIST}?done=confirmed"
    assert hosts(site) == (NAME, None, None)
    assert "In use" in words(owner, ADDRESS) and NAME in words(owner, f"{HOST}settings/")
    assert NAME in words(runs, f"{LIST}?q={NAME}")
    assert send(owner, f"{ADDRESS}remove/").location == f"{ADDRESS}?done=removed"
    assert send(owner, f"{ADDRESS}remove/").location == f"{ADDRESS}?done=removed", "the second click does nothing"
    assert hosts(site) == (None, None, None)
    assert noted(site) == [
        ("ask_for_address", {"asked_host": [None, NAME]}, "account"),
        ("confirm_address", {"own_host": [None, NAME]}, "account"),
        ("remove_address", {"own_host": [NAME, None]}, "account"),
    ]
    log = words(owner, f"{HOST}log/")
    assert "own address was taken into use" in log and NAME in log


def test_one_that_is_refused_says_why_and_can_be_asked_for_again(
    site: Site, owner: FlaskClient, runs: FlaskClient
) -> None:
    send(owner, ADDRESS, host=NAME)
    empty = send(runs, ANSWER, do="refuse", host=NAME)
    assert empty.status_code == 422 and "Write why" in page(empty).words
    why = "The name <b>belongs</b> to the town."
    assert send(runs, ANSWER, do="refuse", host=NAME, reason=why).location == f"{LIST}?done=refused"
    assert hosts(site) == (None, None, why)
    assert why in words(owner, ADDRESS)
    assert why in words(owner, f"{HOST}log/")
    assert "It asks for none." in words(runs, ANSWER)
    send(owner, ADDRESS, host=NAME)
    assert hosts(site) == (None, NAME, None)


def test_what_was_not_seen_is_not_confirmed(site: Site, owner: FlaskClient, runs: FlaskClient) -> None:
    send(owner, ADDRESS, host=NAME)
    send(owner, ADDRESS, host="other.tripkit.example")
    answer = send(runs, ANSWER, do="confirm", host=NAME)
    assert answer.status_code == 422 and "changed meanwhile" in page(answer).words
    assert hosts(site) == (None, "other.tripkit.example", None)
    assert (
        send(runs, "/en/administrator/resebyran/address/", do="confirm", host="other.tripkit.example").status_code
        == 303
    )
    assert send(runs, ANSWER, do="confirm", host="other.tripkit.example").status_code == 422, "a second click"
    assert runs.get("/en/administrator/nowhere/address/").status_code == 404


def test_two_may_ask_for_it_one_gets_it_and_nobody_is_told_who_has_it(
    site: Site, owner: FlaskClient, runs: FlaskClient
) -> None:
    site.publish(make_organisation("another"), key="second")
    rival = member(site, Role.OWNER, "another")
    theirs = "/en/organise/another/settings/address/"
    send(owner, ADDRESS, host=NAME)
    assert send(rival, theirs, host=NAME).status_code == 303, "asking keeps it from nobody"
    send(runs, ANSWER, do="confirm", host=NAME)
    late = send(runs, "/en/administrator/another/address/", do="confirm", host=NAME)
    assert late.status_code == 422 and "in use already" in page(late).words
    again = send(rival, theirs, host=NAME.upper())
    assert again.status_code == 422
    said = page(again).words
    assert "in use already" in said and "resebyran" not in said
    assert hosts(site, "another") == (None, NAME, None)


def test_a_new_one_takes_the_place_of_the_old_when_it_is_confirmed(
    site: Site, owner: FlaskClient, runs: FlaskClient
) -> None:
    for name in (NAME, "neu.tripkit.example"):
        send(owner, ADDRESS, host=name)
        was = hosts(site)[0]
        assert was in {None, NAME}
        send(runs, ANSWER, do="confirm", host=name)
    assert hosts(site) == ("neu.tripkit.example", None, None)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Write the address"), ("10.0.0.1", "Write the name alone"), ("resor.example:80", "Write the name alone")],
)
def test_what_cannot_be_one_is_refused_with_what_was_typed(
    site: Site, owner: FlaskClient, typed: str, said: str
) -> None:
    answer = send(owner, ADDRESS, host=typed)
    assert answer.status_code == 422
    assert said in page(answer).words
    assert page(answer).value("host") == typed
    assert hosts(site) == (None, None, None)


def test_a_form_that_is_not_ours_changes_nothing(site: Site, owner: FlaskClient, runs: FlaskClient) -> None:
    assert owner.post(ADDRESS, data={"host": NAME}).status_code == 422
    send(owner, ADDRESS, host=NAME)
    assert owner.post(f"{ADDRESS}remove/").status_code == 422
    assert owner.post(f"{ADDRESS}look/").status_code == 400
    assert runs.post(ANSWER, data={"do": "confirm", "host": NAME}).status_code == 422
    assert hosts(site) == (None, NAME, None)


def test_a_trips_files_and_the_settings_leave_it_as_it_is(site: Site, owner: FlaskClient, runs: FlaskClient) -> None:
    send(owner, ADDRESS, host=NAME)
    send(runs, ANSWER, do="confirm", host=NAME)
    apply_trip(
        site.session,
        organisation=make_organisation(phone="031-111"),
        trip=make_trip(size=9),
        pictures={},
        moment=make_moment(actor="organiser"),
    )
    assert hosts(site)[0] == NAME
    shown = {"languages": "sv en", "name-sv": "Nya byrån", "name-en": "New bureau", "email": "a@tripkit.example"}
    assert send(owner, f"{HOST}settings/change/", **shown).status_code == 303
    assert hosts(site)[0] == NAME


def test_every_trip_is_another_edition_when_it_comes_into_use_or_goes(
    site: Site, owner: FlaskClient, runs: FlaskClient
) -> None:
    def edition() -> str:
        site.session.rollback()
        return site.session.scalars(select(TripRow.edition)).one()

    first = edition()
    send(owner, ADDRESS, host=NAME)
    assert edition() == first
    send(runs, ANSWER, do="confirm", host=NAME)
    second = edition()
    send(owner, f"{ADDRESS}remove/")
    assert len({first, second, edition()}) == 3


def test_where_it_leads_is_looked_at_and_said(site: Site, owner: FlaskClient) -> None:
    look = f"{ADDRESS}look/"
    assert send(owner, look, at=ADDRESS).status_code == 404, "there is nothing to look at"
    send(owner, ADDRESS, host="resor.invalid")
    answer = send(owner, look, at=ADDRESS)
    assert answer.location == f"{ADDRESS}?done=nowhere"
    assert "does not exist yet" in words(owner, answer.location)
    assert "It leads here." in words(owner, f"{ADDRESS}?done=here")
    assert noted(site)[1:] == [], "a look is nothing that is noted"


def test_an_address_inside_a_network_is_not_asked(site: Site, owner: FlaskClient) -> None:
    # Whatever the name is, what it leads to decides; this one leads to this machine, wherever the tests run.
    with write(site.session):
        site.session.execute(update(OrganisationRow).values(asked_host="localhost"))
    assert send(owner, f"{ADDRESS}look/", at=ADDRESS).location == f"{ADDRESS}?done=inside"
    assert "inside a network" in words(owner, f"{ADDRESS}?done=inside")
