"""Organisers who let people in, while others sign up for the same place; what each process does, with the guard on and off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import Update, select
from sqlalchemy.orm import Session

from tests.races.mixed import unlocked
from tripkit.actions import seating
from tripkit.actions.promote_waiting import promote_waiting
from tripkit.domain.bookings import ByOrganiser
from tripkit.domain.refusals import Refusal
from tripkit.storage.bookings import ParticipantRow, WaitingRow
from tripkit.testing import booked, make_moment, make_participant


def let_in_or_sign_up(session: Session, trip_id: int, number: int) -> Counter[str]:
    """Every other process lets in whoever waits, one by one; the others sign up, one by one."""
    return _let_in(session, trip_id) if number % 2 else _sign_up(session, trip_id, number)


def unguarded(session: Session, trip_id: int, number: int) -> Counter[str]:
    """The same, when nobody waits for anybody, and what was decided is written down without asking whether it still fits."""
    with unlocked(), _guard_off():
        return let_in_or_sign_up(session, trip_id, number)


def _let_in(session: Session, trip_id: int) -> Counter[str]:
    waiting = session.execute(
        select(ParticipantRow.id, ParticipantRow.booking_id)
        .join(WaitingRow, WaitingRow.participant_id == ParticipantRow.id)
        .where(WaitingRow.trip_id == trip_id)
        .order_by(WaitingRow.id)
    ).all()
    session.rollback()
    found: Counter[str] = Counter()
    for person in waiting:
        by = ByOrganiser(why="Leder passet")
        one = {"booking_id": person.booking_id, "participant_ids": [person.id]}
        try:
            promote_waiting(session, moment=make_moment(actor="account"), by=by, **one)
            found["let in"] += 1
        except Refusal:
            found["refused"] += 1
    return found


def _sign_up(session: Session, trip_id: int, number: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for nth in range(4):
        made = booked(
            session, trip_id, [make_participant(f"Person {number}-{nth}")], form_key=f"race-{number}-{nth:016}"
        )
        found.update(status.value for status in made.statuses)
    return found


@contextmanager
def _guard_off() -> Iterator[None]:
    """The update of the counters asks nothing, and their check in the database lets everything through."""
    guarded: Any = seating._guarded

    def unguarded_update(pools: int) -> Update:
        update: Update = guarded.__wrapped__(pools)
        bare = update._generate()
        bare._where_criteria = update._where_criteria[:1]
        return bare

    with mock.patch.object(seating, "_guarded", unguarded_update):
        yield
