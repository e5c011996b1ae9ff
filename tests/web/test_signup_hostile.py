"""What people send who mean no good, or whose browser is broken: a sentence in answer, never a fault, nothing booked."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.web.signup_visitor import page, send, visitor
from tests.web.test_signup import CONTACT, URL, form
from tripkit.actions.sealed_answers import opened
from tripkit.storage.bookings import AnswerRow, BookingRow
from tripkit.testing import applied, make_item, make_organisation, make_trip
from tripkit.testing import at as moment_at

SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"contact_name": "Karin\0"}, id="a NUL character"),
        pytest.param({"participants-0-name": "gro.\u202eelpmaxe"}, id="text that runs backwards"),
        pytest.param({"participants-0-segment": "kings"}, id="a group that is not there"),
        pytest.param({"participants-0-segment": "\0"}, id="a NUL as a group"),
        pytest.param({"participants-0-choices-am": "castle"}, id="another trip’s visit"),
        pytest.param({"participants-0-choices-am": "lecture"}, id="an item that is not chosen"),
        pytest.param({"participants-0-choices-am": "late", "participants-0-choices-pm": "late"}, id="one visit twice"),
        pytest.param(
            {"participants-0-choices-am": "hill", "participants-0-choices-pm": "watch"}, id="two of one choice"
        ),
        pytest.param({"participants-0-choices-am": "\0"}, id="a NUL as a visit"),
        pytest.param({"participants-0-answers-diet": "children"}, id="an answer that is not there"),
        pytest.param({"participants-0-answers-arrives": "x" * 100_000}, id="a very long answer"),
        pytest.param({"contact_name": "x" * 5_000}, id="a very long name"),
        pytest.param({"terms_version": "0"}, id="terms nobody wrote"),
        pytest.param({"contact_email": "a@b\r\nBcc: all@tripkit.example"}, id="a mail header in an address"),
        pytest.param({"participants-0-name": None, "participants-0-segment": None}, id="nobody who travels"),
    ],
)
def test_what_cannot_be_is_refused_in_words(engine: Engine, session: Session, changes: dict[str, Any]) -> None:
    applied(session)
    applied(
        session,
        make_trip(key="other", programme=(make_item("castle", moment_at(5, 9), moment_at(5, 10), choice="am"),)),
        organisation=make_organisation("another"),
    )
    client = visitor(engine)
    answer = send(client, URL, form(client), CONTACT | changes)
    assert answer.status_code == 422
    assert "to put right" in page(answer).words
    session.rollback()
    assert session.scalars(select(BookingRow)).all() == []


def test_markup_in_every_field_comes_back_as_text(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    shown = form(client)
    fields = {name: SCRIPT for name, _ in shown.fields if name not in {"csrf_token", "form_key"}}
    fields |= {"participants-0-answers-diet": SCRIPT, "participants-0-choices-am": SCRIPT, "terms_version": SCRIPT}
    for act in ("send", "add", "recount", "remove-0", SCRIPT):
        answer = send(client, URL, shown, fields, do=act)
        assert answer.status_code in {200, 422}
        assert SCRIPT not in answer.text
    with_names = send(client, URL, shown, CONTACT | {"contact_name": SCRIPT})
    receipt = client.get(with_names.location)
    assert "alert(1)" in receipt.text
    assert SCRIPT not in receipt.text


def test_five_hundred_people_are_told_how_many_fit(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    crowd = {f"participants-{number}-{name}": "x" for number in range(500) for name in ("name", "segment", "email")}
    answer = send(client, URL, form(client), CONTACT | crowd)
    assert answer.status_code == 422
    assert "One sign-up takes at most 10 people." in page(answer).words
    assert len(answer.data) < 700_000


@pytest.mark.parametrize("do", ["remove-", "remove-99999999999", "remove-x", "remove-٣", "add-1", "", "\0"])
def test_a_button_that_is_not_there_does_no_harm(engine: Engine, session: Session, do: str) -> None:
    applied(session)
    client = visitor(engine)
    assert send(client, URL, form(client), {}, do=do).status_code in {200, 422}


@pytest.mark.parametrize(
    "name",
    ["participants--name", "participants-99999-name", "participants-1", "participants-\0-name", "a" * 10_000, "", "[]"],
)
def test_strange_field_names_are_not_looked_at(engine: Engine, session: Session, name: str) -> None:
    applied(session)
    client = visitor(engine)
    assert send(client, URL, form(client), CONTACT | {name: "x"}).status_code == 303


@pytest.mark.parametrize("key", ["", "short", "x" * 10_000, "\0" * 20, "ключ-ключ-ключ-ключ"])
def test_a_form_key_of_somebody_elses_making_is_replaced(engine: Engine, session: Session, key: str) -> None:
    applied(session)
    client = visitor(engine)
    assert send(client, URL, form(client), CONTACT | {"form_key": key}).status_code == 303


def test_ten_megabytes_are_refused_with_a_page(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    form(client)
    answer = client.post(URL, data={"contact_name": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "too much at once" in page(answer).words


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"contact_name=%ff%fe&participants-0-name=%c3%28&%ff=1", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--", "multipart/form-data"),
        (b'{"contact_name": 1}', "application/json"),
        (b"", ""),
    ],
)
def test_a_body_that_is_no_form_gets_the_form_again(engine: Engine, session: Session, body: bytes, kind: str) -> None:
    applied(session)
    answer = visitor(engine).post(URL, data=body, content_type=kind)
    assert answer.status_code == 400
    assert "<h1" in answer.text


def test_the_same_field_many_times_counts_once(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    twice = CONTACT | {"contact_name": ["Karin", "Somebody else"], "participants-0-answers-diet": ["vegan", "any"]}
    assert send(client, URL, form(client), twice).status_code == 303
    session.rollback()
    assert session.scalars(select(BookingRow)).one().contact_name == "Karin"
    assert [opened(session, row) for row in session.scalars(select(AnswerRow))] == ["vegan"]


@pytest.mark.parametrize(
    "path", ["/en/resebyran/%00/sign-up/", "/en/%00/hamnstad/sign-up/", "/en/resebyran/%ff/sign-up/"]
)
def test_an_address_no_trip_can_have_is_not_found(engine: Engine, session: Session, path: str) -> None:
    applied(session)
    assert visitor(engine).get(path).status_code == 404
    assert visitor(engine).post(path, data=CONTACT).status_code == 404
