"""The empty sign-up form is written once and kept; each visitor's has a token and a key of its own."""

from __future__ import annotations

import pytest

from tests.statements import count_statements
from tests.web.conftest import TRIP, Site
from tests.web.signup_visitor import page
from tripkit.domain.trips import TripStatus
from tripkit.storage import db
from tripkit.testing import make_trip
from tripkit.web.signup import views

FORM = f"{TRIP}sign-up/"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one whenever a form is written."""
    times: list[object] = []
    write = views.signup_page

    def counted(*args: object, **values: object) -> object:
        times.append(args)
        return write(*args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(views, "signup_page", counted)
    return times


def test_it_is_written_once_and_nobody_is_given_anothers_token_or_key(kept_site: Site, written: list[object]) -> None:
    kept_site.publish()
    visitors = [kept_site.app.test_client() for _ in range(4)]
    forms = [page(visitor.get(FORM)) for visitor in visitors]
    assert len(written) == 1
    for name in ("csrf_token", "form_key"):
        assert len({form.value(name) for form in forms}) == 4
        assert all(len(form.value(name) or "") > 20 for form in forms)
    again = page(visitors[0].get(FORM))
    assert again.value("csrf_token") != forms[1].value("csrf_token")
    assert again.value("form_key") not in {form.value("form_key") for form in forms}
    assert len(written) == 1


def test_what_is_kept_is_what_would_be_written(kept_site: Site) -> None:
    kept_site.publish()
    first, second = (kept_site.app.test_client().get(FORM) for _ in range(2))
    pages = [page(answer) for answer in (first, second)]
    texts = [
        answer.text.replace(seen.value("csrf_token") or "?", "T").replace(seen.value("form_key") or "?", "K")
        for answer, seen in zip((first, second), pages, strict=True)
    ]
    assert texts[0] == texts[1]
    assert "\0" not in first.text + second.text
    assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == "private, no-cache"


def test_it_takes_one_statement_when_nothing_has_changed(kept_site: Site) -> None:
    kept_site.publish()
    kept_site.get(FORM)
    with kept_site.app.app_context():
        own = db.engine
    with count_statements(own) as statements:
        kept_site.get(FORM)
    assert len(statements) == 1


def test_it_is_written_anew_when_a_place_is_taken_and_when_the_trip_is_changed_or_called_off(
    kept_site: Site, written: list[object]
) -> None:
    trip_id = kept_site.publish(size=1)
    assert "waiting list" not in kept_site.see(FORM).words
    kept_site.book(trip_id)
    full = kept_site.see(FORM)
    assert len(written) == 2
    assert full.words != kept_site.see(f"{FORM}?people=2").words
    kept_site.publish_trip(make_trip(size=1, status=TripStatus.CANCELLED))
    assert "csrf_token" not in kept_site.get(FORM).text


def test_the_number_of_cards_asked_for_is_bounded_so_nobody_fills_the_memory(kept_site: Site) -> None:
    kept_site.publish(largest_party=3)
    for people in (1, 2, 3, 4, 99, -1, 10**9, "many"):
        kept_site.get(f"{FORM}?people={people}&x={people}")
    kept = [name for name in kept_site.app.extensions["tripkit_pages"].pages if "empty form" in name]
    assert len(kept) == 3
