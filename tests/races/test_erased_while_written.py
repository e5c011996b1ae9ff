"""A booking is erased while others write of it: nothing of it stays behind, and nobody waits for each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Engine, Select, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tripkit.actions import fill_campaigns as filling
from tripkit.actions import note_bounce as noting
from tripkit.actions.erase_booking import erase_booking
from tripkit.actions.erase_ended import erase_ended
from tripkit.domain.campaigns import Audience, CampaignState
from tripkit.domain.deadlines import erased_at
from tripkit.storage import sessions
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, applied, booked, both, make_moment, make_trip

PATIENCE = 20.0
"""Seconds after which a thread that should have ended is a fault of the test's own."""


@contextmanager
def writing_paused(at: Event, go_on: Event) -> Iterator[None]:
    """Letters are written up to the moment before they go into the outbox, and wait there."""
    real = filling.make_links

    def pause(*args: Any, **more: Any) -> Any:
        at.set()
        go_on.wait(PATIENCE)
        return real(*args, **more)

    with mock.patch.object(filling, "make_links", pause):
        yield


def race(engine: Engine) -> list[str]:
    """Erase the trip while its letter is being written; the recipients that are left in the outbox."""
    trip = make_trip(retention_days=90)
    with sessions(engine)() as session:
        trip_id = applied(session, trip)
        booked(session, trip_id)
        row = CampaignRow(
            trip_id=trip_id,
            key="late",
            subject=both("Tack", "Thanks"),
            text=both("Tack!", "Thanks!"),
            audience=Audience(),
            essential=True,
            state=CampaignState.SENDING,
            made_at=NOW,
        )
        session.add(row)
        session.commit()
    late = make_moment(erased_at(trip), "worker")
    at, go_on = Event(), Event()

    def write_letters() -> None:
        with sessions(engine)() as session:
            filling.fill_campaigns(session, moment=late)

    def erase() -> None:
        with sessions(engine)() as session:
            erase_ended(session, moment=late)

    with writing_paused(at, go_on), ThreadPoolExecutor() as threads:
        writer = threads.submit(write_letters)
        assert at.wait(PATIENCE)
        eraser = threads.submit(erase)
        wait([eraser], 2.0)  # As far as it comes: to the lock, or through.
        go_on.set()
        writer.result(PATIENCE)
        eraser.result(PATIENCE)
    with sessions(engine)() as session:
        return list(session.scalars(select(OutboxRow.recipient).where(OutboxRow.kind == "letter")))


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # SQLite has one writer at a time.
def test_without_the_lock_an_address_stays_behind(engine: Engine) -> None:
    real = Select.with_for_update

    def without(statement: Any, **how: Any) -> Any:
        return statement if how.get("read") else real(statement, **how)

    with mock.patch.object(Select, "with_for_update", without):
        assert race(engine) != [""]


def test_whoever_writes_a_letter_holds_what_is_to_be_erased(engine: Engine) -> None:
    assert race(engine) == [""]


def bounce_while_erased(engine: Engine) -> list[str]:
    """Note that a message came back while its booking is erased; what went wrong in either."""
    with sessions(engine)() as session:
        made = booked(session, applied(session))
        session.execute(update(OutboxRow).values(attempts=1, state="sent"))
        session.commit()
        message = session.scalars(select(OutboxRow.message_id)).one()
    at, go_on, wrong = Event(), Event(), list[str]()
    real = noting.audit

    def pause(*args: Any, **more: Any) -> None:
        at.set()
        go_on.wait(PATIENCE)
        real(*args, **more)

    def run(work: Callable[[Session], object]) -> None:
        with sessions(engine)() as session:
            try:
                work(session)
            except OperationalError as error:
                wrong.append(type(error.orig).__name__)

    def note(session: Session) -> None:
        noting.note_bounce(session, message_id=message, status="5.1.1", is_lost=True, moment=make_moment())

    def erase(session: Session) -> None:
        erase_booking(session, code=made.code, cancel=True, reason="Asked for it", moment=make_moment())

    with mock.patch.object(noting, "audit", pause), ThreadPoolExecutor() as threads:
        noting_it = threads.submit(run, note)
        assert at.wait(PATIENCE)
        erasing = threads.submit(run, erase)
        wait([erasing], 2.0)  # As far as it comes: to the message that the other one holds.
        go_on.set()
        noting_it.result(PATIENCE)
        erasing.result(PATIENCE)
    return wrong


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_lock_that_shuts_everybody_out_would_end_in_a_deadlock(engine: Engine) -> None:
    real = Select.with_for_update

    def without(statement: Any, **how: Any) -> Any:
        return real(statement, **{name: value for name, value in how.items() if name != "key_share"})

    with mock.patch.object(Select, "with_for_update", without):
        assert bounce_while_erased(engine) == ["DeadlockDetected"]


def test_who_notes_that_a_message_came_back_and_who_erases_let_each_other_through(engine: Engine) -> None:
    assert bounce_while_erased(engine) == []
    with sessions(engine)() as session:
        assert session.scalars(select(OutboxRow.recipient)).all() == [""]
