"""The parts of a message and its headers, also when names and addresses come from somebody who means harm."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mailing.letters import CASES, PUBLISH, WRITTEN_AT, make_letter, make_person
from tests.mailing.reading import plain, received, shown
from tripkit.domain.answers import is_email
from tripkit.domain.bookings import ParticipantStatus as Status
from tripkit.domain.trips import Contact
from tripkit.mailing.compose import compose
from tripkit.testing import both, make_organisation

HEADERS = [
    "Subject", "From", "To", "Reply-To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    "Content-Language",
]  # fmt: skip
HOSTILE = [
    "Eva\r\nBcc: everybody@elsewhere.example",
    "Eva\nSubject: You have won\n\nPay here",
    "Eva\u2028Bcc: everybody@elsewhere.example\u2029",
    "Eva\x85Bcc: everybody@elsewhere.example\x0b\x0c\x1c",
    'Eva" <everybody@elsewhere.example>, "Bo',
    "=?utf-8?q?Eva=0D=0ABcc=3A_everybody=40elsewhere.example?=",
    "\u202eevE\u2066",
    "Ö" * 120,
    "W" * 5000,
]


@pytest.mark.parametrize("case", CASES)
def test_a_message_has_text_html_and_its_files(case: str) -> None:
    letter = make_letter(case)
    message = received(compose(letter))
    body = message.get_body(("html",))
    assert body is not None and body.get_content_charset() == "utf-8"
    assert message.get_content_type() == ("multipart/mixed" if letter.attachments else "multipart/alternative")
    assert [
        (part.get_filename(), part.get_content_type(), part.get_param("method"), part.get_payload(decode=True))
        for part in message.iter_attachments()
    ] == [(file.name, "text/calendar", file.method, file.data) for file in letter.attachments]


@pytest.mark.parametrize("case", CASES)
def test_a_message_needs_neither_eight_bits_nor_long_lines(case: str) -> None:
    data = compose(make_letter(case, people=(make_person("Å" * 2000),))).as_bytes()
    assert data.isascii()
    assert b"\r\n" in data and b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 78


def test_the_headers_say_who_writes_when_and_that_nobody_need_answer_by_machine() -> None:
    message = received(compose(make_letter(language="en")))
    assert message.keys() == HEADERS
    assert str(message["From"]) == "The made-up travel bureau <resebyran@tripkit.example>"
    assert str(message["To"]) == "Karin Almfelt <karin@kommunen.example>"
    assert message["Date"].datetime == WRITTEN_AT
    assert message["Message-ID"] == f"<{'5f' * 16}@tripkit.example>"
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("sender", ["resebyran@tripkit.example", "no-reply@trips.example"])
def test_answers_go_to_the_contact_of_the_trip(sender: str) -> None:
    message = received(compose(make_letter(sender=sender)))
    assert message["From"].addresses[0].addr_spec == sender
    assert str(message["Reply-To"]) == "disken@tripkit.example"


def test_answers_go_to_the_organisation_where_the_trip_names_no_address() -> None:
    letter = make_letter(sender="no-reply@trips.example")
    letter = replace(letter, trip=replace(letter.trip, contact=Contact(name="Disken")))
    assert str(received(compose(letter))["Reply-To"]) == "resebyran@tripkit.example"
    assert received(compose(replace(letter, sender="resebyran@tripkit.example")))["Reply-To"] is None


def test_the_same_letter_has_the_same_identity_each_time() -> None:
    assert compose(make_letter())["Message-ID"] == compose(make_letter())["Message-ID"]


def test_a_domain_in_any_script_is_written_as_mail_servers_know_it() -> None:
    message = received(compose(make_letter(recipient="asa@ålösa.example")))
    assert message["To"].addresses[0].addr_spec == "asa@xn--lsa-tla0g.example"


@settings(deadline=None)
@given(st.from_regex(r"[!-~äß]{1,12}@[a-z0-9.å\u0130_ß-]{1,70}\.[a-zö.]{1,5}", fullmatch=True).filter(is_email))
def test_every_address_the_forms_take_can_be_written_to(address: str) -> None:
    message = received(compose(make_letter("link", recipient=address, contact_name="")))
    (to,) = message["To"].addresses
    assert to.username == address.rpartition("@")[0]
    assert to.addr_spec.isascii()


def unharmed(message: EmailMessage, keys: list[str]) -> None:
    assert message.keys() == keys
    assert [address.addr_spec for address in message["To"].addresses] == ["karin@kommunen.example"]
    assert [address.addr_spec for address in message["From"].addresses] == ["resebyran@tripkit.example"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_adds_no_header_and_no_recipient(name: str) -> None:
    people = (make_person(name), make_person(name, Status.WAITING, position=1))
    message = received(compose(make_letter(people=people, contact_name=name)))
    unharmed(message, HEADERS)
    assert [word for word in plain(message).splitlines() if word.startswith(("Bcc:", "Subject:", "Pay"))] == []


@settings(deadline=None)
@given(name=st.text(max_size=200) | st.from_regex(r"(=\?utf-8\?[qb]\?[=A-F0-9a-z]{0,40}\?= ?){1,3}", fullmatch=True))
def test_no_name_at_all_adds_a_header_or_a_recipient(name: str) -> None:
    letter = make_letter("cancelled", people=(make_person(name, Status.CANCELLED),), contact_name=name)
    message = received(compose(letter))
    unharmed(message, HEADERS)
    assert "\n" not in message["Subject"] and "\r" not in message["Subject"]


def test_a_name_stays_on_its_line_of_the_text() -> None:
    people = (make_person("Eva\n\nConfirmed\nPay 900 kr to 123-456"),)
    text = plain(received(compose(make_letter(people=people, language="en"))))
    assert "Eva Confirmed Pay 900 kr to 123-456" in text.splitlines()


def test_markup_in_a_name_is_text_in_the_html_and_itself_in_the_plain_text() -> None:
    name = "<script>alert(1)</script><img src=x onerror=go()>&amp;"
    host = make_organisation(name=both("<b>Byrån</b> & co", "<b>The bureau</b> & co"))
    plainly = compose(make_letter(language="en"))
    message = received(compose(make_letter(language="en", people=(make_person(name),), contact_name=name, host=host)))
    html = shown(message)
    assert name in html.pieces and "<b>The bureau</b> & co" in html.pieces
    assert set(html.tags) == set(shown(plainly).tags)
    assert name in plain(message).splitlines()


def test_no_template_fetches_anything_or_runs_anything() -> None:
    html = shown(compose(make_letter()))
    assert not {"script", "img", "link", "iframe", "form", "object"} & set(html.tags)
    assert "url(" not in html.html and "@import" not in html.html


def test_files_are_attached_in_the_order_of_the_people() -> None:
    files = tuple(replace(PUBLISH, name=f"{letter}.ics") for letter in "cab")
    message = received(compose(make_letter(attachments=files)))
    assert [part.get_filename() for part in message.iter_attachments()] == ["c.ics", "a.ics", "b.ics"]
