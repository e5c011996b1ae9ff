"""One act on many people of a list: seen before, done one after the other, and told for whom it could not be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.web.conftest import Site
from tests.web.membership import HOST, member
from tests.web.signup_visitor import page
from tripkit.actions.act_together import cancel_together, move_together
from tripkit.actions.foreseeing import foresee_together
from tripkit.domain.bookings import ByOrganiser, ParticipantStatus
from tripkit.domain.refusals import NotFound
from tripkit.domain.rights import Role
from tripkit.reads.visits_held import visits_held
from tripkit.storage import sessions
from tripkit.storage.bookings import ParticipantRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import applied, booked, make_moment, make_participant, make_trip

LIST = f"{HOST}trips/hamnstad/participants/"
TOGETHER = f"{LIST}together/"
BY = ByOrganiser(why="Bussen är inställd.")


def ids(session: Session, *names: str) -> list[int]:
    session.rollback()
    found = session.execute(select(ParticipantRow.name, ParticipantRow.id)).all()
    by_name = {row.name: row.id for row in found}
    session.rollback()
    return [by_name[name] for name in names] if names else sorted(by_name.values())


def statuses(session: Session) -> dict[str, ParticipantStatus]:
    session.rollback()
    return {row.name: row.status for row in session.scalars(select(ParticipantRow))}


def five(session: Session) -> int:
    """A trip of four: Ada and Bo came together, Cia alone to the port, Dag to the mill; Ed waits."""
    trip_id = applied(session, make_trip(size=4))
    booked(session, trip_id, [make_participant("Ada"), make_participant("Bo")])
    booked(session, trip_id, [make_participant("Cia", items=("port", "late"))])
    booked(session, trip_id, [make_participant("Dag")])
    booked(session, trip_id, [make_participant("Ed")])
    return trip_id


def test_many_are_cancelled_each_booking_by_itself(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = five(session)
        people = ids(session, "Ada", "Bo", "Cia")
        done = cancel_together(session, trip_id=trip_id, people=people, moment=make_moment(), by=BY)
        assert [(one.names, one.refused) for one in done] == [(("Ada", "Bo"), ()), (("Cia",), ())]
        assert statuses(session)["Ed"] is ParticipantStatus.OFFERED, "a freed place is offered to who waits"
        again = cancel_together(session, trip_id=trip_id, people=people, moment=make_moment(), by=BY)
        assert all("cancelled before" in str(one.refused[0]) for one in again), "the second click is harmless"
        told = session.scalars(select(OutboxRow.kind).where(OutboxRow.kind == "cancelled")).all()
        assert len(told) == 2, "one message a booking"


def test_what_would_follow_is_seen_one_after_the_other_and_taken_back(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = applied(session, make_trip(size=8))
        booked(session, trip_id, [make_participant(f"H{number}", items=("port",)) for number in range(3)])
        booked(session, trip_id, [make_participant("Ada")])
        booked(session, trip_id, [make_participant("Bo")])
        people, moment = ids(session, "Ada", "Bo"), make_moment()

        def move() -> object:
            return move_together(session, trip_id=trip_id, people=people, visit="port", moment=moment, by=BY)

        written = len(session.scalars(select(OutboxRow.id)).all())
        follows, outcomes = foresee_together(session, trip_id=trip_id, people=people, moment=moment, do=move)
        assert [bool(one.refused) for one in outcomes] == [False, True], "there is one place: the second finds none"  # type: ignore[attr-defined]
        assert [one.visits for one in follows.after] == [("port",), ("mill",)]
        assert len(follows.mails) == 1
        session.rollback()
        assert visits_held(session, people) == {people[0]: ["mill"], people[1]: ["mill"]}, "nothing has happened"
        assert len(session.scalars(select(OutboxRow.id)).all()) == written
        move()
        assert visits_held(session, people) == {people[0]: ["port"], people[1]: ["mill"]}
        with pytest.raises(NotFound):
            move_together(session, trip_id=trip_id, people=people, visit="lecture", moment=moment, by=BY)


def test_who_is_moved_keeps_the_visits_at_other_times(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = five(session)
        people = ids(session, "Cia", "Ed")
        done = move_together(session, trip_id=trip_id, people=people, visit="mill", moment=make_moment(), by=BY)
        assert [one.refused for one in done] == [(), ()]
        assert set(visits_held(session, people)[people[0]]) == {"mill", "late"}
        assert session.get_one(ParticipantRow, people[1]).wished == ("mill",), "who waits wishes for it"


def test_nobody_of_another_trip_is_touched(engine: Engine) -> None:
    with sessions(engine)() as session:
        five(session)
        other = applied(session, make_trip(key="other"))
        assert cancel_together(session, trip_id=other, people=ids(session), moment=make_moment(), by=BY) == ()
        assert ParticipantStatus.CANCELLED not in statuses(session).values()


@pytest.fixture
def owner(site: Site) -> FlaskClient:
    five(site.session)
    return member(site, Role.OWNER)


def ask(client: FlaskClient, act: str, who: Sequence[int], **fields: str) -> TestResponse:
    """Press a button of the page on which an act is looked at."""
    query = "&".join([f"act={act}", *(f"who={one}" for one in who)])
    shown = page(client.get(f"{TOGETHER}?{query}"))
    data = {"csrf_token": shown.value("csrf_token"), "act": act, "who": [str(one) for one in who], **fields}
    return client.post(TOGETHER, data=data, headers={"Accept-Language": "en"})


def test_an_act_is_looked_at_before_it_is_done(site: Site, owner: FlaskClient) -> None:
    people = ids(site.session, "Ada", "Bo", "Cia")
    looked = page(ask(owner, "cancel", people, do="act", tells="yes", why="Snö"))
    assert "What it means" in looked.words and "2 people get mail" not in looked.words
    assert "3 lose their places." in looked.words and "3 people get mail." in looked.words, "Ed is told of the offer"
    assert ParticipantStatus.CANCELLED not in statuses(site.session).values(), "not before it was looked at"
    decision = looked.value("looked") or ""
    other = ask(owner, "cancel", people[:2], do="act", looked=decision)
    assert "What it means" in page(other).words, "for others than were looked at, it is looked at anew"
    done = page(ask(owner, "cancel", people, do="act", looked=decision, tells="yes", why="Snö"))
    assert "Done for these" in done.words and "Ada, Bo" in done.words
    assert [name for name, status in statuses(site.session).items() if status is ParticipantStatus.CANCELLED] == [
        "Ada",
        "Bo",
        "Cia",
    ]
    again = page(ask(owner, "cancel", people, do="act", looked=decision))
    assert "Nobody is chosen who could be acted on." in again.words


def test_all_who_match_are_chosen_by_the_list(site: Site, owner: FlaskClient) -> None:
    words = page(owner.get(f"{TOGETHER}?act=move&which=all&visit=port")).words
    assert "Move one person to another visit" in words and "Cia" in words and "Ada" not in words
    nobody = page(owner.get(f"{TOGETHER}?act=cancel&which=some&who=999999"))
    assert "Nobody is chosen" in nobody.words
    assert owner.get(f"{TOGETHER}?act=fly&which=all").status_code == 404
    missing = ask(owner, "move", ids(site.session, "Cia"), do="look")
    assert missing.status_code == 422 and "Choose a visit." in page(missing).words


def test_who_may_only_look_acts_on_nobody(site: Site, owner: FlaskClient) -> None:
    assert "Cancel …" in page(owner.get(LIST)).words
    reader = member(site, Role.READER)
    assert "Cancel …" not in page(reader.get(LIST)).words
    assert reader.get(f"{TOGETHER}?act=cancel&which=all").status_code in {403, 404}
