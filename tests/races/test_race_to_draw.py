"""Two draws at once, and a sign-up that meets the draw: the fault first, with the guard off, then none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread
from unittest import mock

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.races import crowd
from tripkit.actions import book_places as booking
from tripkit.actions import draw_lots as drawing
from tripkit.actions.draw_lots import draw_lots
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.trips import Admission
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import sessions
from tripkit.storage.bookings import ParticipantRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import applied, booked, make_moment, make_trip

CLOSES = datetime(2027, 4, 1, 15, 0, tzinfo=UTC)
AFTER = datetime(2027, 4, 2, 8, 0, tzinfo=UTC)
PEOPLE = 12

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("races")]


def trip_with_people(session: Session) -> int:
    trip = applied(session, make_trip(admission=Admission.DRAW, signup_closes_at=CLOSES, size=20))
    for _ in range(PEOPLE):
        booked(session, trip)
    return trip


def together(engine: Engine, *works: Callable[[Session], object]) -> Counter[str]:
    """Do these at once, each on its own connection; what came of it."""
    found: list[str] = []

    def one(work: Callable[[Session], object]) -> None:
        with sessions(engine)() as session:
            try:
                found.append(str(work(session)))
            except Exception as error:  # noqa: BLE001 (whatever goes wrong is counted by the test)
                found.append(type(error).__name__)

    threads = [Thread(target=one, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(found)


def drawn(trip: int) -> Callable[[Session], object]:
    return lambda session: draw_lots(session, trip_id=trip, moment=make_moment(AFTER, "organiser"))


def confirmations(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(OutboxRow.kind == "confirmation")) or 0


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_without_the_lock_two_draws_get_into_each_others_way(engine: Engine, session: Session) -> None:
    trip = trip_with_people(session)
    session.rollback()
    both_have_looked = Barrier(2)
    with (
        mock.patch.object(Session, "execute", crowd._without_locking(Session.execute)),
        mock.patch.object(drawing, "_refuse_if_not_now", side_effect=lambda *_: both_have_looked.wait(30)),
    ):
        found = together(engine, drawn(trip), drawn(trip))
    assert found != Counter({"True": 1, "False": 1})


def test_of_several_draws_at_once_one_draws_and_everybody_is_told_once(engine: Engine, session: Session) -> None:
    trip = trip_with_people(session)
    assert together(engine, *[drawn(trip)] * 4) == {"True": 1, "False": 3}
    assert confirmations(session) == PEOPLE
    assert pool_recount(session) == ()


def test_a_sign_up_that_does_not_look_again_is_in_a_draw_that_is_over(engine: Engine, session: Session) -> None:
    trip = trip_with_people(session)
    draw_lots(session, trip_id=trip, moment=make_moment(AFTER, "organiser"))
    with mock.patch.object(booking, "is_before_draw", return_value=True):
        assert booked(session, trip).statuses == (ParticipantStatus.APPLIED,)


def test_whoever_meets_the_draw_is_in_it_or_after_it(engine: Engine, session: Session) -> None:
    trip = trip_with_people(session)
    found = together(engine, drawn(trip), *[lambda session: booked(session, trip).statuses[0].value] * 6)
    assert found["True"] == 1
    assert set(found) <= {"True", "applied", "confirmed"}
    session.rollback()
    states = Counter(session.scalars(select(ParticipantRow.status)))
    assert states == {ParticipantStatus.CONFIRMED: PEOPLE + 6}
    assert pool_recount(session) == ()
