"""A database that goes away for a moment while a worker lives: what it had in hand is neither stuck nor sent again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from unittest import mock

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.domain.bookings import Moment
from tripkit.storage import open_engine, sessions, write
from tripkit.storage import session as session_module
from tripkit.storage.work import JobRow
from tripkit.testing import NOW
from tripkit.worker import delivery
from tripkit.worker.delivery import deliver_due
from tripkit.worker.heart import Heart, Passer
from tripkit.worker.in_hand import InHand
from tripkit.worker.jobs import Job, run_jobs
from tripkit.worker.smtp import Smtp


class Shaky:
    """A database that goes away and comes back, seen by one worker."""

    def __init__(self, engine: Engine) -> None:
        self._real = engine
        with mock.patch.object(session_module, "BUSY_SECONDS", 0.2):  # Nobody need wait for half a minute.
            self.engine = open_engine(engine.url.render_as_string(hide_password=False))
            with self.engine.connect():
                pass
        self._lock: sqlite3.Connection | None = None

    def go_away(self) -> None:
        """PostgreSQL cuts every line and takes no new one; SQLite's file is kept locked by somebody."""
        if self._real.dialect.name == "sqlite":
            self._lock = sqlite3.connect(
                str(self._real.url.database), isolation_level=None, check_same_thread=False, timeout=30
            )
            self._lock.execute("BEGIN IMMEDIATE")
            return
        self._let_in(False)

    def come_back(self) -> None:
        if self._real.dialect.name == "postgresql":
            self._let_in(True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _let_in(self, anybody: bool) -> None:
        server = create_engine(self._real.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        name = self._real.url.database
        with server.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {anybody}'))
            if not anybody:
                connection.execute(
                    text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
                )
        server.dispose()


@pytest.fixture
def shaky(engine: Engine) -> Iterator[Shaky]:
    made = Shaky(engine)
    yield made
    made.come_back()
    made.engine.dispose()


@pytest.fixture
def heart(shaky: Shaky) -> Heart:
    made = Heart(sessions(shaky.engine), lambda: NOW)
    made.beat()
    return made


def deliver(shaky: Shaky, outbox: Outbox, heart: Heart) -> int:
    heart.beat()  # As it does every five seconds; a busy machine may have taken longer to come here.
    return at_once(shaky, outbox, heart)


def at_once(shaky: Shaky, outbox: Outbox, heart: Heart) -> int:
    return deliver_due(
        sessions(shaky.engine), Smtp(outbox.settings.mail, patience=5, long_patience=5), outbox.settings, owner=heart
    )


def cut_at_the_first(mail_server: MailServer, shaky: Shaky, outbox: Outbox) -> None:
    """The database goes away while the mail server has the first message."""
    outbox.session.close()

    def cut() -> None:
        mail_server.when_it_comes = lambda: None
        shaky.go_away()

    mail_server.when_it_comes = cut


def test_what_was_sent_while_the_database_went_away_is_noted_when_it_is_back_and_not_sent_again(
    outbox: Outbox, mail_server: MailServer, shaky: Shaky, heart: Heart
) -> None:
    for name in ("Leyla", "Jonas"):
        outbox.sign_up(name)
    cut_at_the_first(mail_server, shaky, outbox)
    with pytest.raises(OperationalError):
        deliver(shaky, outbox, heart)
    shaky.come_back()
    assert outbox.states() == [("waiting", 1), ("waiting", 0)]
    assert deliver(shaky, outbox, heart) == 1, "the other one"
    assert outbox.states() == [("sent", 1), ("sent", 1)]
    assert [row.leased_by for row in outbox.rows()] == [None, None]
    assert mail_server.addresses() == ["leyla@tripkit.example", "jonas@tripkit.example"]


def test_without_that_it_would_stay_in_the_hand_of_a_worker_that_lives(
    outbox: Outbox, mail_server: MailServer, shaky: Shaky, heart: Heart
) -> None:
    outbox.sign_up()
    cut_at_the_first(mail_server, shaky, outbox)
    with mock.patch.object(InHand, "put_right"):
        with pytest.raises(OperationalError):
            deliver(shaky, outbox, heart)
        shaky.come_back()
        heart.beat()
        assert deliver(shaky, outbox, heart) == 0
        assert outbox.deliver(timedelta(days=1)) == 0, "nor does anybody else take it: the worker's heart beats"
    assert outbox.states() == [("waiting", 1)]


def test_what_could_not_be_sent_is_free_again(
    outbox: Outbox, mail_server: MailServer, shaky: Shaky, heart: Heart
) -> None:
    outbox.sign_up()
    mail_server.at_data = ["451 Not now"]
    cut_at_the_first(mail_server, shaky, outbox)
    with pytest.raises(OperationalError):
        deliver(shaky, outbox, heart)
    shaky.come_back()
    assert deliver(shaky, outbox, heart) == 1
    assert len(mail_server.took) == 1


def test_a_message_is_not_blamed_for_connections_that_are_all_in_use(
    outbox: Outbox, mail_server: MailServer, shaky: Shaky, heart: Heart
) -> None:
    outbox.sign_up()
    with mock.patch.object(delivery, "letter_of", side_effect=PoolTimeout), pytest.raises(PoolTimeout):
        deliver(shaky, outbox, heart)
    assert outbox.row().last_error is None
    assert deliver(shaky, outbox, heart) == 1, "at once"


def test_a_commit_that_came_through_while_its_answer_was_lost_leaves_nothing_in_hand(
    outbox: Outbox, mail_server: MailServer, shaky: Shaky, heart: Heart
) -> None:
    outbox.sign_up()
    commit = Session.commit

    def commit_and_lose_the_line(self: Session) -> None:
        commit(self)
        raise OperationalError("COMMIT", {}, Exception("the line was lost"))

    with mock.patch.object(Session, "commit", commit_and_lose_the_line), pytest.raises(OperationalError):
        at_once(shaky, outbox, heart)
    assert outbox.row().leased_by == heart.id
    assert deliver(shaky, outbox, heart) == 1


def test_what_another_thread_of_the_worker_is_sending_is_left_alone(outbox: Outbox, heart: Heart) -> None:
    outbox.sign_up()
    number = outbox.row().id
    with heart.in_hand.taking() as taken:
        taken(number)
    row = outbox.row()
    with write(outbox.session):
        row = outbox.row()
        row.leased_by = heart.id
        outbox.session.commit()
    heart.in_hand.let_go(-1, noted=False)
    heart.in_hand.put_right(outbox.session, heart.id)
    assert outbox.row().leased_by == heart.id


def lose_the_end(shaky: Shaky) -> Callable[..., int]:
    def work(session: Session, *, moment: Moment) -> int:
        session.rollback()
        shaky.go_away()
        return 7

    return work


def test_a_job_whose_end_could_not_be_noted_is_done_again(outbox: Outbox, shaky: Shaky, heart: Heart) -> None:
    outbox.session.close()
    job = Job("sample", timedelta(seconds=20), lose_the_end(shaky))
    with suppress(DBAPIError):
        run_jobs(sessions(shaky.engine), heart, lambda: NOW, jobs=[job])
    shaky.come_back()
    held = outbox.session.get(JobRow, "sample")
    assert held is not None and held.held_by == heart.id
    outbox.session.close()
    again = [Job("sample", timedelta(seconds=20), mock.Mock(return_value=3))]
    assert run_jobs(sessions(shaky.engine), Passer(), lambda: NOW, jobs=again) == 0, "nobody else may: its heart beats"
    assert run_jobs(sessions(shaky.engine), heart, lambda: NOW, jobs=again) == 3


def test_a_job_that_another_thread_of_the_worker_is_at_is_left_alone(outbox: Outbox, heart: Heart) -> None:
    inner: list[int] = []

    def work(session: Session, *, moment: Moment) -> int:
        session.rollback()
        inner.append(run_jobs(sessions(outbox.engine), heart, lambda: NOW, jobs=[job]))
        return 1

    job = Job("sample", timedelta(seconds=20), work)
    assert run_jobs(sessions(outbox.engine), heart, lambda: NOW, jobs=[job]) == 1
    assert inner == [0]
