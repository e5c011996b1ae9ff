"""Who is alive: told by counters and a steady clock, whatever the clock on the wall says; the dead leave nothing behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.storage import sessions, write
from tripkit.storage.outbox import MAY_BE_TWICE
from tripkit.storage.work import JobRow, WorkerRow
from tripkit.testing import NOW
from tripkit.worker import heart as heart_module
from tripkit.worker.delivery import deliver_due
from tripkit.worker.heart import DEAD_AFTER, DIED, SURE_FOR, Heart
from tripkit.worker.in_hand import InHand
from tripkit.worker.leases import Lease, Limits, lease
from tripkit.worker.smtp import Smtp


class Steady:
    """A steady clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> Steady:
    clock = Steady()
    monkeypatch.setattr(heart_module, "monotonic", clock)
    return clock


def heart(outbox: Outbox) -> Heart:
    made = Heart(sessions(outbox.engine), lambda: NOW)
    made.beat()
    return made


def pass_by(steady: Steady, seconds: float, *beating: Heart) -> None:
    """So long passes, in which these beat as ever."""
    for _ in range(10):
        steady.seconds += seconds / 10
        for one in beating:
            one.beat()


def workers(session: Session) -> dict[str, int]:
    session.rollback()
    return {row.id: row.beat for row in session.execute(select(WorkerRow.id, WorkerRow.beat))}


def test_a_counter_that_rises_is_a_worker_that_lives(outbox: Outbox, steady: Steady) -> None:
    one, other = heart(outbox), heart(outbox)
    for _ in range(20):
        steady.seconds += DEAD_AFTER / 3
        one.beat()
        other.beat()
    assert workers(outbox.session) == {one.id: 20, other.id: 20}


def test_what_the_dead_had_in_hand_is_free_when_their_counter_has_stood_still(
    outbox: Outbox, mail_server: MailServer, steady: Steady
) -> None:
    outbox.sign_up()
    dead, alive = heart(outbox), heart(outbox)
    with sessions(outbox.engine)() as session:
        assert isinstance(lease(session, dead, NOW, Limits()), Lease)
        with write(session):
            session.add(JobRow(name="erase", due_at=NOW, held_by=dead.id, done=0, failures=0))
    alive.beat()
    pass_by(steady, DEAD_AFTER, alive)
    assert outbox.deliver(timedelta(days=1)) == 0, "not yet, whatever the time of day is"
    steady.seconds += 1
    alive.beat()
    assert set(workers(outbox.session)) == {alive.id}
    assert outbox.row().leased_by is None
    assert outbox.session.get_one(JobRow, "erase", populate_existing=True).held_by is None
    assert outbox.deliver() == 1
    assert outbox.row().last_error == f"{MAY_BE_TWICE}. {DIED}", "whether the dead one had sent it nobody knows"


def test_who_was_only_slow_comes_back_under_another_name_and_sends_nothing_it_cannot_be_sure_of(
    outbox: Outbox, mail_server: MailServer, steady: Steady
) -> None:
    outbox.sign_up()
    slow, other = heart(outbox), heart(outbox)
    other.beat()
    assert slow.is_sure()
    pass_by(steady, SURE_FOR, other)
    assert not slow.is_sure()
    sent = deliver_due(sessions(outbox.engine), Smtp(mail_server.url), outbox.settings, owner=slow)
    assert (sent, mail_server.took) == (0, []), "it does not know whether somebody took the message from it"
    assert outbox.states() == [("waiting", 0)], "and gives it back"
    pass_by(steady, DEAD_AFTER + 1, other)
    before = slow.id
    slow.beat()
    assert slow.id != before
    assert set(workers(outbox.session)) == {slow.id, other.id}
    assert deliver_due(sessions(outbox.engine), Smtp(mail_server.url), outbox.settings, owner=slow) == 1


def test_while_the_database_is_away_nobody_is_thought_dead_for_it(outbox: Outbox, steady: Steady) -> None:
    outbox.sign_up()
    sending, other = heart(outbox), heart(outbox)
    other.beat()
    with sessions(outbox.engine)() as session:
        assert isinstance(lease(session, sending, NOW, Limits()), Lease)
    steady.seconds += 10 * DEAD_AFTER
    other.beat()
    assert outbox.row().leased_by == sending.id, (
        "whoever is there again first must not take what the others are sending"
    )
    pass_by(steady, DEAD_AFTER, other)
    assert outbox.row().leased_by == sending.id
    pass_by(steady, 1, other)
    assert outbox.row().leased_by is None, "but who does not come back has died"


def test_a_message_taken_while_its_worker_gets_another_name_can_be_given_back(outbox: Outbox, steady: Steady) -> None:
    class Renamed:
        """Thought dead while it takes a message."""

        in_hand = InHand()
        id = property(lambda _: next(names))

        def is_sure(self) -> bool:
            return True

    names = iter(["before", "after"])
    outbox.sign_up()
    with sessions(outbox.engine)() as session:
        taken = lease(session, Renamed(), NOW, Limits())
    assert isinstance(taken, Lease)
    assert taken.mark == outbox.row().leased_by


def test_who_leaves_leaves_nothing_in_hand(outbox: Outbox, steady: Steady) -> None:
    outbox.sign_up()
    leaving = heart(outbox)
    with sessions(outbox.engine)() as session:
        assert isinstance(lease(session, leaving, NOW, Limits()), Lease)
    leaving.stop()
    assert workers(outbox.session) == {}
    assert outbox.row().leased_by is None


def test_a_dead_worker_that_moves_again_at_the_last_moment_is_left_alone(outbox: Outbox, steady: Steady) -> None:
    slow, other = heart(outbox), heart(outbox)
    other.beat()
    pass_by(steady, DEAD_AFTER, other)
    steady.seconds += 1
    with sessions(outbox.engine)() as session:
        standing_still = other._look_at_others(session)
        assert standing_still == [(slow.id, 0)]
        slow.beat()
        assert not heart_module._bury(session, *standing_still[0])
    assert slow.id in workers(outbox.session)
