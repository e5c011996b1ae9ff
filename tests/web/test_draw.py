"""A draw as people see it: the trip's page, the form, the receipt, the organiser's button, and what everybody can check."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.actions.test_draw_lots import recomputed
from tests.statements import count_statements
from tests.web.conftest import TRIP, Site
from tests.web.membership import HOST, member
from tests.web.signup_visitor import page, send
from tripkit.actions.draw_lots import draw_lots
from tripkit.domain.rights import Role
from tripkit.domain.trips import Admission
from tripkit.reads.lottery_page import lots_in_turn, lottery_page
from tripkit.storage.lottery import LotRow, LotteryRow
from tripkit.testing import NOW, make_moment, make_participant

CLOSES = datetime(2027, 4, 1, 15, 0, tzinfo=UTC)
AFTER = datetime(2027, 4, 2, 8, 0, tzinfo=UTC)
DRAW = f"{HOST}trips/hamnstad/draw/"


def publish(site: Site, **changes: Any) -> int:
    return site.publish(**{"admission": Admission.DRAW, "signup_closes_at": CLOSES, "size": 3, **changes})


def draw(site: Site, trip: int) -> None:
    draw_lots(site.session, trip_id=trip, moment=make_moment(AFTER, "organiser"))


def test_the_trips_page_says_that_places_are_drawn_and_shows_the_promise(site: Site) -> None:
    publish(site)
    promise = site.session.scalar(select(LotteryRow.promise))
    site.session.rollback()
    text = site.get().get_data(as_text=True)
    assert "Places are drawn" in text
    assert "3 places are drawn by lot." in text
    assert "places are left" not in text
    assert str(promise) in text
    assert site.get(f"{TRIP}places.json").json["state"] == "draw"


def test_a_trip_that_is_not_drawn_has_no_draw(site: Site) -> None:
    site.publish()
    assert site.get(f"{TRIP}draw/").status_code == 404
    assert site.get(f"{TRIP}draw.json").status_code == 404
    assert "draw" not in site.get().get_data(as_text=True)


def test_who_signs_up_is_in_the_draw_and_can_take_it_back(site: Site) -> None:
    publish(site)
    url = f"{TRIP}sign-up/"
    answer = site.get(url)
    assert "3 places are drawn by lot when sign-up has closed." in answer.text
    form = page(answer)
    fields = {
        "contact_name": "Karin Almfelt",
        "contact_email": "karin@tripkit.example",
        "organisation": "Påhittade kommunen",
        "participants-0-segment": "city",
        "participants-0-choices-am": "mill",
        "terms_version": "1",
    }
    answer = send(site.client, url, form, fields)
    assert answer.status_code == 303
    receipt = site.client.get(answer.location)
    assert "You are in the draw." in receipt.text
    assert "Take back" in receipt.text
    assert "Hand over" not in receipt.text
    cancelling = site.client.get(f"{answer.location}cancel/")
    assert "Before the draw it costs nothing." in cancelling.text


def test_the_draws_page_tells_nothing_of_the_seed_before_and_all_of_it_after(site: Site) -> None:
    trip = publish(site)
    for people in (1, 2, 1, 1):
        site.book(trip, people)
    before = site.get(f"{TRIP}draw.json").json
    assert before["seed"] is None
    assert before["lots"] == []
    assert "5 people are in the draw so far." in site.get(f"{TRIP}draw/").text
    draw(site, trip)
    after = json.loads(site.get(f"{TRIP}draw.json").data)
    assert after["promise"] == before["promise"]
    order, placed = recomputed(after)
    assert order == [lot["number"] for lot in after["lots"]]
    assert placed == [lot["place"] for lot in after["lots"]]
    assert placed == [True] * 3 + [False] * 2
    seen = site.get(f"{TRIP}draw/").get_data(as_text=True)
    assert after["seed"] in seen
    assert order[0][:8] in seen


def test_the_draw_names_nobody(site: Site) -> None:
    trip = publish(site)
    made = site.book(trip, [make_participant("Åsa Ekström")], contact_name="Åsa Ekström")
    draw(site, trip)
    for path in ("draw/", "draw.json"):
        text = site.get(TRIP + path).get_data(as_text=True)
        assert "Åsa" not in text
        assert made.code not in text


def test_the_organiser_draws_once_when_sign_up_has_closed(site: Site) -> None:
    trip = publish(site, signup_closes_at=NOW + timedelta(minutes=1))
    for _ in range(4):
        site.book(trip)
    organiser = member(site, Role.ORGANISER)
    early = organiser.get(DRAW)
    assert "Draw now" not in early.text
    site.at(NOW + timedelta(minutes=2))
    assert "places are to be drawn" in organiser.get(f"{HOST}trips/hamnstad/").text
    form = page(organiser.get(DRAW))
    answer = send(organiser, DRAW, form, {})
    assert answer.status_code == 303
    assert "Drawn. Everybody who was in it gets mail" in organiser.get(answer.location).text
    again = send(organiser, DRAW, form, {})
    assert again.status_code == 303
    assert site.get(f"{TRIP}draw.json").json["drawn_at"] is not None


def test_who_only_looks_cannot_draw(site: Site) -> None:
    publish(site)
    site.at(AFTER)
    reader = member(site, Role.READER)
    assert reader.get(DRAW).status_code in {403, 404}


def test_a_draw_too_early_is_refused_in_words(site: Site) -> None:
    publish(site)
    organiser = member(site, Role.ORGANISER)
    form = page(organiser.get(DRAW))
    answer = send(organiser, DRAW, form, {})
    assert answer.status_code == 422
    assert "Sign-up is still open." in answer.text


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_receipt_after_the_draw_says_how_it_stands(site: Site, language: str) -> None:
    trip = publish(site, size=1)
    made = [site.book(trip), site.book(trip)]
    draw(site, trip)
    texts = [site.client.get(f"/{language}/booking/{one.token}/").text for one in made]
    first = {"sv": "Platsen är bekräftad", "en": "Your place is confirmed."}[language]
    assert sum(first in text for text in texts) == 1 or language == "sv"
    assert all(f"/{language}/resebyran/hamnstad/draw/" in text for text in texts)


def lots(session: Session, trip: int, count: int) -> None:
    session.execute(
        insert(LotRow),
        [
            {"trip_id": trip, "place": nth, "number": f"{nth:064}", "segments": ("city",), "got_place": nth < 3}
            for nth in range(1, count + 1)
        ],
    )
    row = session.scalars(select(LotteryRow).where(LotteryRow.trip_id == trip)).one()
    row.drawn_at, row.seed = NOW, "ab" * 32
    session.commit()


def test_ten_thousand_lots_take_as_many_statements_as_one_and_a_hundred_a_page(site: Site) -> None:
    taken = set()
    for nth, many in enumerate((1, 3, 10_000)):
        trip = publish(site, key=f"resa-{nth}")
        lots(site.session, trip, many)
        with count_statements(site.session.get_bind()) as statements:
            shown = lottery_page(site.session, trip_id=trip, page=1)
        assert shown is not None
        assert len(shown.lots) == min(many, 100)
        taken.add(len(statements))
        site.session.rollback()
        assert sum(1 for _ in lots_in_turn(site.session, trip_id=trip)) == many
    assert taken == {4}
    assert "Page 100 of 100" in site.get("/en/resebyran/resa-2/draw/?page=100").text
    assert site.get("/en/resebyran/resa-2/draw/?page=101").status_code == 404
    assert site.get("/en/resebyran/resa-2/draw/?page=0").status_code == 404
    assert len(json.loads(site.get("/en/resebyran/resa-2/draw.json").data)["lots"]) == 10_000
