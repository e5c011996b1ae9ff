"""The pages of a booking: what the receipt says, what can be changed, and what is never shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.web.signup_visitor import Page, page, send, visitor
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.sealed_answers import opened
from tripkit.domain.bookings import BookingMade
from tripkit.storage.bookings import AnswerRow, BookingRow, OfferRow, ParticipantRow, WaitingRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_trip


@dataclass
class Holder:
    """Who holds a secret link."""

    client: FlaskClient
    made: BookingMade
    ids: list[int]

    @property
    def url(self) -> str:
        return f"/en/booking/{self.made.token}/"

    def see(self, path: str = "") -> Page:
        answer = self.client.get(self.url + path)
        assert answer.status_code == 200, path
        return page(answer)

    def do(self, path: str, changes: dict[str, Any] | None = None, *, form: str | None = None) -> TestResponse:
        return send(self.client, self.url + path, self.see(path if form is None else form), changes or {})


def holder(engine: Engine, session: Session, made: BookingMade) -> Holder:
    session.rollback()
    ids = session.scalars(
        select(ParticipantRow.id).where(ParticipantRow.booking_id == made.booking_id).order_by(ParticipantRow.id)
    )
    return Holder(visitor(engine), made, list(ids))


def of(engine: Engine, session: Session, *people: Any, **changes: Any) -> Holder:
    """Somebody who booked for these people, one if none are named."""
    trip_id = applied(session, make_trip(**changes))
    return holder(engine, session, booked(session, trip_id, people or 1))


def statuses(session: Session) -> list[str]:
    session.rollback()
    return [row.status.value for row in session.scalars(select(ParticipantRow).order_by(ParticipantRow.id))]


def test_the_receipt_says_how_it_stands_with_everybody(engine: Engine, session: Session) -> None:
    trip_id = applied(session, make_trip(size=2))
    people = [make_participant(name, items=("port", "late")) for name in ("Karin", "Jonas", "Leyla")]
    mine = holder(engine, session, booked(session, trip_id, people))
    shown = mine.see()
    for words in (
        "2 places are confirmed. Leyla waits in the queue.",
        f"Booking code {mine.made.code}",
        "First in the queue: nobody is before Leyla. When it is your turn",
        "Wednesday 5 May 11:00–12:30 Visit port, Site port",
        "Sum with VAT SEK 2,500",
        "VAT 25 % SEK 500",
        "The trip begins First: Visit lecture.",
    ):
        assert words in shown.words
    assert shown.title.startswith("2 places are confirmed. Leyla waits in the queue. –")


def test_every_link_on_the_receipt_leads_somewhere(engine: Engine, session: Session) -> None:
    trip_id = applied(session)
    booked(session, trip_id, [make_participant(items=("port",)) for _ in range(4)])
    mine = holder(engine, session, booked(session, trip_id, [make_participant("Karin"), make_participant("Jonas")]))
    links = [link for link in mine.see().links if link.startswith(("/en/booking/", "/sv/booking/"))]
    assert len(links) > 10
    for link in links:
        assert mine.client.get(link).status_code == 200, link


def test_the_page_is_kept_by_nobody_and_named_to_nobody(engine: Engine, session: Session) -> None:
    mine = of(engine, session)
    for path in ("", "contact/", "cancel/", "unknown/"):
        headers = mine.client.get(mine.url + path).headers
        if path == "unknown/":
            assert headers["Cache-Control"] == "no-store"
            continue
        assert (headers["Cache-Control"], headers["Referrer-Policy"], headers["X-Robots-Tag"]) == (
            "no-store",
            "no-referrer",
            "noindex, nofollow",
        )
    assert mine.client.get("/en/booking/unknown/").headers["Referrer-Policy"] == "no-referrer"


def test_the_language_switch_keeps_the_page(engine: Engine, session: Session) -> None:
    mine = of(engine, session)
    path = f"participants/{mine.ids[0]}/correct/"
    assert f"/sv/booking/{mine.made.token}/{path}" in mine.see(path).links


def test_sensitive_answers_are_never_shown_back(engine: Engine, session: Session) -> None:
    mine = of(engine, session, make_participant("Karin", answers={"diet": "vegan", "arrives": "the ferry"}))
    correct = f"participants/{mine.ids[0]}/correct/"
    receipt, form = mine.see(), mine.see(correct)
    assert "Diet Answered, not shown here" in receipt.words
    assert "the ferry" in receipt.words
    assert "vegan" not in receipt.html.casefold()
    assert form.value("participants-0-answers-arrives") == "the ferry"
    assert form.value("participants-0-answers-diet") == ""
    assert "Answered. The answer is not shown here." in form.words
    refused = mine.do(correct, {"participants-0-name": ""})
    assert refused.status_code == 422
    assert page(refused).value("participants-0-answers-diet") == ""


@pytest.mark.parametrize(
    ("changes", "stored"),
    [
        ({"participants-0-answers-arrives": "bus"}, {"diet": "vegan", "arrives": "bus"}),
        ({"participants-0-answers-arrives": ""}, {"diet": "vegan"}),
        ({"participants-0-answers-diet": "any"}, {"diet": "any", "arrives": "train"}),
        ({"erase-diet": "yes"}, {"arrives": "train"}),
    ],
)
def test_a_corrected_participant_keeps_what_was_not_touched(
    engine: Engine, session: Session, changes: dict[str, str], stored: dict[str, str]
) -> None:
    mine = of(engine, session, make_participant("Karin", answers={"diet": "vegan", "arrives": "train"}))
    answer = mine.do(f"participants/{mine.ids[0]}/correct/", changes | {"participants-0-name": "Karin Almfelt"})
    assert answer.status_code == 303
    assert "The participant is put right." in page(mine.client.get(answer.location)).words
    session.rollback()
    assert {row.question: opened(session, row) for row in session.scalars(select(AnswerRow))} == stored
    assert session.scalars(select(ParticipantRow)).one().name == "Karin Almfelt"


def test_contact_and_invoice_are_corrected(engine: Engine, session: Session) -> None:
    mine = of(engine, session)
    refused = mine.do("contact/", {"contact_email": "karin@", "invoice_reference": "7410"})
    assert refused.status_code == 422
    assert "#contact_email" in page(refused).links
    answer = send(mine.client, f"{mine.url}contact/", page(refused), {"contact_email": "karin@tripkit.example"})
    assert answer.status_code == 303
    session.rollback()
    row = session.scalars(select(BookingRow)).one()
    assert (row.contact_email, row.invoice_reference) == ("karin@tripkit.example", "7410")


def test_visits_are_changed_and_clashes_refused(engine: Engine, session: Session) -> None:
    mine = of(engine, session, make_participant("Karin", items=("port", "late")))
    path = f"participants/{mine.ids[0]}/visits/"
    assert mine.see(path).value("participants-0-choices-pm") == "late"
    refused = mine.do(path, {"participants-0-choices-pm": "hill"})
    assert refused.status_code == 422
    assert "Karin cannot make it." in page(refused).words
    assert page(refused).value("participants-0-choices-am") == "port"
    answer = send(
        mine.client,
        mine.url + path,
        page(refused),
        {"participants-0-choices-am": "mill", "participants-0-choices-pm": ""},
    )
    assert answer.status_code == 303
    shown = page(mine.client.get(answer.location)).words
    assert "The visits are changed." in shown
    assert "Visit mill" in shown
    assert "Visit port" not in shown


def test_a_full_visit_one_holds_is_not_full_to_oneself(engine: Engine, session: Session) -> None:
    trip_id = applied(session)
    booked(session, trip_id, [make_participant(items=("port",)) for _ in range(3)])
    mine = holder(engine, session, booked(session, trip_id, [make_participant(items=("port",))]))
    path = f"participants/{mine.ids[0]}/visits/"
    assert mine.see(path).value("participants-0-choices-am") == "port"
    assert mine.do(path).status_code == 303


def test_a_place_is_handed_over_with_nothing_of_the_first_ones_answers(engine: Engine, session: Session) -> None:
    mine = of(engine, session, make_participant("Karin", answers={"diet": "vegan", "arrives": "train"}))
    path = f"participants/{mine.ids[0]}/hand-over/"
    form = mine.see(path)
    assert form.value("participants-0-name") == ""
    assert "What Karin answered is erased." in form.words
    assert page(mine.do(path)).title.startswith("Error: ")
    answer = mine.do(path, {"participants-0-name": "Jonas"})
    shown = page(mine.client.get(answer.location)).words
    assert "The place is handed over." in shown
    assert "Jonas" in shown
    session.rollback()
    assert session.scalars(select(AnswerRow)).all() == []


def test_one_is_cancelled_after_the_consequences_were_said(engine: Engine, session: Session) -> None:
    mine = of(engine, session, make_participant("Karin"), make_participant("Jonas"), free_cancel_until=date(2027, 4, 1))
    form = mine.see(f"cancel/?participant={mine.ids[1]}")
    assert [value for name, value in form.fields if name == "participants"] == [str(mine.ids[1])]
    assert "Cancelling costs nothing up to and including 1 April." in form.words
    assert "The place is free for others at once." in form.words
    answer = send(mine.client, f"{mine.url}cancel/", form, {})
    assert answer.status_code == 303
    assert statuses(session) == ["confirmed", "cancelled"]
    shown = page(mine.client.get(answer.location))
    assert "One place is confirmed. Jonas is cancelled." in shown.words
    assert "Sum with VAT SEK 1,250" in shown.words


def test_cancelling_late_says_where_the_price_is_said(engine: Engine, session: Session) -> None:
    mine = of(engine, session, free_cancel_until=date(2027, 2, 1))
    assert "The last day to cancel without cost was 1 February." in mine.see("cancel/").words


def test_cancelling_nobody_is_a_mistake_in_words(engine: Engine, session: Session) -> None:
    mine = of(engine, session)
    answer = mine.do("cancel/", {"participants": None})
    assert answer.status_code == 422
    assert "Tick who no longer travels." in page(answer).words
    assert "#participants" in page(answer).links


def test_a_second_click_gets_a_sentence(engine: Engine, session: Session) -> None:
    mine = of(engine, session)
    form = mine.see("cancel/")
    first = send(mine.client, f"{mine.url}cancel/", form, {})
    second = send(mine.client, f"{mine.url}cancel/", form, {})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "This was cancelled before. Nothing more is needed." in page(second).words
    assert "The booking is cancelled." in page(second).words
    for path in ("cancel/", f"participants/{mine.ids[0]}/correct/", f"participants/{mine.ids[0]}/visits/"):
        assert mine.client.get(mine.url + path).status_code == 409


@pytest.fixture
def queue(engine: Engine, session: Session) -> tuple[Holder, Holder, int]:
    """Somebody with the only place, somebody who waits for it, and the trip."""
    trip_id = applied(session, make_trip(size=1))
    first = holder(engine, session, booked(session, trip_id, [make_participant("Karin")]))
    second = holder(engine, session, booked(session, trip_id, [make_participant("Leyla")]))
    return first, second, trip_id


def offer_id(session: Session) -> int:
    session.rollback()
    return session.scalars(select(OfferRow.id)).one()


def test_who_waits_is_offered_the_freed_place_and_accepts_it(
    session: Session, queue: tuple[Holder, Holder, int]
) -> None:
    first, second, _ = queue
    assert "One person waits, and is offered the place at once." in first.see("cancel/").words
    first.do("cancel/")
    shown = second.see()
    assert "A place is on offer for Leyla." in shown.words
    assert "It is yours if you answer before Wednesday 3 March 2027 at 10:0" in shown.words
    path = f"offers/{offer_id(session)}/accept/"
    assert "The place is for Leyla." in second.see(path).words
    answer = second.do(path, form="")
    assert answer.status_code == 303
    assert "The place is yours." in page(second.client.get(answer.location)).words
    assert statuses(session) == ["cancelled", "confirmed"]
    again = send(second.client, second.url + path, shown, {})
    assert again.status_code == 409
    assert "The offer was accepted before. The place is yours." in page(again).words
    assert second.client.get(second.url + path).status_code == 409


def test_who_waits_declines_and_the_queue_moves(session: Session, queue: tuple[Holder, Holder, int]) -> None:
    first, second, trip_id = queue
    booked(session, trip_id, 1)
    first.do("cancel/")
    path = f"offers/{offer_id(session)}/decline/"
    form = second.see(path)
    assert "goes to the next in the queue at once. This cannot be undone." in form.words
    assert second.do(path).status_code == 303
    assert statuses(session) == ["cancelled", "cancelled", "offered"]


def test_leaving_the_queue_is_asked_about_first(session: Session, queue: tuple[Holder, Holder, int]) -> None:
    _, second, _ = queue
    session.rollback()
    path = f"queue/leave/?waiting={session.scalars(select(WaitingRow.id)).one()}"
    form = second.see(path)
    assert "Leyla gives up position 1 in the queue and is cancelled." in form.words
    answer = send(second.client, f"{second.url}queue/leave/", form, {})
    assert answer.status_code == 303
    assert statuses(session) == ["confirmed", "cancelled"]
    assert send(second.client, f"{second.url}queue/leave/", form, {}).status_code == 409


def test_the_queue_for_a_full_visit_is_joined_offered_and_left(engine: Engine, session: Session) -> None:
    trip_id = applied(session)
    full = booked(session, trip_id, [make_participant(items=("port",)) for _ in range(4)])
    mine = holder(engine, session, booked(session, trip_id, [make_participant("Leyla")]))
    shown = mine.see()
    assert "Queue for a full visit" in shown.words
    fields = {"participant": str(mine.ids[0]), "item": "port"}
    joined = send(mine.client, f"{mine.url}queue/join/", shown, fields)
    assert joined.status_code == 303
    assert "In the queue for “Visit port”, position 1." in page(mine.client.get(joined.location)).words
    again = send(mine.client, f"{mine.url}queue/join/", shown, fields)
    assert (again.status_code, "Leyla waits for “Visit port” already." in page(again).words) == (409, True)
    cancel_participants(session, booking_id=full.booking_id, moment=make_moment())
    offered = mine.see()
    assert "“Visit port” is on offer" in offered.words
    assert "Accepting gives up “Visit mill”." in offered.words
    assert mine.do(f"offers/{offer_id(session)}/accept/", form="").status_code == 303
    assert "Visit mill" not in mine.see().words


def test_somebody_elses_people_offers_and_queues_are_not_found(
    engine: Engine, session: Session, queue: tuple[Holder, Holder, int]
) -> None:
    first, second, trip_id = queue
    session.rollback()
    waiting = session.scalars(select(WaitingRow.id)).one()
    stranger = holder(engine, session, booked(session, trip_id, 1))
    cancel_participants(session, booking_id=first.made.booking_id, moment=make_moment())
    mine = stranger.see("contact/")
    theirs, offer = second.ids[0], offer_id(session)
    for path in (f"participants/{theirs}/{act}/" for act in ("correct", "visits", "hand-over")):
        assert stranger.client.get(stranger.url + path).status_code == 404
        assert send(stranger.client, stranger.url + path, mine, {"participants-0-name": "Mine"}).status_code == 404
    for path, fields in (
        (f"offers/{offer}/accept/", {}),
        (f"offers/{offer}/decline/", {}),
        ("cancel/", {"participants": str(theirs)}),
        ("queue/join/", {"participant": str(theirs), "item": "port"}),
        ("queue/join/", {"participant": str(stranger.ids[0]), "item": "castle"}),
    ):
        assert send(stranger.client, stranger.url + path, mine, fields).status_code == 404, path
    left = send(stranger.client, f"{stranger.url}queue/leave/", mine, {"waiting": str(waiting)})
    assert left.status_code == 409
    assert statuses(session) == ["cancelled", "offered", "waiting"]


@pytest.mark.parametrize("token", ["x", "x" * 5000, "%00", "%ff", "'--", "<script>"])
def test_an_unknown_link_asks_for_a_new_one(engine: Engine, session: Session, token: str) -> None:
    of(engine, session)
    client = visitor(engine)
    for path in ("", "cancel/", "contact/", "participants/1/correct/", "offers/1/accept/", "queue/leave/"):
        answer = client.get(f"/en/booking/{token}/{path}")
        assert answer.status_code in ({404} if path != "queue/leave/" else {404, 303})
        if answer.status_code == 404:
            assert "This link opens no booking" in page(answer).words
            assert "code" in dict(page(answer).fields)
    for path in ("cancel/", "contact/", "queue/join/"):
        fields = {"participants": "1", "participant": "1", "item": "x"}
        assert client.post(f"/en/booking/{token}/{path}", data=fields).status_code in {400, 404}


def test_asking_for_a_link_answers_the_same_whether_there_is_a_booking(engine: Engine, session: Session) -> None:
    mine = of(engine, session)
    session.rollback()
    email = session.scalars(select(BookingRow.contact_email)).one()
    client = visitor(engine)
    answers = []
    for address, code in ((email, mine.made.code), ("other@tripkit.example", mine.made.code), (email, "ABCD-2345")):
        answer = send(client, "/en/booking/", page(client.get("/en/booking/")), {"email": address, "code": code})
        answers.append((answer.status_code, answer.location, client.get(answer.location).text.split("csrf_token")[0]))
    assert len(set(answers)) == 1
    assert "mail with a new link is on its way" in answers[0][2]
    session.rollback()
    assert [row.kind for row in session.scalars(select(OutboxRow))].count("link") == 1


@pytest.mark.parametrize(
    ("email", "code", "status"),
    [
        ("", "", 422),
        ("x", "y", 422),
        ("a@b.example", "\0", 422),
        ("a\0@b.example", "x", 422),
        ("a@b.example", "x" * 999, 422),
    ],
)
def test_asking_for_a_link_with_nonsense_is_refused_in_words(
    engine: Engine, session: Session, email: str, code: str, status: int
) -> None:
    applied(session)
    client = visitor(engine)
    answer = send(client, "/en/booking/", page(client.get("/en/booking/")), {"email": email, "code": code})
    assert answer.status_code == status
    assert page(answer).title.startswith("Error: ")


def test_nothing_is_changed_without_the_token_of_the_session(engine: Engine, session: Session) -> None:
    mine = of(engine, session)
    person = mine.ids[0]
    for path, fields in (
        ("cancel/", {"participants": str(person)}),
        ("contact/", {"contact_name": "Robber", "contact_email": "robber@tripkit.example", "organisation": "x"}),
        (f"participants/{person}/correct/", {"participants-0-name": "Robber"}),
        (f"participants/{person}/hand-over/", {"participants-0-name": "Robber"}),
        (f"participants/{person}/visits/", {"participants-0-choices-am": "port"}),
    ):
        answer = mine.client.post(mine.url + path, data=fields)
        assert answer.status_code == 400, path
        assert "Nothing was changed. Do it once more." in page(answer).words
        if path != "cancel/" and "visits" not in path:
            assert "Robber" in answer.text
    assert statuses(session) == ["confirmed"]
    assert session.scalars(select(BookingRow)).one().contact_name != "Robber"


def test_after_the_last_moment_for_changes_the_sentence_names_whom_to_ask(engine: Engine, session: Session) -> None:
    mine = of(engine, session, changes_until=NOW - timedelta(days=1))
    assert "Change visits" not in mine.see().words
    answer = mine.do(f"participants/{mine.ids[0]}/visits/", form="contact/")
    assert answer.status_code == 409
    assert "Write to disken@tripkit.example" in page(answer).words


def test_an_hour_to_answer_is_one_hour(engine: Engine, session: Session) -> None:
    trip_id = applied(session, make_trip(size=1, offer_hours=1))
    booked(session, trip_id)
    booked(session, trip_id)
    words = holder(engine, session, booked(session, trip_id)).see().words
    assert "Position 2 in the queue: 1 person is before" in words
    assert "When it is your turn you get mail, and one hour to answer. The queue costs nothing." in words


def test_days_carry_their_year_when_the_year_turns_before_the_trip(engine: Engine, session: Session) -> None:
    same_year = of(engine, session).see().words
    assert "5 May, 10:00 The trip begins" in same_year
    assert "1 March The place is yours" in same_year


def test_a_booking_of_another_year_says_the_years(engine: Engine, session: Session) -> None:
    mine = of(engine, session)
    session.execute(update(BookingRow).values(booked_at=datetime(2026, 12, 10, 9, tzinfo=UTC)))
    session.commit()
    words = mine.see().words
    assert "10 December 2026 The place is yours" in words
    assert "5 May 2027, 10:00 The trip begins" in words


def test_those_who_wait_together_are_told_so(engine: Engine, session: Session) -> None:
    trip_id = applied(session, make_trip(size=2))
    booked(session, trip_id, 1)
    together = holder(engine, session, booked(session, trip_id, 2, together=True)).see().words
    assert together.count("You wait together: the offer comes when there are places for all of you.") == 2
    apart = holder(engine, session, booked(session, trip_id, 2)).see().words
    assert "You wait together" not in apart


def test_who_cancels_for_several_ticks_them_one_by_one(engine: Engine, session: Session) -> None:
    several = of(engine, session, make_participant("Karin"), make_participant("Jonas"))
    assert several.see("cancel/").value("participants") is None
    assert several.see(f"cancel/?participant={several.ids[1]}").value("participants") == str(several.ids[1])


def test_the_last_one_to_cancel_is_ticked(engine: Engine, session: Session) -> None:
    alone = of(engine, session)
    assert alone.see("cancel/").value("participants") == str(alone.ids[0])


def test_what_was_done_and_what_is_wrong_takes_the_focus_without_scripts(engine: Engine, session: Session) -> None:
    mine = of(engine, session)
    assert 'role="status" tabindex="-1" autofocus' in mine.see("?done=visits").html
    refused = page(mine.do("contact/", {"contact_name": ""}))
    assert 'role="alert" aria-labelledby="errors" tabindex="-1" autofocus' in refused.html
