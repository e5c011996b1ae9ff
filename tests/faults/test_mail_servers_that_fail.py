"""A mail server that refuses, puts off, is gone, hangs and cuts the line, one after the other on one site that runs on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, func, select

from tests.faults.conftest import with_trip
from tests.faults.judge import judge, waiting
from tests.faults.people import Person, sign_up
from tests.faults.site import SiteProcesses, site, wait_for
from tripkit.storage import sessions
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import MailServerRow

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("faults")]

HURRIES = """
from tripkit.worker import smtp
smtp.Smtp.__init__.__kwdefaults__.update(patience=3, long_patience=3)
"""


@dataclass
class Office:
    """A site, and all that has come of it so far."""

    engine: Engine
    site: SiteProcesses
    people: list[Person] = field(default_factory=list)
    dead: int = 0
    doubled: int = 0

    def sign_up(self, number: int) -> None:
        """So many people more."""
        self.people += [sign_up(self.site.ports) for _ in range(number)]

    def judge(self, *, twice: int = 0, dead: int = 0) -> int:
        """Count everything since the beginning; how many messages were taken twice since the last time."""
        self.dead += dead
        before = self.doubled
        self.doubled = judge(self.engine, self.people, self.site.mail, twice=before + twice, dead=self.dead)
        return self.doubled - before

    @contextmanager
    def mail_server(self, mood: str) -> Iterator[None]:
        """What the mail server does in this block; ``gone``: it is not there."""
        if mood == "gone":
            self.site.mail.stop()
        self.site.mail.be(mood)
        try:
            yield
        finally:
            self.site.mail.be("take")
            if self.site.mail.running is None:
                self.site.mail.start()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    with (
        with_trip(request, folder) as engine,
        site(folder, engine.url.render_as_string(hide_password=False)) as processes,
    ):
        processes.web(with_worker=True, before=HURRIES)
        yield Office(engine, processes)


def test_one_that_refuses_for_good_makes_nobody_else_wait(office: Office) -> None:
    with office.mail_server("refuse"):
        office.sign_up(3)
        wait_for(lambda: waiting(office.engine) == 0, "they are given up")
    office.sign_up(3)
    assert office.judge(dead=3) == 0


def tried(engine: Engine) -> int:
    with sessions(engine)() as session:
        failed = select(func.count()).where(OutboxRow.last_error.is_not(None), OutboxRow.state == "waiting")
        return session.scalar(failed) or 0


@pytest.mark.parametrize("mood", ["later", "grey", "later at data"])
def test_one_that_says_later_gets_everything_later(office: Office, mood: str) -> None:
    with office.mail_server(mood):
        office.sign_up(5)
        wait_for(lambda: tried(office.engine) == 5, "each was tried")
        assert waiting(office.engine) == 5
    assert office.judge() == 0


def test_one_that_is_gone_gets_everything_when_it_is_back(office: Office) -> None:
    def is_away() -> bool:
        with sessions(office.engine)() as session:
            server = session.get(MailServerRow, f"127.0.0.1:{office.site.mail.port}")
            return server is not None and server.failures >= 2

    with office.mail_server("gone"):
        office.sign_up(5)
        wait_for(is_away, "it was tried, and left alone")
    assert office.judge() == 0


def test_one_that_hangs_after_data_keeps_nobody_from_signing_up(office: Office) -> None:
    with office.mail_server("hang"):
        office.sign_up(3)
        wait_for(lambda: office.site.mail.reached, "it has a message, and says nothing")
        office.sign_up(3)
    assert office.judge() == 0, "it hung before it took any"


def test_a_line_dropped_after_data_is_the_one_case_nobody_can_tell(office: Office) -> None:
    before = len(office.site.mail.took())
    with office.mail_server("drop"):
        office.sign_up(3)
        wait_for(lambda: len(office.site.mail.took()) >= before + 3, "it has taken some, and said so to nobody")
    doubled = office.judge(twice=50)
    assert doubled > 0, "taken twice, each with the same Message-ID: that is how readers' programs can tell"
