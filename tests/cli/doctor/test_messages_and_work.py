"""The doctor on messages and on who should send them: given up, held, late, and workers that died."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session, sessionmaker

from tests.cli.doctor.conftest import Doctor
from tripkit.cli.doctor import work
from tripkit.storage import write
from tripkit.storage.bookings import BookingRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import JobRow, MailServerRow, WorkerRow
from tripkit.testing import NOW, applied, booked

AGO = timedelta(minutes=30)


def put(session: Session, *rows: object) -> None:
    with write(session):
        session.add_all(rows)


def a_worker(beat_at: datetime, name: str = "a") -> WorkerRow:
    return WorkerRow(id=name, host="web1", pid=7, started_at=NOW - AGO, beat=3, beat_at=beat_at)


def a_job(**changed: object) -> JobRow:
    values = {"name": "expire_offers", "due_at": NOW + AGO, "done": 0, "failures": 0, **changed}
    return JobRow(**values)


def a_message(**changed: object) -> OutboxRow:
    values = {
        "kind": "confirmation",
        "recipient": "leyla@tripkit.example",
        "language": "sv",
        "payload": {},
        "message_id": "<one@tripkit.example>",
        "created_at": NOW,
        "next_at": NOW,
        **changed,
    }
    return OutboxRow(**values)


def set_messages(session: Session, **values: object) -> None:
    booked(session, applied(session))
    session.execute(update(OutboxRow).values(**values))
    session.commit()


@contextmanager
def beating(engine: Engine) -> Iterator[None]:
    """A counter that rises meanwhile."""
    over, make = threading.Event(), sessionmaker(engine)

    def beat() -> None:
        while not over.wait(0.1):
            with make() as session, write(session):
                session.execute(update(WorkerRow).values(beat=WorkerRow.beat + 1))

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_message_that_is_given_up_is_named_with_its_booking(doctor: Doctor, session: Session) -> None:
    set_messages(session, state="dead", last_error="Refused: 550 No")
    code = session.query(BookingRow.code).scalar()
    session.rollback()
    assert doctor().bad == [
        ("Messages", "wrong", f"Booking {code}: the message “confirmation” is given up. Refused: 550 No")
    ]


def test_a_message_of_a_trip_that_is_given_up_is_named_with_its_trip(doctor: Doctor, session: Session) -> None:
    trip_id = applied(session)
    put(session, a_message(trip_id=trip_id, kind="bounced", state="dead"))
    assert doctor().bad == [
        ("Messages", "wrong", f"Trip {trip_id}: the message “bounced” is given up. Nobody noted why.")
    ]


def test_messages_that_are_held_are_counted(doctor: Doctor, session: Session) -> None:
    set_messages(session, state="held", created_at=NOW - AGO)
    since = f"{NOW - AGO:%Y-%m-%d %H:%M}"
    assert doctor().bad == [
        ("Messages", "warning", f"Held until somebody releases them: 1, the oldest since {since} UTC.")
    ]


def test_a_mail_server_that_is_left_in_peace_is_named_and_no_other(doctor: Doctor, session: Session) -> None:
    put(
        session,
        MailServerRow(name="127.0.0.1:1", away_until=NOW - AGO, failures=4, last_error="421 Full"),
        MailServerRow(name="the.old.one:25", away_until=NOW + AGO, failures=9),
    )
    said = doctor(TRIPKIT_MAIL="smtp://127.0.0.1:1", TRIPKIT_URL="https://trips.example", TRIPKIT_PROXIES="1")
    assert said.about("Messages")[0] == (
        "warning",
        "127.0.0.1:1 took no message 4 times in a row, and is left in peace for a while. It said: 421 Full",
    )
    with write(session):
        session.execute(update(MailServerRow).values(failures=0))
    said = doctor(TRIPKIT_MAIL="smtp://127.0.0.1:1")
    assert said.about("Messages") == [("fine", "No message waits, and none is lost.")]


def test_while_a_mail_server_is_away_its_messages_are_not_said_to_be_forgotten(
    doctor: Doctor, session: Session
) -> None:
    set_messages(session, next_at=NOW - AGO)
    put(session, a_worker(datetime.now(UTC)), MailServerRow(name="127.0.0.1:1", failures=4, last_error="421 Full"))
    work_ = doctor(TRIPKIT_MAIL="smtp://127.0.0.1:1").about("Background work")
    assert [how for how, _ in work_] == ["fine"]


def test_many_messages_that_go_one_after_the_other_are_not_forgotten(doctor: Doctor, session: Session) -> None:
    set_messages(session, next_at=NOW - AGO)
    put(session, a_worker(datetime.now(UTC)))
    assert [how for _, how, _ in doctor().bad] == ["wrong"]
    booking_id, trip_id = session.query(BookingRow.id, BookingRow.trip_id).one()
    put(session, a_message(booking_id=booking_id, trip_id=trip_id, state="sent", sent_at=NOW - timedelta(minutes=5)))
    assert doctor().bad == []


def test_a_message_that_waits_for_an_earlier_one_is_not_late(doctor: Doctor, session: Session) -> None:
    set_messages(session, next_at=NOW + AGO, last_error="Away: 451 Later", recipient="leyla@tripkit.example")
    booking_id = session.query(BookingRow.id).scalar()
    put(session, a_worker(datetime.now(UTC)), a_message(booking_id=booking_id, next_at=NOW - AGO))
    said = doctor()
    assert [how for how, _ in said.about("Background work")] == ["fine"]
    assert said.about("Messages")[0] == (
        "warning",
        "Messages that failed and are tried again: 1. One of them: Away: 451 Later",
    )


def test_messages_that_wait_a_moment_are_fine(doctor: Doctor, session: Session) -> None:
    booked(session, applied(session))
    said = doctor()
    assert said.bad == []
    assert said.about("Messages") == [
        ("fine", f"Waiting to be sent: 1, the oldest since {NOW:%Y-%m-%d %H:%M} UTC."),
    ]


def test_messages_that_are_due_with_nobody_to_send_them_are_wrong(doctor: Doctor, session: Session) -> None:
    set_messages(session, next_at=NOW - AGO)
    since = f"{NOW - AGO:%Y-%m-%d %H:%M}"
    assert doctor().bad == [
        (
            "Background work",
            "wrong",
            f"Messages are due and nobody is there to send them: 1, the oldest since {since} UTC.",
        )
    ]
    put(session, a_worker(datetime.now(UTC)))
    assert doctor().bad == [
        ("Background work", "wrong", f"Messages are due and not sent: 1, the oldest since {since} UTC.")
    ]


def test_a_message_that_is_in_hand_is_not_late(doctor: Doctor, session: Session) -> None:
    set_messages(session, next_at=NOW - AGO, leased_until=NOW + AGO, leased_by="a")
    assert doctor().bad == []


def test_a_worker_whose_beat_is_young_works(doctor: Doctor, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "sleep", lambda _: pytest.fail("what is plain is not watched"))
    put(session, a_worker(datetime.now(UTC) - timedelta(seconds=4)))
    assert doctor().about("Background work") == [
        ("fine", f"Process 7 on web1 works since {NOW - AGO:%Y-%m-%d %H:%M} UTC.")
    ]


@pytest.mark.parametrize("beat_at", [NOW - AGO, NOW + AGO], ids=["behind", "ahead"])
def test_a_worker_whose_clock_is_wrong_works_as_long_as_its_counter_rises(
    doctor: Doctor, engine: Engine, session: Session, beat_at: datetime
) -> None:
    put(session, a_worker(beat_at))
    with beating(engine):
        assert doctor().bad == []


def test_a_worker_whose_counter_stands_still_has_died(
    doctor: Doctor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "WATCHED_FOR", 0.5)
    put(session, a_worker(NOW - AGO), a_worker(datetime.now(UTC), "b"))
    since = f"{NOW - AGO:%Y-%m-%d %H:%M}"
    assert doctor().bad == [
        ("Background work", "warning", f"Process 7 on web1 has died: its counter stands still since {since} UTC.")
    ]


def test_a_worker_that_leaves_while_it_is_watched_has_not_died(
    doctor: Doctor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(session, a_worker(NOW - AGO))

    def leave(_seconds: float) -> None:
        with write(session):
            session.query(WorkerRow).delete()
        sleep(0)

    monkeypatch.setattr(work, "sleep", leave)
    assert doctor().bad == []


def test_jobs_that_are_late_are_named(doctor: Doctor, session: Session) -> None:
    put(session, a_job(due_at=NOW - AGO), a_job(name="other"))
    nobody = ("Background work", "warning", "Nobody works in the background, and this is due: expire_offers.")
    assert doctor().bad == [nobody]
    put(session, a_worker(datetime.now(UTC)))
    late = ("Background work", "warning", f"expire_offers is due since {NOW - AGO:%Y-%m-%d %H:%M} UTC.")
    assert doctor().bad == [late]
    with write(session):
        session.execute(update(JobRow).values(held_by="a"))
    assert doctor().bad == []


@pytest.mark.parametrize(("failures", "how"), [(1, "warning"), (3, "wrong")])
def test_jobs_that_fail_are_named(doctor: Doctor, session: Session, failures: int, how: str) -> None:
    put(session, a_job(failures=failures, last_error="ZeroDivisionError"))
    assert doctor().bad == [
        ("Background work", how, f"expire_offers has failed {failures} times in a row: ZeroDivisionError.")
    ]
