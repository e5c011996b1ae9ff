"""Who comes on a day: the same figures as the pools, at most a hundred names a visit, the same few queries at any size."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.domain.seats import PoolKind
from tripkit.reads.day_list import MOST_NAMES, day_list
from tripkit.storage.bookings import ClaimRow, ParticipantRow, PoolRow
from tripkit.testing import NOW, applied, at, booked, make_item, make_participant, make_trip


@pytest.mark.parametrize("others", [1, 3, 10_000])
def test_it_takes_a_fixed_number_of_queries(session: Session, others: int, fill: Callable[[int, int], None]) -> None:
    trip = applied(session, make_trip(size=others + 10))
    fill(trip, others)
    mill = session.scalars(select(PoolRow).where(PoolRow.trip_id == trip, PoolRow.key == "mill")).one()
    ids = session.scalars(select(ParticipantRow.id).where(ParticipantRow.trip_id == trip)).all()
    session.add_all(ClaimRow(participant_id=one, pool_id=mill.id) for one in ids)
    mill.taken += others
    session.commit()
    day_list(session, trip_id=trip, day=None, now=NOW)
    session.rollback()
    with count_statements(session) as statements:
        found = day_list(session, trip_id=trip, day=None, now=NOW)
    assert found is not None
    assert len(statements) == 6
    heads = {one.item.key: one.heads for one in found.gatherings}
    assert (heads["lecture"], heads["mill"], heads["port"], found.heads) == (others, others, 0, others)
    names = {one.item.key: one.comers for one in found.gatherings}
    assert (names["lecture"], len(names["mill"] or ()), len(found.everybody)) == (
        None,
        min(others, MOST_NAMES),
        min(others, MOST_NAMES),
    )


def test_heads_are_the_figures_of_the_pools(session: Session) -> None:
    trip = applied(session)
    booked(session, trip, [make_participant(items=("port", "late")) for _ in range(3)])
    booked(session, trip, [make_participant(segment="police", items=("mill", "watch"))])
    found = day_list(session, trip_id=trip, day=date(2027, 5, 5), now=NOW)
    assert found is not None
    taken = {
        pool.key: pool.taken
        for pool in session.scalars(select(PoolRow).where(PoolRow.trip_id == trip, PoolRow.kind == PoolKind.ITEM))
    }
    assert {one.item.key: one.heads for one in found.gatherings if one.item.key in taken} == taken


def test_what_is_for_some_groups_counts_those_only(session: Session) -> None:
    tour = make_item("tour", at(5, 15), at(5, 16), segments=("police",))
    trip = applied(session, make_trip(programme=(*make_trip().programme, tour)))
    booked(session, trip, 3)
    booked(session, trip, segment="police")
    found = day_list(session, trip_id=trip, day=None, now=NOW)
    assert found is not None
    assert {one.item.key: one.heads for one in found.gatherings}["tour"] == 1


def test_it_opens_on_today_else_on_what_comes_next(session: Session) -> None:
    more = make_item("more", at(6, 8), at(6, 9))
    trip = applied(session, make_trip(programme=(*make_trip().programme, more)))
    first, second = date(2027, 5, 5), date(2027, 5, 6)
    for now, day in ((NOW, first), (at(5, 20), first), (at(5, 22, 30), second), (at(20, 9), first)):
        found = day_list(session, trip_id=trip, day=None, now=now)
        assert found is not None
        assert (found.day, found.days) == (day, (first, second)), now
    assert day_list(session, trip_id=trip, day=date(2027, 5, 7), now=NOW) is None
    assert day_list(session, trip_id=trip + 1, day=None, now=NOW) is None
