"""Lists of participants that are kept: saved, opened, renamed, changed and deleted by whoever may change bookings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from tests.web.conftest import Site
from tests.web.membership import HOST, member, send
from tests.web.signup_visitor import page
from tripkit.actions.erase_ended import erase_ended
from tripkit.actions.keep_listings import MOST, keep_listing
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.listings import Listing, Order
from tripkit.domain.refusals import BookingRefused, ChangeRefused
from tripkit.domain.rights import Role
from tripkit.domain.sought import Sought
from tripkit.reads.kept_listings import kept_listings
from tripkit.storage import sessions
from tripkit.storage.listings import ListingRow
from tripkit.testing import applied, make_moment, make_participant, make_trip

LIST = f"{HOST}trips/hamnstad/participants/"
LISTS = f"{LIST}lists/"
WAITING = Sought(states=(ParticipantStatus.WAITING,))


def saved(client: FlaskClient, name: str, **fields: str | list[str]) -> TestResponse:
    return send(client, LISTS, at=LIST, name=name, **fields)


@pytest.fixture
def owner(site: Site) -> FlaskClient:
    site.book(site.publish(), [make_participant("Åsa Ny"), make_participant("Bo Ek")])
    return member(site, Role.OWNER)


def test_a_list_is_saved_found_by_others_renamed_changed_and_deleted(site: Site, owner: FlaskClient) -> None:
    made = saved(owner, "  Buss   1 ", state="confirmed", column=["phone", "state"], words="åsa")
    assert made.status_code == 303
    opened = owner.get(made.location)
    assert "Buss 1" in page(opened).words and "Åsa Ny" in page(opened).words
    number = made.location.rpartition("saved=")[2]
    other = page(member(site, Role.READER).get(LIST))
    assert "Buss 1" in other.words and "Save this list" not in other.words, "to be seen by all, changed by who may"
    way = next(link for link in other.links if f"saved={number}" in link)
    assert "words" not in way and "column=phone" in way
    shown = page(owner.get(f"{LIST}{way}&order=came"))
    assert "What you see is not what was saved as “Buss 1”." in shown.words
    this: dict[str, Any] = {"at": f"{LIST}{way}"}
    assert send(owner, f"{LISTS}{number}/", **this, do="update", order="came").status_code == 303
    assert send(owner, f"{LISTS}{number}/", **this, **{"do": "rename", "new-name": "Buss 2"}).status_code == 303
    site.session.rollback()
    row = site.session.scalars(select(ListingRow)).one()
    assert (row.name, row.listing) == ("Buss 2", Listing(order=Order.CAME))
    site.session.rollback()
    assert send(owner, f"{LISTS}{number}/", at=LIST, do="delete").status_code == 303
    assert send(owner, f"{LISTS}{number}/", at=LIST, do="delete").status_code == 404
    assert "Buss 2" not in page(owner.get(LIST)).words
    log = page(owner.get(f"{HOST}trips/hamnstad/log/")).words
    assert "A list of participants was saved" in log and "A saved list of participants was deleted" in log


def test_a_name_that_cannot_be_loses_nothing_that_was_typed(owner: FlaskClient) -> None:
    assert saved(owner, "Buss").status_code == 303
    taken = saved(owner, "Buss", state="waiting")
    shown = page(taken)
    assert taken.status_code == 422 and "There is a list “Buss” already." in shown.words
    assert shown.value("name") == "Buss" and "In the queue" in shown.words
    assert saved(owner, "Buss").status_code == 303, "the same once more is the same list"
    assert saved(owner, "   ").status_code == 422
    assert saved(owner, "x" * 61).status_code == 422


def test_who_may_only_look_saves_nothing(site: Site, owner: FlaskClient) -> None:
    reader = member(site, Role.READER)
    assert saved(reader, "Buss").status_code in {403, 404}
    assert "Not answered" in page(owner.get(LIST)).words


def test_lists_that_are_always_there_find_whom_they_say(site: Site) -> None:
    site.book(site.publish(size=1), [make_participant("Kvar Ek"), make_participant("Vän Tar")])
    shown = page(member(site, Role.OWNER).get(LIST))
    waiting = next(link for link in shown.links if link == "?state=waiting")
    assert "One person of 2 matches" in page(member(site, Role.READER).get(f"{LIST}{waiting}")).words


def test_a_name_is_one_trips_own_and_there_is_an_end_to_them(engine: Engine) -> None:
    with sessions(engine)() as session:
        one, two = applied(session), applied(session, make_trip(key="two"))
        for trip_id in (one, two):
            keep_listing(session, trip_id=trip_id, name="Å", listing=Listing(sought=WAITING), moment=make_moment())
        with pytest.raises(BookingRefused):
            keep_listing(session, trip_id=one, name="Å", listing=Listing(), moment=make_moment())
        assert [each.listing.sought for each in kept_listings(session, two)] == [WAITING]
        for number in range(MOST - 1):
            keep_listing(session, trip_id=one, name=str(number), listing=Listing(), moment=make_moment())
        with pytest.raises(ChangeRefused):
            keep_listing(session, trip_id=one, name="too many", listing=Listing(), moment=make_moment())


def test_they_go_with_what_people_wrote(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip = make_trip(retention_days=10)
        trip_id = applied(session, trip)
        listing = Listing(sought=Sought(workplace="Åsa Ny Konsult"))
        keep_listing(session, trip_id=trip_id, name="En", listing=listing, moment=make_moment())
        later = make_moment(make_moment().at.replace(year=trip.ends_on.year + 1) + timedelta(days=1))
        erase_ended(session, moment=later)
        assert kept_listings(session, trip_id) == ()
