"""What a message in the outbox becomes: its calendars, its price, and what stays out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from email.message import EmailMessage

from icalendar import Calendar
from sqlalchemy import select

from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.actions.answer_offer import accept_offer
from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.correct_booking import correct_contact
from tripkit.actions.own_address import ask_for_address, confirm_address
from tripkit.domain.prices import Money, Price
from tripkit.storage.bookings import OfferRow, ParticipantRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import applied, booked, make_moment, make_organisation, make_participant, make_trip

TRIP = make_trip(size=50)


def messages(outbox: Outbox, mail_server: MailServer) -> list[EmailMessage]:
    """What is sent now, in its order."""
    mail_server.took.clear()
    outbox.deliver()
    return [took.message for took in mail_server.took]


def calendars(message: EmailMessage) -> list[Calendar]:
    found = []
    for part in message.iter_attachments():
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        calendar = Calendar.from_ical(data)
        assert str(calendar["METHOD"]) == part.get_param("method"), "the part says what the file says (RFC 6047, 2.4)"
        found.append(calendar)
    return found


def events(calendar: Calendar) -> dict[str, tuple[str, str, int]]:
    """Summary to (UID, status, SEQUENCE) of each event."""
    return {
        str(event["SUMMARY"]).removeprefix("Cancelled: "): (
            str(event["UID"]),
            str(event["STATUS"]),
            int(event["SEQUENCE"]),
        )
        for event in calendar.walk("VEVENT")
    }


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return "\n".join(str(body.get_content()).splitlines())


def people(outbox: Outbox) -> Sequence[ParticipantRow]:
    outbox.session.rollback()
    return outbox.session.scalars(select(ParticipantRow).order_by(ParticipantRow.id)).all()


def test_each_confirmed_person_gets_a_calendar_of_what_they_attend(outbox: Outbox, mail_server: MailServer) -> None:
    party = [make_participant("Åsa Ek", items=("port",)), make_participant("Bo Ek", items=("mill", "late"))]
    booked(outbox.session, outbox.trip, party, language="en")
    (message,) = messages(outbox, mail_server)
    first, second = calendars(message)
    assert str(first["METHOD"]) == str(second["METHOD"]) == "PUBLISH"
    assert set(events(first)) == {"Visit lecture", "Visit port"}
    assert set(events(second)) == {"Visit lecture", "Visit mill", "Visit late"}
    uids = [uid for calendar in (first, second) for uid, _, _ in events(calendar).values()]
    assert len(set(uids)) == 5, "nobody's event replaces a colleague's"
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == ["hamnstad-asa-ek.ics", "hamnstad-bo-ek.ics"]
    secret = outbox.rows()[0].payload["token"]
    assert secret == "" and b"/booking/" not in first.to_ical() + second.to_ical()


def test_files_of_people_of_one_name_or_in_another_script_have_names_of_their_own(
    outbox: Outbox, mail_server: MailServer
) -> None:
    party = [
        make_participant("Bo Ek", email="one@tripkit.example"),
        make_participant("Bo Ek", email="two@tripkit.example"),
        make_participant("王芳"),
        make_participant("Ольга"),
    ]
    booked(outbox.session, outbox.trip, party)
    (message,) = messages(outbox, mail_server)
    assert [part.get_filename() for part in message.iter_attachments()] == [
        "hamnstad-bo-ek.ics",
        "hamnstad-bo-ek-2.ics",
        "hamnstad.ics",
        "hamnstad-2.ics",
    ]


def test_who_waits_gets_no_calendar(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.trip = applied(outbox.session, replace(TRIP, key="small", size=1))
    booked(outbox.session, outbox.trip, [make_participant("Åsa Ek"), make_participant("Bo Ek")])
    outbox.sign_up("Cecilia")
    mixed, queued = messages(outbox, mail_server)
    assert [part.get_filename() for part in mixed.iter_attachments()] == ["small-asa-ek.ics"]
    assert list(queued.iter_attachments()) == []
    assert not any(part.get_content_type() == "text/calendar" for part in queued.walk())


def test_a_change_is_a_later_version_and_takes_out_what_was_dropped(outbox: Outbox, mail_server: MailServer) -> None:
    made = outbox.sign_up("Asa Ek")
    (first,) = calendars(messages(outbox, mail_server)[0])
    change_visits(
        outbox.session,
        booking_id=made.booking_id,
        participant_id=people(outbox)[0].id,
        items=("port",),
        moment=make_moment(),
    )
    (second,) = calendars(messages(outbox, mail_server)[0])
    before, after = events(first), events(second)
    assert str(second["METHOD"]) == "PUBLISH"
    assert {name: (status, number) for name, (_, status, number) in before.items()} == {
        "Visit lecture": ("CONFIRMED", 0),
        "Visit mill": ("CONFIRMED", 0),
    }
    assert {name: (status, number) for name, (_, status, number) in after.items()} == {
        "Visit lecture": ("CONFIRMED", 1),
        "Visit mill": ("CANCELLED", 1),
        "Visit port": ("CONFIRMED", 1),
    }
    assert {name: after[name][0] for name in before} == {name: before[name][0] for name in before}


def test_a_cancellation_cancels_what_was_confirmed(outbox: Outbox, mail_server: MailServer) -> None:
    made = outbox.sign_up("Asa Ek")
    (first,) = calendars(messages(outbox, mail_server)[0])
    cancel_participants(outbox.session, booking_id=made.booking_id, moment=make_moment())
    (message,) = messages(outbox, mail_server)
    (second,) = calendars(message)
    assert str(second["METHOD"]) == "CANCEL"
    assert events(second) == {name: (uid, "CANCELLED", 1) for name, (uid, _, _) in events(first).items()}
    assert [part.get_filename() for part in message.iter_attachments()] == ["hamnstad-asa-ek-cancelled.ics"]
    assert "Open the attached file to take the trip out of the calendar." in plain(message)


def test_who_never_had_a_place_has_nothing_to_cancel(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.trip = applied(outbox.session, replace(TRIP, key="small", size=1))
    outbox.sign_up("Asa")
    late = outbox.sign_up("Bo")
    cancel_participants(outbox.session, booking_id=late.booking_id, moment=make_moment())
    message = messages(outbox, mail_server)[-1]
    assert str(message["Subject"]).startswith("Bo is cancelled.")
    assert list(message.iter_attachments()) == []


def test_an_accepted_offer_brings_the_first_calendar(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.trip = applied(outbox.session, replace(TRIP, key="small", size=1))
    first = outbox.sign_up("Asa")
    second = outbox.sign_up("Bo")
    cancel_participants(outbox.session, booking_id=first.booking_id, moment=make_moment())
    offer = messages(outbox, mail_server)[-1]
    assert list(offer.iter_attachments()) == []
    assert "Say yes before Wednesday 3 March 2027 at\u00a010:00." in plain(offer)
    offer_id = outbox.session.scalars(select(OfferRow.id)).one()
    accept_offer(outbox.session, booking_id=second.booking_id, offer_id=offer_id, moment=make_moment())
    (message,) = messages(outbox, mail_server)
    (calendar,) = calendars(message)
    assert events(calendar)["Visit mill"][1:] == ("CONFIRMED", 0)
    assert str(message["Subject"]).startswith("One place is confirmed.")


def test_the_price_is_that_of_the_day_of_the_booking(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    dearer = replace(TRIP, price=Price(Money(999_900, "SEK"), Decimal(25)))
    apply_trip(
        outbox.session,
        organisation=make_organisation(),
        trip=dearer,
        pictures={},
        moment=make_moment(actor="organiser"),
    )
    (message,) = messages(outbox, mail_server)
    assert "SEK\u00a01,250 including VAT, SEK\u00a01,000 excluding." in plain(message)
    assert "9,999" not in plain(message)


def test_a_message_tells_what_was_true_when_it_was_written(outbox: Outbox, mail_server: MailServer) -> None:
    made = booked(outbox.session, outbox.trip, [make_participant("Åsa Ek"), make_participant("Bo Ek")], language="en")
    cancel_participants(
        outbox.session, booking_id=made.booking_id, participant_ids=[people(outbox)[1].id], moment=make_moment()
    )
    confirmed, cancelled = messages(outbox, mail_server)
    assert str(confirmed["Subject"]).startswith("Two places are confirmed.")
    assert "Bo Ek\nConfirmed, Group city" in plain(confirmed)
    assert str(cancelled["Subject"]).startswith("Bo Ek is cancelled.")


def test_no_answer_is_in_any_message(outbox: Outbox, mail_server: MailServer) -> None:
    answers = {"diet": "vegan", "arrives": "nattåget från Luleå"}
    made = booked(outbox.session, outbox.trip, [make_participant("Åsa Ek", answers=answers)], language="sv")
    cancel_participants(outbox.session, booking_id=made.booking_id, moment=make_moment())
    sent = messages(outbox, mail_server)
    assert len(sent) == 2
    for message in sent:
        said = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
        whole = b"".join(one for one in said if isinstance(one, bytes)).decode().casefold()
        assert "åsa ek" in whole
        assert "vegan" not in whole and "nattåget" not in whole


def test_the_old_address_is_told_of_the_new_one_without_a_link(outbox: Outbox, mail_server: MailServer) -> None:
    made = outbox.sign_up("Asa")
    messages(outbox, mail_server)
    correct_contact(
        outbox.session,
        booking_id=made.booking_id,
        contact_name="Bo Ek",
        contact_email="bo@tripkit.example",
        contact_phone=None,
        organisation="Kommunen",
        invoice_address="",
        invoice_reference="",
        moment=make_moment(),
    )
    old, new = messages(outbox, mail_server)
    assert mail_server.addresses() == ["asa@tripkit.example", "bo@tripkit.example"]
    assert "/booking/" not in plain(old) and "bo@tripkit.example" not in plain(old)
    assert "/en/booking/" in plain(new)


def test_every_link_names_the_organisations_own_address(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    [before] = messages(outbox, mail_server)
    assert "https://trips.example/" in plain(before)
    own_address(outbox)
    outbox.sign_up("Karin Lund")
    [message] = messages(outbox, mail_server)
    whole = plain(message) + "".join(str(calendar.to_ical()) for calendar in calendars(message))
    assert "https://resor.tripkit.example/en/booking/" in whole
    assert "https://resor.tripkit.example/en/resebyran/hamnstad/" in whole
    assert "trips.example/" not in whole


def own_address(outbox: Outbox) -> None:
    host = outbox.session.scalars(select(OrganisationRow.id)).one()
    ask_for_address(outbox.session, organisation_id=host, host="resor.tripkit.example", moment=make_moment())
    confirm_address(outbox.session, organisation="resebyran", host="resor.tripkit.example", moment=make_moment())
