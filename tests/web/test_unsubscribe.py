"""The way out of letters to many at once: a page with one button, and one request that a mail program sends by itself."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.web.conftest import Site
from tripkit.actions.erasing import erase
from tripkit.actions.recording import make_ways_out
from tripkit.reads.trip_plan import trip_plan
from tripkit.reads.unsubscribed import digest_of_address
from tripkit.storage import write
from tripkit.storage.bookings import BookingRow, LinkRow
from tripkit.storage.campaigns import UnsubscribedRow
from tripkit.storage.outbox import AuditRow
from tripkit.testing import NOW, applied, booked

READER = "karin@tripkit.example"


@pytest.fixture
def session(kept_site: Site) -> Session:
    return kept_site.session


@pytest.fixture
def client(kept_site: Site) -> FlaskClient:
    return kept_site.client


@pytest.fixture
def token(session: Session) -> str:
    trip_id = applied(session)
    made = booked(session, trip_id, contact_email=READER)
    plan = trip_plan(session, trip_id)
    assert plan is not None
    with write(session):
        return make_ways_out(session, [(made.booking_id, READER)], plan[2], NOW)[0]


def out(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(UnsubscribedRow)) or 0


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [("sv", "Brev från", "Inga fler brev från"), ("en", "Letters from", "No more letters from")],
)
def test_one_button_and_one_back(
    client: FlaskClient, session: Session, token: str, language: str, before: str, after: str
) -> None:
    page = f"/{language}/unsubscribe/{token}/"
    assert f"<h1>{before} " in client.get(page).text
    for _ in range(2):
        assert client.post(page).location == page
        assert f"<h1>{after} " in client.get(page).text
        assert out(session) == 1, "pressed twice it is done once"
    client.post(page, data={"letters": "yes"})
    assert f"<h1>{before} " in client.get(page).text
    assert out(session) == 0
    assert session.scalars(select(AuditRow.action).where(AuditRow.action.contains("subscribe"))).all() == [
        "unsubscribe",
        "subscribe",
    ]


def test_a_mail_program_needs_one_request_and_no_page(client: FlaskClient, session: Session, token: str) -> None:
    answer = client.post(f"/en/unsubscribe/{token}/", data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, out(session)) == (200, 1), "a program is never sent elsewhere"
    again = client.post(
        f"/sv/unsubscribe/{token}/",
        data={"List-Unsubscribe": "One-Click", "letters": "yes"},
        content_type="multipart/form-data",
    )
    assert (again.status_code, out(session)) == (200, 1), "and it only ever ends letters"


def test_the_link_is_about_the_address_it_was_sent_to(client: FlaskClient, session: Session, token: str) -> None:
    with write(session):
        session.scalars(select(BookingRow)).one().contact_email = "somebody.else@tripkit.example"
    client.post(f"/en/unsubscribe/{token}/")
    session.rollback()
    assert session.scalars(select(UnsubscribedRow.digest)).all() == [digest_of_address(READER)]


def test_the_link_of_a_booking_that_was_erased_says_so(client: FlaskClient, session: Session, token: str) -> None:
    with write(session):
        erase(session, [session.scalars(select(BookingRow.id)).one()], NOW)
    assert client.get(f"/en/unsubscribe/{token}/").status_code == 410
    assert client.post(f"/en/unsubscribe/{token}/").status_code == 410
    assert session.scalar(select(LinkRow.reader).where(LinkRow.reader.is_not(None))) is None


def test_looking_changes_nothing(client: FlaskClient, session: Session, token: str) -> None:
    client.get(f"/en/unsubscribe/{token}/")
    assert out(session) == 0


def test_the_link_opens_nothing_else_and_no_other_link_opens_this(
    client: FlaskClient, session: Session, token: str
) -> None:
    assert client.get(f"/en/booking/{token}/").status_code == 404
    for wrong in ("x" * 43, token[:-1], token + "x", "%00"):
        for answer in (client.get(f"/en/unsubscribe/{wrong}/"), client.post(f"/en/unsubscribe/{wrong}/")):
            assert answer.status_code == 404
    assert out(session) == 0


def test_the_page_is_kept_by_nobody_and_names_nobody(client: FlaskClient, token: str) -> None:
    answer = client.get(f"/en/unsubscribe/{token}/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "@" not in answer.text.split("<main")[1].split("</main>")[0]
