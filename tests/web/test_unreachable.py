"""When the database cannot be used: a sentence, the form kept, and public pages as they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from tests.web.conftest import TRIP, Site
from tests.web.signup_visitor import filled_in, page
from tripkit.storage import db
from tripkit.storage.bookings import BookingRow
from tripkit.web.public import kept

FORM = f"{TRIP}sign-up/"


@contextmanager
def away(site: Site) -> Iterator[None]:
    """Every statement fails as if the server had just gone."""
    with site.app.app_context():
        engine: Engine = db.engine

    def gone(*_: object) -> None:
        raise OperationalError("", {}, Exception("server closed the connection unexpectedly"))

    event.listen(engine, "before_cursor_execute", gone)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", gone)


@pytest.mark.parametrize(
    ("language", "said"), [("sv", "går inte att nå just nu"), ("en", "cannot be reached just now")]
)
def test_a_page_says_so_in_the_readers_language_and_when_to_come_again(site: Site, language: str, said: str) -> None:
    site.publish()
    with away(site):
        answer = site.get(f"/{language}/resebyran/hamnstad/sign-up/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert said in page(answer).words
    assert answer.headers["Cache-Control"] == "no-store"
    assert site.get(FORM).status_code == 200


def test_what_was_typed_is_kept_and_sent_again_by_one_button_as_one_booking(site: Site) -> None:
    site.publish()
    form = page(site.get(FORM))
    typed = filled_in(form.fields)
    with away(site):
        answer = site.client.post(FORM, data=typed)
    assert answer.status_code == 503
    again = page(answer)
    assert "<b>Öberg" not in answer.text
    sent = dict(again.fields)
    assert sent["contact_name"] == typed["contact_name"] and sent["invoice_address"] == typed["invoice_address"]
    first, second = (site.client.post(FORM, data=sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert site.session.query(BookingRow).count() == 1


def test_a_public_page_is_shown_as_it_last_was(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.publish()
    seen = site.get(TRIP).text
    monkeypatch.setattr(kept, "FRESH_SECONDS", 0.0)
    with away(site):
        assert site.get(TRIP).text == seen
        assert site.get("/en/resebyran/nowhere/").status_code == 503, "what nobody has seen cannot be shown"


def test_a_line_that_is_cut_after_the_answer_was_made_does_not_take_it_back(site: Site) -> None:
    site.publish()
    with site.app.app_context():
        engine: Engine = db.engine

    def cut(*_: object) -> None:
        raise OperationalError("", {}, Exception("server closed the connection unexpectedly"))

    site.get(FORM)
    event.listen(engine, "rollback", cut)
    try:
        assert site.get(FORM).status_code == 200
    finally:
        event.remove(engine, "rollback", cut)
    assert site.get(FORM).status_code == 200
