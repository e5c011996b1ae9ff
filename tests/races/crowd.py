"""A crowd of processes that sign up at the same moment, each on its own connection; run by the tests beside it."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from random import Random
from typing import Any
from unittest import mock

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tripkit.actions import book_places as booking_module
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.seating import Oversold, Seating, lock_seating
from tripkit.domain.refusals import Refusal
from tripkit.domain.seats import changes
from tripkit.storage import open_engine, sessions, write
from tripkit.storage.bookings import ParticipantRow, PoolRow
from tripkit.testing import booked, make_moment, make_participant

Work = Callable[[Session, int, int], Counter[str]]
"""What one process does: session, trip id, its number; what became of it."""


def run(work: Work, url: str, trip_id: int, processes: int) -> Counter[str]:
    """Let so many processes work at once; they begin together when all have connected."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes)
    results = context.SimpleQueue()
    crowd = [
        context.Process(target=_member, args=(work, url, trip_id, number, barrier, results))
        for number in range(processes)
    ]
    for process in crowd:
        process.start()
    found: Counter[str] = Counter()
    for _ in crowd:
        found += results.get()
    for process in crowd:
        process.join(60)
        assert process.exitcode == 0
    return found


def _member(work: Work, url: str, trip_id: int, number: int, barrier: Barrier, results: Any) -> None:
    engine = open_engine(url)
    with sessions(engine)() as session:
        session.connection()
        session.rollback()
        barrier.wait(60)
        try:
            found = work(session, trip_id, number)
        except Exception as error:  # noqa: BLE001 (whatever goes wrong in one process is counted by the test)
            found = Counter({f"{type(error).__name__}: {error}"[:300]: 1})
        results.put(found)
    engine.dispose()


def sign_up_one_by_one(session: Session, trip_id: int, number: int, *, people: int) -> Counter[str]:
    """Sign up so many people, one booking each."""
    found: Counter[str] = Counter()
    for nth in range(people):
        form = f"crowd-{number}-{nth}"
        try:
            made = booked(session, trip_id, [make_participant(f"Person {number}-{nth}")], form_key=form)
        except Oversold:
            found["stopped by the guard"] += 1
        else:
            found.update(status.value for status in made.statuses)
    return found


def come_and_go(session: Session, trip_id: int, number: int, *, rounds: int) -> Counter[str]:
    """Sign up parties with visits, and cancel some of them, in an order of this process's own."""
    chance = Random(number)
    mine: list[int] = []
    found: Counter[str] = Counter()
    for nth in range(rounds):
        if mine and chance.random() < 0.4:
            booking = mine.pop(chance.randrange(len(mine)))
            people = session.scalars(select(ParticipantRow.id).where(ParticipantRow.booking_id == booking)).all()
            session.rollback()
            leaving = chance.sample(list(people), chance.randint(1, len(people)))
            try:
                cancel_participants(session, booking_id=booking, participant_ids=leaving, moment=make_moment())
                found["cancelled"] += 1
            except Refusal:
                found["refused"] += 1
            continue
        party = [
            make_participant(
                f"Person {number}-{nth}-{one}",
                chance.choice(["city", "police"]),
                items=(chance.choice(["port", "mill"]),),
            )
            for one in range(chance.randint(1, 4))
        ]
        try:
            made = booked(session, trip_id, party, form_key=f"crowd-{number}-{nth}", together=chance.random() < 0.5)
            mine.append(made.booking_id)
            found["booked"] += 1
        except Refusal:
            found["refused"] += 1
    return found


def send_the_same_form(session: Session, trip_id: int, number: int) -> Counter[str]:
    """Send one form, the same in every process."""
    made = booked(
        session,
        trip_id,
        [make_participant("Åsa Ek")],
        form_key="the same",
        contact_name="Åsa Ek",
        contact_email="asa@tripkit.example",
    )
    return Counter({made.code: 1})


def without_lock(session: Session, trip_id: int, number: int, *, people: int) -> Counter[str]:
    """As `sign_up_one_by_one`, deciding on what was read before the writing transaction began: no lock is held."""
    with lock_off(trip_id):
        return sign_up_one_by_one(session, trip_id, number, people=people)


def without_guard(session: Session, trip_id: int, number: int, *, people: int) -> Counter[str]:
    """As `without_lock`, and what was decided is written down without asking whether it still fits."""
    with guard_off(trip_id):
        return sign_up_one_by_one(session, trip_id, number, people=people)


@contextmanager
def guard_off(trip_id: int) -> Iterator[None]:
    """Write down what was decided on an earlier look, whatever has happened since; for one thread at a time."""
    with lock_off(trip_id), mock.patch.object(booking_module, "save_seats", _write_down):
        yield


@contextmanager
def lock_off(trip_id: int) -> Iterator[None]:
    """Read the seats first and open the writing transaction after, as a page that trusts what it has shown would."""
    read: list[Seating] = []

    @contextmanager
    def look_then_write(session: Session) -> Iterator[None]:
        with mock.patch.object(Session, "execute", _without_locking(Session.execute)):
            read.append(lock_seating(session, trip_id))
        session.rollback()
        with write(session):
            yield

    with (
        mock.patch.object(booking_module, "write", look_then_write),
        mock.patch.object(booking_module, "lock_seating", side_effect=lambda *_: read.pop()),
    ):
        yield


def _without_locking(execute: Any) -> Any:
    def run_it(self: Session, statement: Any, *args: Any, **values: Any) -> Any:
        if getattr(statement, "_for_update_arg", None) is not None:
            statement = _plain(statement)
        return execute(self, statement, *args, **values)

    return run_it


def _plain(statement: Any) -> Any:
    copy = statement._generate()
    copy._for_update_arg = None
    return copy


def _write_down(session: Session, seating: Seating) -> None:
    for pool_id, (people, _) in changes(seating._saved, seating.seats.pools).items():
        taken = seating._saved[pool_id].taken + people
        session.execute(update(PoolRow).where(PoolRow.id == pool_id).values(taken=taken))
