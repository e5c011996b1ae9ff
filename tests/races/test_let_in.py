"""An organiser lets somebody in at the moment in which others sign up: one place is given once."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.races import crowd
from tests.races.let_in import let_in_or_sign_up, unguarded
from tripkit.domain.bookings import ParticipantStatus
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage.bookings import ParticipantRow
from tripkit.testing import applied, booked, make_trip

PROCESSES, PLACES = 4, 5

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("races")]


def one_place_left(session: Session) -> int:
    """A trip with one place left, for which parties of two wait that stay together; its id."""
    trip = applied(session, make_trip(size=PLACES))
    booked(session, trip, PLACES - 1)
    for _ in range(3):
        booked(session, trip, 2, together=True)
    return trip


def placed(session: Session) -> int:
    session.rollback()
    holds = ParticipantRow.status == ParticipantStatus.CONFIRMED
    return session.scalar(select(func.count()).select_from(ParticipantRow).where(holds)) or 0


# On SQLite whoever writes has the whole database: there is nothing to switch off.
@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_without_the_guard_the_last_place_is_given_more_than_once(engine: Engine, session: Session) -> None:
    trip = one_place_left(session)
    crowd.run(unguarded, engine.url.render_as_string(hide_password=False), trip, PROCESSES)
    assert placed(session) > PLACES or pool_recount(session) != ()


def test_the_last_place_is_given_once(engine: Engine, session: Session) -> None:
    trip = one_place_left(session)
    found = crowd.run(let_in_or_sign_up, engine.url.render_as_string(hide_password=False), trip, PROCESSES)
    assert found["let in"] + found["confirmed"] == 1, found
    assert placed(session) == PLACES
    assert pool_recount(session) == ()
