"""What came back is told from what was answered, and only its address and its status are believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tripkit.mailing.bounce import Bounce, bounce_address, read_bounce

ID = "5f" * 16
TO = f"bounces+{ID}@trips.example"


def report(status: str = "5.1.1", action: str = "failed", to: str = TO) -> bytes:
    return f"""\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; leyla@tripkit.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <leyla@tripkit.example>: no such person

--b--
""".replace("\n", "\r\n").encode()


def plain(body: str, *, headers: str = "Return-Path: <>\n", to: str = TO) -> bytes:
    return f"{headers}From: somebody@mx.example\nTo: {to}\nSubject: Re: Two places\n\n{body}\n".encode()


def test_an_address_to_come_back_to_says_which_message_it_was() -> None:
    assert bounce_address("bounces@trips.example", ID) == TO


def test_a_report_of_a_failure_is_lost() -> None:
    assert read_bounce(report()) == Bounce(ID, "5.1.1", is_lost=True)


@pytest.mark.parametrize(
    ("status", "action", "is_lost"),
    [("4.4.1", "delayed", False), ("4.4.7", "failed", True), ("5.2.2", "delayed", False), ("4.2.2", "", False)],
)
def test_only_what_will_not_arrive_is_lost(status: str, action: str, is_lost: bool) -> None:
    assert read_bounce(report(status, action)) == Bounce(ID, status, is_lost)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_bounce(action: str) -> None:
    assert read_bounce(report("2.1.5", action)) is None


def test_a_plain_one_of_an_old_server_is_read_too() -> None:
    assert read_bounce(plain("550 5.1.1 <x@y.example>: Recipient address rejected")) == Bounce(
        ID, "5.1.1", is_lost=True
    )


def test_where_the_sender_of_the_envelope_is_not_told_a_mail_system_is_known_by_its_name() -> None:
    data = plain("550 5.1.1 no such person", headers="").replace(b"somebody@mx", b"MAILER-DAEMON@mx")
    assert read_bounce(data) == Bounce(ID, "5.1.1", is_lost=True)


@pytest.mark.parametrize(
    "data",
    [
        plain(
            "I am on holiday until 5.1.1",
            headers="Return-Path: <leyla@tripkit.example>\nAuto-Submitted: auto-replied\n",
        ),
        plain("Thank you! 5.1.1", headers="Return-Path: <leyla@tripkit.example>\n"),
        plain("I am away 5.1.1", headers="Return-Path: <>\nAuto-Submitted: auto-replied (vacation)\n"),
        plain("I quote you: 5.1.1", headers=""),
        plain("Your own letter, 5.1.1", headers=f"Return-Path: <{TO}>\nAuto-Submitted: auto-generated\n"),
        report()
        .replace(b"report-type=delivery-status", b"report-type=disposition-notification")
        .replace(b"message/delivery-status", b"message/disposition-notification"),
        plain("nothing that is a status"),
        report(to="bounces@trips.example"),
        report(to="bounces+12345@trips.example"),
        b"",
        b"\x00\xff" * 1000,
    ],
)
def test_what_is_no_bounce_is_none(data: bytes) -> None:
    assert read_bounce(data) is None


@given(st.binary(max_size=3000))
def test_nothing_that_comes_in_breaks_it(data: bytes) -> None:
    read_bounce(data)
    read_bounce(report().replace(b"no such person", data))
    read_bounce(
        b"To: " + TO.encode() + b"\r\nContent-Type: text/plain; charset=" + data.replace(b"\n", b"") + b"\r\n\r\n5.1.1"
    )
