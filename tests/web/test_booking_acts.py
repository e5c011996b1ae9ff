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
from tripkit.domain.trips import Admission, TripStatus
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
        "A place on offer: ko@tripkit.example",
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
    assert (
        "“Visit port” is full, all 4 places are taken. Choose another one, or put Åsa Ny in its queue"
        in page(full).words
    )
    collides = there.press(path, do="look", **{"participants-0-choices-pm": "hill"})
    assert "Åsa Ny cannot be at both." in page(collides).words
    assert page(collides).value("participants-0-choices-pm") == "hill", "what was chosen is still chosen"


def test_somebody_is_put_in_the_queue_for_a_full_visit(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny", items=("mill",)), changes_until=NOW)
    trip = site.session.scalars(select(BookingRow.trip_id)).one()
    assert "There is no full visit" in there.see(f"participants/{there.id_of('Åsa Ny')}/queue/")
    site.book(trip, [make_participant(items=("port",)) for _ in range(4)])
    path = f"participants/{there.id_of('Åsa Ny')}/queue/"
    assert there.press(path).status_code == 422
    words = there.done(path, item="port", why="Ringde")
    assert "In the queue for “Visit port”, position 1." in words and "Reason: Ringde" in words
    assert "Let in to “Visit port”" in words


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


def test_the_link_is_sent_anew_and_says_who_sends_it(site: Site) -> None:
    there = desk(site)
    there.done("link/")
    site.session.rollback()
    last = site.session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first()
    assert last is not None and (last.kind, last.payload["by_organiser"]) == ("link", True)
    assert there.client.get(f"/en/booking/{last.payload['token']}/").status_code == 200


def test_a_note_is_for_colleagues_and_not_written_over_unseen(site: Site) -> None:
    there = desk(site)
    shown = there.client.get(there.at("note/"))
    before = mails(site)
    assert "Ringde två gånger" in there.done("note/", note="Ringde två gånger")
    late = there.press("note/", shown=shown, note="Annat")
    assert late.status_code == 409 and page(late).value("note") == "Annat"
    assert "Ringde" in member(site, Role.READER).get(there.at("")).text and mails(site) == before
    too_long = there.press("note/", note="x" * 2001)
    assert too_long.status_code == 422
    booking = site.session.scalars(select(BookingRow)).one()
    site.session.rollback()
    token = site.session.scalars(select(OutboxRow).order_by(OutboxRow.id)).first()
    assert token is not None and booking.note
    assert "Ringde" not in there.client.get(f"/en/booking/{token.payload['token']}/").text


def by_hand(there: Desk, do: str = "act", **typed: Any) -> TestResponse:
    path = f"{TRIP}bookings/add/"
    form = page(there.client.get(path))
    first = send_form(there.client, path, form, typed, do="look")
    return send_form(there.client, path, page(first), {}, do=do) if do == "act" and first.status_code == 200 else first


CALLER = {
    "contact_name": "Ringa Ström",
    "contact_email": "ringa@tripkit.example",
    "organisation": "Växjö kommun",
    "participants-0-segment": "city",
    "participants-0-choices-am": "mill",
    "accepted_by": "Ringa Ström",
}


def test_who_calls_is_signed_up_also_when_sign_up_has_closed(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny"), signup_closes_at=NOW + timedelta(minutes=5))
    site.at(NOW + timedelta(minutes=6))
    path = f"{TRIP}bookings/add/"
    assert "Sign-up has closed. You can sign people up here all the same." in page(there.client.get(path)).words
    looked = by_hand(there, "look", **CALLER)
    words = page(looked).words
    assert "One person gets mail." in words and "Ringa Ström has a place on the trip." in words
    site.session.rollback()
    assert site.session.scalar(select(func.count(BookingRow.id))) == 1, "looking makes no booking"
    made = send_form(there.client, path, page(looked), {}, do="act")
    assert made.status_code == 303
    words = page(there.client.get(made.location)).words
    assert "The booking is made." in words and "accepted by telephone: Ringa Ström" in words
    again = send_form(there.client, path, page(looked), {}, do="act")
    assert again.location == made.location, "the same form sent twice is one booking"
    site.session.rollback()
    assert site.session.scalar(select(func.count(BookingRow.id))) == 2


def test_what_is_missing_in_a_call_is_said_and_nothing_is_lost(site: Site) -> None:
    there = desk(site)
    wrong = by_hand(there, "look", **{**CALLER, "contact_email": "ringa@", "accepted_by": ""})
    assert wrong.status_code == 422
    shown = page(wrong)
    assert "The address is not whole" in shown.words and "with whom you have spoken" in shown.words
    assert shown.value("contact_name") == "Ringa Ström" and "answers-diet" not in wrong.text
    more = send_form(there.client, f"{TRIP}bookings/add/", shown, {}, do="add")
    assert page(more).value("contact_name") == "Ringa Ström" and "participants-1-name" in more.text
    less = send_form(there.client, f"{TRIP}bookings/add/", page(more), {}, do="remove-1")
    assert "participants-1-name" not in less.text


def test_a_call_passes_nobody_who_waits(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny"), make_participant("Kö Först"), size=1)
    site.at(NOW + timedelta(days=66))
    there.client = member(site, Role.ORGANISER, email="second@tripkit.example")
    there.done(f"cancel/?participant={there.id_of('Åsa Ny')}")
    made = by_hand(there, **CALLER)
    assert "Ringa Ström waits in the queue." in page(there.client.get(made.location)).words


def test_a_call_about_a_full_trip_is_told_of_the_queue(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny"), size=1)
    looked = by_hand(there, "look", **CALLER)
    assert looked.status_code == 200 and "Ringa Ström stands in the queue for the trip." in page(looked).words


def test_a_call_about_places_that_are_drawn_enters_the_draw(site: Site) -> None:
    there = desk(site, make_participant("Åsa Ny"), admission=Admission.DRAW, signup_closes_at=NOW + timedelta(days=9))
    looked = by_hand(there, "look", **CALLER)
    assert looked.status_code == 200 and "Ringa Ström is in the draw." in page(looked).words
    words = page(there.client.get(by_hand(there, **CALLER).location)).words
    assert "Ringa Ström is in the draw." in words and "accepted by telephone: Ringa Ström" in words


def test_nobody_is_signed_up_for_what_is_cancelled(site: Site) -> None:
    there = desk(site)
    site.publish(status=TripStatus.CANCELLED)
    assert "The trip is cancelled, so nobody can sign up." in page(there.client.get(f"{TRIP}bookings/add/")).words
    assert by_hand(there, "look", **CALLER).status_code == 409


def test_a_list_is_worked_through_booking_by_booking(site: Site) -> None:
    trip = site.publish()
    codes = [site.book(trip, [make_participant(name)]).code for name in ("Åsa Ny", "Bo Ek", "Mi Al")]
    asa, bo, mi = codes
    there = Desk(site, mi)
    listed = page(there.client.get(f"{TRIP}participants/?state=confirmed"))
    assert next(link for link in listed.links if mi in link).endswith("list=state%3Dconfirmed")
    words = there.see("?list=state%3Dconfirmed")
    assert "Booking 2 of 3 in the list The booking beforeThe next booking" in words
    links = [link for link in page(there.client.get(there.at("?list=state%3Dconfirmed"))).links if "list=" in link]
    assert any(bo in link for link in links) and any(asa in link for link in links)
    after = there.press("cancel/?list=state%3Dconfirmed")
    assert "list=state%3Dconfirmed" in after.location
    assert "This booking is not in the list any more." in page(there.client.get(after.location)).words
    assert there.client.get(there.at("?list=state%3Dnonsense")).status_code == 404


def test_a_booking_of_several_stands_once_in_the_list(site: Site) -> None:
    trip = site.publish()
    first = site.book(trip, [make_participant("Alva"), make_participant("Örjan")]).code
    second = site.book(trip, [make_participant("Bo")]).code
    there = Desk(site, first)
    words = there.see("?list=order%3Dname")
    assert "Booking 1 of 2 in the list The next booking" in words
    there.code = second
    assert "Booking 2 of 2 in the list The booking before" in there.see("?list=order%3Dname")


@pytest.mark.parametrize("role", [Role.READER, Role.FINANCE, Role.TOUR_LEADER])
def test_who_only_looks_finds_no_way_there(site: Site, role: Role) -> None:
    there = desk(site)
    client = member(site, role)
    assert "Cancel the booking" not in client.get(there.at("")).text
    for path in ("cancel/", "reinstate/", "let-in/", "contact/", "add/", "link/", "note/"):
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
