"""What pages say of erasing: on which day, before anything is sent and on the receipt; and kindly, when it is done."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.web.signup_visitor import page, visitor
from tripkit.actions.erase_booking import erase_booking
from tripkit.testing import applied, booked, make_moment, make_participant, make_trip


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("en", 90, "What you write here is erased on 5 August 2027."),
        ("sv", 90, "Det du skriver här raderas den 5 augusti 2027."),
        ("en", None, "What you write here is erased on 6 May 2028."),
    ],
)
def test_the_form_says_when_it_is_erased(
    engine: Engine, session: Session, language: str, days: int | None, said: str
) -> None:
    applied(session, make_trip(retention_days=days))
    shown = page(visitor(engine).get(f"/{language}/resebyran/hamnstad/sign-up/"))
    assert said in shown.words


def test_the_receipt_says_when_it_is_erased(engine: Engine, session: Session) -> None:
    made = booked(session, applied(session, make_trip(ends_on=date(2027, 5, 6), retention_days=90)))
    shown = page(visitor(engine).get(f"/en/booking/{made.token}/"))
    assert "What you wrote is erased on 5 August 2027." in shown.words


@pytest.mark.parametrize(
    ("language", "said"), [("en", "This booking has been erased"), ("sv", "Den här bokningen är raderad")]
)
def test_a_link_of_then_is_answered_kindly_and_opens_nothing(
    engine: Engine, session: Session, language: str, said: str
) -> None:
    made = booked(session, applied(session), (make_participant("Maja Ekström"),))
    client = visitor(engine)
    assert "Maja Ekström" in page(client.get(f"/{language}/booking/{made.token}/")).words
    erase_booking(session, code=made.code, cancel=True, reason="Asked for it", moment=make_moment())
    for path in ("", "contact/", "cancel/"):
        answer = client.get(f"/{language}/booking/{made.token}/{path}")
        assert answer.status_code == 410, path
        assert said in page(answer).words
        assert "Maja" not in answer.text and made.code not in answer.text
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer.headers["Cache-Control"]
    assert client.post(f"/{language}/booking/{made.token}/cancel/", data={}).status_code in {400, 410}
    assert client.get(f"/{language}/booking/unknown/").status_code == 404
