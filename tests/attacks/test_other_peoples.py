"""Numbers and codes that are somebody else's, put into every field of every form one has, and into every address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

import pytest
from sqlalchemy import select

from tests.fuzz.forms import Form, Found
from tests.web.conftest import Site
from tests.web.everywhere import ARGUMENT, Stay, rules, stay_at
from tripkit.storage import db
from tripkit.storage.bookings import BookingRow, OfferRow, ParticipantRow, WaitingRow
from tripkit.testing import booked, make_organisation


@pytest.fixture
def stranger(site: Site, stay: Stay) -> Stay:
    """A booking like one's own, at another organisation."""
    return stay_at(site, make_organisation("another"))


@pytest.fixture
def neighbour(site: Site, stay: Stay) -> int:
    """Another booking on one's own trip; its id."""
    trip = site.session.get_one(BookingRow, stay.made.booking_id).trip_id
    site.session.rollback()
    return booked(site.session, trip, 2, contact_name="Grannen").booking_id


def ids(site: Site, booking_id: int) -> list[str]:
    """Everything about a booking that has a number."""
    people = select(ParticipantRow.id).where(ParticipantRow.booking_id == booking_id)
    found = [
        booking_id,
        *site.session.scalars(people),
        *site.session.scalars(select(OfferRow.id).where(OfferRow.booking_id == booking_id)),
        *site.session.scalars(select(WaitingRow.id).where(WaitingRow.participant_id.in_(people))),
    ]
    site.session.rollback()
    return [str(one) for one in found]


def rows_of(site: Site, booking_id: int) -> list[str]:
    """A booking and its people, as they are stored."""
    site.session.rollback()
    bookings, people = BookingRow.__table__, ParticipantRow.__table__
    found = [repr(row) for row in site.session.execute(bookings.select().where(bookings.c.id == booking_id))]
    found += [repr(row) for row in site.session.execute(people.select().where(people.c.booking_id == booking_id))]
    site.session.rollback()
    return found


def forms(site: Site, stay: Stay) -> Iterator[Form]:
    """Every form on every page of one's own booking."""
    for rule in rules(site.app):
        path = ARGUMENT.sub(lambda found: stay.values.get(found[1], "1"), rule.rule)
        if "<token>" in rule.rule:
            yield from (form for form in Found(site.get(path).text, path).forms if form.method == "POST")


def fields(form: Form) -> dict[str, list[str]]:
    """A form as it would be sent, everything ticked."""
    data: dict[str, list[str]] = {}
    for one in form.fields:
        data.setdefault(one.name, []).append(one.values[0] if one.values else "")
    return data


def _of(values: Mapping[str, str], found: re.Match[str]) -> str:
    return values.get(found[1], "1")


def test_no_field_of_a_form_reaches_what_is_somebody_elses(
    site: Site, stay: Stay, stranger: Stay, neighbour: int
) -> None:
    theirs = {stranger.made.booking_id, neighbour}
    before = {booking: rows_of(site, booking) for booking in theirs}
    mine = set(ids(site, stay.made.booking_id))
    tried = 0
    for form in list(forms(site, stay)):
        for name, values in fields(form).items():
            # Numbers stand in values, and anywhere a number could be tried.
            if name == "csrf_token" or not (
                mine & set(values) or name in {"participant", "participants", "waiting", "which"}
            ):
                continue
            # Tables count by themselves: a number of theirs may be one's own, of another thing.
            for number in {one for booking in theirs for one in ids(site, booking)} - mine:
                answer = site.client.post(form.path, data=fields(form) | {name: number})
                tried += 1
                assert answer.status_code in {303, 400, 404, 409, 422}, (form.path, name)
                assert "Grannen" not in answer.text
                assert stranger.made.code not in answer.text
                assert {booking: rows_of(site, booking) for booking in theirs} == before, (form.path, name, number)
    assert tried >= 5


def test_no_address_with_ones_own_link_leads_to_what_is_somebody_elses(
    site: Site, stay: Stay, stranger: Stay, neighbour: int
) -> None:
    """Each argument in turn is somebody else's: what does not belong together is not there."""
    site.session.rollback()
    code = site.session.get_one(BookingRow, neighbour).code
    mine = set(ids(site, stay.made.booking_id))
    numbers = {*ids(site, stranger.made.booking_id), *ids(site, neighbour)} - mine
    tried = 0
    for method in ("GET", "POST"):
        for rule in rules(site.app, method):
            if "token" not in rule.arguments:
                continue
            for name in rule.arguments - {"token", "language"}:
                for number in numbers:
                    path = ARGUMENT.sub(partial(_of, stay.values | {name: number}), rule.rule)
                    answer = site.client.open(path, method=method)
                    tried += 1
                    assert answer.status_code in {303, 400, 404, 409}, rule
                    assert not {code, stranger.made.code, "Grannen"} & set(answer.text.split())
    assert tried > 10


@pytest.mark.parametrize("how", ["their address", "their code", "both the wrong way round"])
def test_a_link_goes_only_to_whom_code_and_address_belong_together(
    site: Site, stay: Stay, stranger: Stay, how: str
) -> None:
    def sent() -> int:
        site.session.rollback()
        return len(site.session.execute(db.metadata.tables["outbox"].select()).all())

    site.session.rollback()
    mine, other = (site.session.get_one(BookingRow, one.made.booking_id) for one in (stay, stranger))
    data = {
        "their address": {"email": other.contact_email, "code": mine.code},
        "their code": {"email": mine.contact_email, "code": other.code},
        "both the wrong way round": {"email": mine.code, "code": mine.contact_email},
    }[how]
    right = {"email": mine.contact_email, "code": mine.code}
    before = sent()
    form = Found(site.get("/en/booking/").text, "/en/booking/").forms[0]
    site.client.post("/en/booking/", data=fields(form) | data)
    assert sent() == before
    site.client.post("/en/booking/", data=fields(form) | right)
    assert sent() == before + 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_name_longer_than_any_file_has_is_no_fault(site: Site, method: str) -> None:
    assert site.client.open(f"/static/{'x' * 3000}", method=method).status_code in {200, 404}
