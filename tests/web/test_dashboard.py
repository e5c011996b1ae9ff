"""The page of one trip: how it stands, what needs doing with the way there, and nothing that a role does not open."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from sqlalchemy import update

from tests.statements import count_statements
from tests.web.conftest import Site
from tests.web.everywhere import engine_of
from tests.web.membership import HOST, member
from tests.web.signup_visitor import Page, page
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.domain.reminders import Anchor, Reminder, Side
from tripkit.domain.rights import Role
from tripkit.storage import write
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, both, make_moment, make_participant, make_segment

TRIP = f"{HOST}trips/hamnstad/"
REMINDER = Reminder(
    key="soon",
    days=3,
    side=Side.BEFORE,
    anchor=Anchor.TRIP_STARTS,
    clock=time(9),
    subject=both("Snart", "Soon"),
    text={},
)
SEGMENTS = (make_segment("city", at_most=3), make_segment("police", guaranteed=2, guaranteed_until=NOW.replace(day=9)))


@pytest.fixture
def full(site: Site) -> Site:
    """Two places, of which one is on offer; mail did not get through; a guarantee is soon released."""
    trip = site.publish(size=4, segments=SEGMENTS, reminders=(REMINDER,))
    first = site.book(trip, [make_participant(items=("port",), answers={"diet": "vegan"}) for _ in range(2)])
    site.book(trip, 2)
    cancel_participants(site.session, booking_id=first.booking_id, moment=make_moment())
    site.session.rollback()
    with write(site.session):
        site.session.execute(update(OutboxRow).where(OutboxRow.booking_id == first.booking_id).values(state="dead"))
    return site


def seen(site: Site, role: Role = Role.OWNER) -> Page:
    answer = member(site, role).get(TRIP, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return page(answer)


def test_it_says_how_full_everything_is_and_what_needs_doing(full: Site) -> None:
    shown = seen(full)
    for words in (
        "of 4",
        "at most 3",
        "at least 2, 0 used, 2 kept until 9 March",
        "Mail does not reach one booking",
        "2 guaranteed places are soon released",
        "The reminder “Soon” goes out",
        "What people wrote is erased; figures stay",
    ):
        assert words in shown.words, words
    for link in ("participants/?segment=city", "participants/?segment=police", "programme/port/"):
        assert any(link in one for one in shown.links), link


def test_every_link_to_what_needs_doing_leads_to_a_page(full: Site) -> None:
    owner = member(full, Role.OWNER)
    shown = page(owner.get(TRIP, headers={"Accept-Language": "en"}))
    inside = [one for one in shown.links if one.startswith(TRIP) and one != TRIP]
    assert len(inside) > 3
    assert {one: owner.get(one).status_code for one in inside if owner.get(one).status_code != 200} == {}


def test_a_role_sees_no_way_to_what_it_may_not_open(site: Site) -> None:
    site.book(site.publish(), [make_participant(answers={"diet": "vegan"})])
    site.at(datetime(2027, 5, 1, 12, 0, tzinfo=UTC))
    owner, reader = seen(site), seen(site, Role.READER)
    for links in (f"{TRIP}log/", f"{TRIP}answers/"):
        assert (links in owner.links, links in reader.links) == (True, False)
    assert "One person's answer about health or diet" in reader.words


def test_where_nothing_needs_doing_it_says_so(site: Site) -> None:
    site.publish(programme=(), choices=())
    shown = seen(site)
    assert "Nothing needs doing." in shown.words
    assert "Groups" in shown.words and "Visits" not in shown.words


def test_the_page_takes_as_many_statements_however_many_come(full: Site) -> None:
    owner = member(full, Role.OWNER)
    counts = []
    for _ in range(3):
        owner.get(TRIP)
        with count_statements(engine_of(full)) as statements:
            owner.get(TRIP)
        counts.append(len(statements))
        full.book(1, segment="police")
    assert len(set(counts)) == 1, counts
    assert counts[0] == 11
