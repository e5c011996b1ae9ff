"""What organisers do on the pages of a booking: what would follow is told first, nothing is done unseen, nobody else gets there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.web.conftest import Site
from tests.web.membership import HOST, member
from tests.web.signup_visitor import page
from tests.web.signup_visitor import send as send_form
from tripkit.domain.rights import Role
from tripkit.storage.bookings import AnswerRow, BookingRow, ParticipantRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import NOW, make_participant

TRIP = f"{HOST}trips/hamnstad/"


class Desk:
    """An organiser at a booking."""

    def __init__(self, site: Site, code: str) -> None:
        self.site, self.code = site, code
        self.client: FlaskClient = member(site, Role.ORGANISER)

    def at(self, path: str) -> str:
        return f"{TRIP}bookings/{self.code}/{path}"

    def see(self, path: str = "") -> str:
        answer = self.client.get(self.at(path))
        assert answer.status_code == 200, (path, answer.status_code)
        return page(answer).words

    def press(self, path: str, do: str = "act", *, shown: TestResponse | None = None, **typed: Any) -> TestResponse:
        """Fill in the form there and press a button of it."""
        form = page(shown or self.client.get(self.at(path)))
        return send_form(self.client, self.at(path), form, typed, do=do)

    def done(self, path: str, **typed: Any) -> str:
        """Look at what follows, then do it; the words of the page after it."""
        first = self.press(path, **typed)
        if first.status_code == 200:
            first = self.press(path, shown=first)
        assert first.status_code == 303, page(first).words
        return page(self.client.get(first.location)).words

    def people(self) -> dict[str, str]:
        self.site.session.rollback()
        rows = self.site.session.execute(
            select(ParticipantRow.name, ParticipantRow.status)
            .join(BookingRow)
            .where(BookingRow.code == self.code)
            .order_by(ParticipantRow.id)
        )
        return {row.name: row.status.value for row in rows}

    def id_of(self, name: str) -> int:
        self.site.session.rollback()
        return self.site.session.scalars(select(ParticipantRow.id).where(ParticipantRow.name == name)).one()


def desk(site: Site, *people: Any, **changes: Any) -> Desk:
    trip_id = site.publish(**changes)
    return Desk(site, site.book(trip_id, list(people) or [make_participant("Åsa Ny"), make_participant("Bo Ek")]).code)


def mails(site: Site) -> int:
    site.session.rollback()
    return site.session.scalar(select(func.count(OutboxRow.id))) or 0


def test_cancelling_says_first_who_loses_what_and_who_gets_it(site: Site) -> None:
    there = desk(site, size=2)
    trip = site.session.scalars(select(BookingRow.trip_id)).one()
    site.book(trip, [make_participant("Kö Först")], contact_email="ko@tripkit.example")
    before = mails(site)
    path = f"cancel/?participant={there.id_of('Bo Ek')}"
    words = there.see(path)
    for said in (
        "2 people get mail. One loses their place. One in the queue is offered a place.",
        "Bo Ek is no longer on the trip, nor on",
        "Kö Först in booking",
        "ko@tripkit.example: A place on offer",
    ):
        assert said in words, said
    assert mails(site) == before and there.people()["Bo Ek"] == "confirmed"
    after = there.done(path, why="Sjuk")
    assert there.people() == {"Åsa Ny": "confirmed", "Bo Ek": "cancelled"}
    assert "Cancelled." in after and "Places were cancelled" in after and "Reason: Sjuk" in after
    assert mails(site) == before + 2


def test_nobody_else_is_cancelled_than_whom_the_page_has_shown(site: Site) -> None:
    there = desk(site)
    shown = there.client.get(there.at(f"cancel/?participant={there.id_of('Bo Ek')}"))
    both = [str(there.id_of(name)) for name in ("Åsa Ny", "Bo Ek")]
    looked = there.press("cancel/", shown=shown, participants=both)
    assert looked.status_code == 200 and "2 lose their places." in page(looked).words
    assert set(there.people().values()) == {"confirmed"}
    assert there.press("cancel/", shown=looked).status_code == 303
    assert set(there.people().values()) == {"cancelled"}


def test_nobody_ticked_is_said_and_what_was_typed_stays(site: Site) -> None:
    there = desk(site)
    answer = there.press("cancel/", participants=None, why="Bråttom")
    assert answer.status_code == 422
    assert "Tick who no longer travels." in page(answer).words and page(answer).value("why") == "Bråttom"


def test_an_act_on_what_has_changed_meanwhile_is_refused_and_says_what_was_done(site: Site) -> None:
    there = desk(site)
    both = there.client.get(there.at("cancel/?participant=all"))
    there.done(f"cancel/?participant={there.id_of('Åsa Ny')}", why="Först")
    second = there.press("cancel/", shown=both, why="Sedan")
    words = page(second).words
    assert second.status_code == 409
    for said in ("has changed since you opened this page", "Done since you opened the page", "Reason: Först"):
        assert said in words, said
    assert page(second).value("why") == "Sedan"
    assert there.people() == {"Åsa Ny": "cancelled", "Bo Ek": "confirmed"}
    again = there.press("cancel/", shown=second)
    assert again.status_code == 303, "what follows now was shown with it"
    assert set(there.people().values()) == {"cancelled"}


def test_a_second_click_does_nothing_more(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny"))
    shown = there.client.get(there.at("cancel/"))
    assert there.press("cancel/", shown=shown).status_code == 303
    count = mails(site)
    assert there.press("cancel/", shown=shown).status_code == 409
    assert mails(site) == count


def test_a_cancellation_is_undone(site: Site) -> None:
    there = desk(site)
    there.done("cancel/?participant=all")
    assert "Undo the cancellation" in there.see()
    assert "have places" not in there.see() and "Åsa Ny has a place on the trip." in there.see(
        "reinstate/?participant=all"
    )
    there.done("reinstate/?participant=all")
    assert there.people() == {"Åsa Ny": "confirmed", "Bo Ek": "confirmed"}


def test_what_is_gone_can_be_queued_for_instead(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny"), size=1)
    there.done("cancel/")
    site.book(site.session.scalars(select(BookingRow.trip_id)).first() or 0)
    assert "The place has gone to somebody else" in there.see("reinstate/")
    there.done("reinstate/", may_wait="yes")
    assert there.people() == {"Åsa Ny": "waiting"}


def test_letting_in_needs_a_place_and_a_reason(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny"), make_participant("Bo Ek"), make_participant("Mi Al"), size=2)
    assert list(there.people().values()) == ["confirmed", "confirmed", "waiting"]
    path = f"let-in/?participant={there.id_of('Mi Al')}"
    assert "No place is free that they can have." in there.see(path)
    site.at(NOW + timedelta(days=66))
    there.client = member(site, Role.ORGANISER, email="second@tripkit.example")
    there.done(f"cancel/?participant={there.id_of('Bo Ek')}")
    assert there.people()["Mi Al"] == "waiting", "the trip has begun"
    refused = there.press(path, why="")
    assert refused.status_code == 422 and "Say why they come before the others" in page(refused).words
    there.done(path, why="Står här")
    assert there.people()["Mi Al"] == "confirmed"
    assert "Somebody was let in before others who wait" in there.see()
    assert "Nobody in this booking stands in this queue." in there.see("let-in/")


def test_a_participant_is_moved_after_what_follows_was_seen(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny", items=("port",)), changes_until=NOW)
    path = f"participants/{there.id_of('Åsa Ny')}/visits/"
    words = there.see(path)
    assert "3 places left" in words and "What it means" not in words
    looked = there.press(path, **{"participants-0-choices-am": "mill"})
    words = page(looked).words
    assert looked.status_code == 200
    assert "Åsa Ny no longer goes to Visit port." in words and "Åsa Ny goes to Visit mill." in words
    there.done(path, **{"participants-0-choices-am": "mill"})
    assert "Visit mill" in there.see()


def test_what_is_full_or_collides_is_refused_with_its_sentence(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny", items=("mill",)))
    trip = site.session.scalars(select(BookingRow.trip_id)).one()
    site.book(trip, [make_participant(items=("port",)) for _ in range(4)])
    path = f"participants/{there.id_of('Åsa Ny')}/visits/"
    full = there.press(path, **{"participants-0-choices-am": "port"})
    assert "“Visit port” is full, all 4 places are taken." in page(full).words
    collides = there.press(path, do="look", **{"participants-0-choices-pm": "hill"})
    assert "Åsa Ny cannot be at both." in page(collides).words
    assert page(collides).value("participants-0-choices-pm") == "hill", "what was chosen is still chosen"


def test_a_participant_is_put_right_and_what_is_about_health_stays_unseen(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny", answers={"diet": "vegan", "arrives": "buss"}))
    path = f"participants/{there.id_of('Åsa Ny')}/correct/"
    shown = there.client.get(there.at(path))
    assert "Vegan" not in shown.text and "answers-diet" not in shown.text
    wrong = there.press(path, **{"participants-0-name": " "})
    assert wrong.status_code == 422 and "Write the participant's name." in page(wrong).words
    there.done(path, **{"participants-0-name": "Åsa Öberg", "participants-0-answers-arrives": "tåg"})
    assert there.people() == {"Åsa Öberg": "confirmed"} and "tåg" in there.see()
    assert site.session.scalar(select(func.count(AnswerRow.id))) == 2


def test_another_group_is_looked_at_first(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny", segment="city"))
    path = f"participants/{there.id_of('Åsa Ny')}/correct/"
    looked = there.press(path, **{"participants-0-segment": "police"})
    assert looked.status_code == 200 and "One person gets mail." in page(looked).words
    assert there.press(path, shown=looked).status_code == 303
    site.session.rollback()
    assert site.session.scalars(select(ParticipantRow.segment)).one() == "police"
    assert "group from city to police" in there.see()


def test_the_contact_is_put_right_and_both_addresses_are_told(site: Site) -> None:
    there = desk(site)
    before = mails(site)
    there.done("contact/", contact_email="ny@tripkit.example")
    assert mails(site) == before + 2 and "ny@tripkit.example" in there.see()
    there.done("contact/", contact_phone="+46 70 000 00 01", tells=None)
    assert mails(site) == before + 2
    assert "No mail about it" in there.see()


def test_a_colleague_is_added_and_nobody_twice(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny"), size=2)
    typed = {"participants-0-name": "Mi Al", "participants-0-segment": "city", "participants-0-choices-am": "mill"}
    looked = there.press("add/", **typed)
    assert "Mi Al has a place on the trip." in page(looked).words
    there.done("add/", **typed)
    assert there.people() == {"Åsa Ny": "confirmed", "Mi Al": "confirmed"}
    twice = there.press("add/", do="look", **typed)
    assert "Mi Al is in this booking already." in page(twice).words
    there.done("add/", **{**typed, "participants-0-name": "Li Bo"})
    assert there.people()["Li Bo"] == "waiting"


@pytest.mark.parametrize("role", [Role.READER, Role.FINANCE, Role.TOUR_LEADER])
def test_who_only_looks_finds_no_way_there(site: Site, role: Role) -> None:
    there = desk(site)
    client = member(site, role)
    assert "Cancel the booking" not in client.get(there.at("")).text
    for path in ("cancel/", "reinstate/", "let-in/", "contact/", "add/"):
        assert client.get(there.at(path)).status_code == 403, path
        assert client.post(there.at(path)).status_code == 403, path


def test_without_the_token_of_the_form_nothing_is_done(site: Site) -> None:
    there = desk(site)
    shown = there.client.get(there.at("cancel/?participant=all"))
    answer = there.press("cancel/", shown=shown, csrf_token="x")
    assert answer.status_code == 400 and "Nothing was changed" in page(answer).words
    assert set(there.people().values()) == {"confirmed"}


def test_somebody_elses_participant_is_not_there(site: Site) -> None:
    there = desk(site)
    trip = site.session.scalars(select(BookingRow.trip_id)).one()
    site.book(trip, [make_participant("Annan Bokning")])
    assert there.client.get(there.at(f"participants/{there.id_of('Annan Bokning')}/visits/")).status_code == 404
    assert "Annan" not in there.see(f"cancel/?participant={there.id_of('Annan Bokning')}")


def test_each_act_stands_in_the_log_with_who_did_it(site: Site) -> None:
    there = desk(site)
    there.done("cancel/?participant=all")
    site.session.rollback()
    noted = site.session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert noted is not None and (noted.actor, noted.account_id is None) == ("account", False)
