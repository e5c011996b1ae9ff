"""A mail server, and a database with a trip in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.worker.mail_server import MailServer, serve
from tests.worker.outbox import Outbox
from tripkit.settings import Clock, Settings
from tripkit.testing import NOW, applied, make_trip


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with serve(MailServer()) as mail:
        yield mail


@pytest.fixture
def outbox(engine: Engine, session: Session, mail_server: MailServer) -> Outbox:
    """The outbox of a trip with fifty places, and what delivers it to the mail server."""
    return outbox_on(engine, session, mail_server)


@pytest.fixture
def sqlite_outbox(sqlite_engine: Engine, mail_server: MailServer) -> Iterator[Outbox]:
    """The same where one database is enough."""
    with Session(sqlite_engine) as session:
        yield outbox_on(sqlite_engine, session, mail_server)


def outbox_on(engine: Engine, session: Session, mail_server: MailServer) -> Outbox:
    settings = Settings(
        database_url=engine.url.render_as_string(hide_password=False),
        url="https://trips.example",
        mail=mail_server.url,
        clock=Clock(NOW),
    )
    return Outbox(engine, session, settings, applied(session, make_trip(size=50)))
