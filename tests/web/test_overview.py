"""An organisation's page: trips that come and, folded, those that are over, a hundred at a time; what waits, with the way there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from tests.statements import count_statements
from tests.web.conftest import Site
from tests.web.everywhere import engine_of
from tests.web.membership import HOST, member
from tests.web.signup_visitor import Page, page
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.domain.rights import Role
from tripkit.domain.seats import PoolKind
from tripkit.reads.organisation_page import organisation_page
from tripkit.storage import write
from tripkit.storage.bookings import PoolRow
from tripkit.storage.columns import columns_of
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import OrganisationRow, TripRow
from tripkit.testing import NOW, both, make_moment, make_organisation, make_participant, make_trip


def seen(site: Site, path: str = HOST, role: Role = Role.OWNER) -> Page:
    answer = member(site, role).get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return page(answer)


def on(day: date, number: int) -> dict[str, object]:
    return {
        "key": f"trip-{number}",
        "title": both(f"Resa {number}", f"Trip {number}"),
        "starts_on": day,
        "ends_on": day,
    }


def test_it_says_what_waits_on_each_trip_and_leads_there(site: Site) -> None:
    trip = site.publish(size=2)
    first = site.book(trip, [make_participant(items=("mill",)), make_participant(items=("mill",))])
    for _ in range(3):
        site.book(trip)
    cancel_participants(site.session, booking_id=first.booking_id, moment=make_moment())
    with write(site.session):
        site.session.execute(update(OutboxRow).where(OutboxRow.booking_id == first.booking_id).values(state="dead"))
    shown = seen(site)
    assert "2 places on offer" in shown.words
    for words in ("Mail does not reach one booking", "2 offered places wait for an answer"):
        assert words in shown.words
    assert {f"{HOST}trips/hamnstad/#do", f"{HOST}trips/hamnstad/participants/?state=offered"} <= set(shown.links)


def test_where_nothing_waits_it_says_so(site: Site) -> None:
    site.publish()
    shown = seen(site)
    assert "Nothing needs doing." in shown.words
    assert "<details" not in shown.html


def test_trips_that_are_over_are_folded_away(site: Site) -> None:
    for number, days in enumerate((-400, -30, 10)):
        site.publish(**on(NOW.date() + timedelta(days=days), number), programme=(), choices=())
    html = seen(site).html
    folded = html[html.index("<details") : html.index("</details>")]
    assert "2 past trips" in folded
    assert ("Trip 0" in folded, "Trip 1" in folded, "Trip 2" in folded) == (True, True, False)
    assert html.index("Trip 2") < html.index("<details")


@pytest.mark.parametrize("trips", [1, 3, 300])
def test_it_takes_a_fixed_number_of_statements_and_pages_of_a_hundred(site: Site, trips: int) -> None:
    first = site.publish(**on(NOW.date() + timedelta(days=1), 0))
    row = site.session.get_one(TripRow, first)
    host = site.session.get_one(OrganisationRow, row.organisation_id)
    more = [make_trip(**on(NOW.date() + timedelta(days=100 - number), number)) for number in range(1, trips)]  # type: ignore[arg-type]
    copies = [TripRow(organisation_id=host.id, revision=1, changed_at=NOW, **columns_of(one, TripRow)) for one in more]
    site.session.add_all(copies)
    site.session.flush()
    _give_places(site, [one.id for one in copies])
    owner = member(site, Role.OWNER)
    found = organisation_page(site.session, organisation_id=host.id, key=host.key, now=NOW)
    site.session.rollback()
    assert (found.count, len(found.trips), found.pages) == (trips, min(trips, 100), -(-trips // 100))
    with count_statements(engine_of(site)) as statements:
        assert owner.get(HOST).status_code == 200
    assert len(statements) == 10
    keys: list[str] = []
    for number in range(1, found.pages + 1):
        shown = page(owner.get(f"{HOST}?page={number}", headers={"Accept-Language": "en"}))
        keys += [link for link in shown.links if "/trips/trip-" in link and link.endswith("/")]
    assert len(keys) == len(set(keys)) == trips
    for wrong in (found.pages + 1, 0, -1, "x", "9" * 30):
        assert owner.get(f"{HOST}?page={wrong}").status_code == 404, wrong


def _give_places(site: Site, trips: list[int]) -> None:

    site.session.add_all(PoolRow(trip_id=one, kind=PoolKind.OPEN, key="", size=10, bound=10, taken=0) for one in trips)
    site.session.commit()


def test_another_organisations_trips_are_not_there(site: Site) -> None:
    site.publish()
    site.publish(make_organisation("another"), key="theirs")
    assert all("theirs" not in link for link in seen(site).links)
