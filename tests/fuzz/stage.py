"""What is asked: a whole site on a database of its own, which is after every case as it was before; nothing is asked from here."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import OperationalError

from tests.conftest import DATA_KEYS
from tests.fuzz.letters import faults_in_letters
from tests.web.conftest import Site
from tests.web.everywhere import Stay, stay_at
from tripkit.actions import passwords
from tripkit.actions.join_visit_queue import join_visit_queue
from tripkit.actions.recording import make_ways_out
from tripkit.app import create_app
from tripkit.domain.trips import Admission
from tripkit.reads.trip_plan import trip_plan
from tripkit.settings import Clock, Settings
from tripkit.storage import db, open_engine, sessions, write
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.migrations import upgrade
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW, make_moment, make_organisation, make_participant
from tripkit.web.limits import Limit
from tripkit.worker.delivery import deliver_due
from tripkit.worker.transports import transport_of

STRANGER = "Kvastmira Ovetbar"
"""Stands in a booking that nobody who asks has any right to see."""
METRICS_TOKEN = "only for tests, a monitor's"
_KEPT = ("tripkit_pages", "tripkit_trips")


class Mood(StrEnum):
    """How the site is while it is asked."""

    WELL = "as always"
    LIMITED = "all limits used up"
    AWAY = "the database away"


class _UsedUp:
    """A counter that has had enough of everybody."""

    def count(self, limit: Limit, who: str) -> int | None:
        return limit.seconds

    def wait(self, limit: Limit, who: str) -> int | None:
        return limit.seconds


@dataclass
class Stage:
    """A site that is asked. ``stay``: a booking there, None = nobody has an account yet and there is nothing.

    ``never``: what no answer to anybody may hold. ``queued``: somebody who waits for a visit.

    ``way_out``: the secret in a letter to many by which one wants no more of them. ``contact``: the address of who answers for the booking.
    """

    app: Flask
    stay: Stay | None
    queued: dict[str, str]
    way_out: str
    contact: str
    never: tuple[str, ...]
    snapshot: Any = None
    changed: bool = False
    mood: Mood = Mood.WELL
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def being(self, mood: Mood) -> Iterator[None]:
        """The site in some mood, and well again afterwards."""
        self.mood = mood
        if mood is Mood.LIMITED:
            self.app.extensions["tripkit_limiter"] = _UsedUp()
        yield
        self.app.extensions.pop("tripkit_limiter", None)
        self.mood = Mood.WELL

    def faults_in_letters(self) -> Iterator[str]:
        """Deliver the messages that wait; what is wrong with them."""
        yield from faults_in_letters(self.engine, self.app.extensions["tripkit"])

    def keep(self) -> None:
        """From now on, what is there now is what is put back."""
        self.snapshot, self.changed = _taken(self.engine), False

    def restore(self) -> None:
        """Make everything as it was, if anything was changed: a case is the same whichever came before it."""
        if self.changed:
            for name in _KEPT:
                self.app.extensions.pop(name, None)
            _put_back(self.engine, self.snapshot)
            self.changed = False

    @property
    def engine(self) -> Engine:
        """The application's own engine."""
        with self.app.app_context():
            return db.engine


class _Faults(logging.Handler):
    """Keeps what the application says of its own faults."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        self.faults.append(self.format(record))


@contextmanager
def stage(url: str, folder: Path, *, begun: bool = True) -> Iterator[Stage]:
    """A site with a trip, its bookings and another host's, on an empty database. ``folder``: for what it writes.

    ``begun``: no = nobody has an account there yet, and there is nothing.
    """
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    settings = Settings(
        database_url=url,
        secret_key="only for tests, 32 characters..",
        data_keys=DATA_KEYS,
        clock=Clock(NOW),
        url="http://localhost:5000",  # Where passkeys are good without TLS.
        mail=f"files:{folder}",
        demo=begun,
        metrics_token=METRICS_TOKEN,
    )
    app = create_app(settings)
    made = _played(app) if begun else _untouched(app)
    logger = logging.getLogger("tripkit")
    before = logger.handlers[:], logger.propagate, logger.level
    # Another stage may stand beside this one: each hears of every fault, and forgets them before it asks.
    others = [one for one in logger.handlers if isinstance(one, _Faults)]
    logger.handlers[:], logger.propagate = [*others, _Faults(made.faults)], False
    logger.setLevel(logging.ERROR)
    event.listen(made.engine, "before_cursor_execute", lambda _c, _k, statement, *_: _note(made, statement))
    try:
        with quick_passwords():
            yield made
    finally:
        logger.handlers[:], logger.propagate = before[:2]
        logger.setLevel(before[2])
        for engine in (made.engine, app.extensions.get("tripkit_watching")):
            if engine is not None:
                engine.dispose()
        if isinstance(made.snapshot, sqlite3.Connection):
            made.snapshot.close()


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Passwords that take no time to compare: as they are, each costs as much as twenty requests."""
    passwords._nobodys.cache_clear()
    with patch.object(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        yield
    passwords._nobodys.cache_clear()


def _played(app: Flask) -> Stage:
    with app.app_context():
        engine = db.engine
    with sessions(engine)() as session:
        site = Site(app, app.test_client(), session)
        site.at(NOW)
        stay = stay_at(site)
        theirs = make_organisation("another")
        other = stay_at(site, theirs)
        trip_id = session.scalars(select(ParticipantRow.trip_id).where(ParticipantRow.id == other.participant)).one()
        session.rollback()
        hidden = site.book(
            trip_id,
            [make_participant(STRANGER)],
            contact_name=STRANGER,
            contact_email="kvastmira@tripkit.example",
            organisation=STRANGER,
        )
        never = (STRANGER, "kvastmira@", other.made.code, other.made.token, hidden.code, hidden.token)
        queued, way_out = _queued(site), _way_out(site, stay)
        _draw(site)
        # An address that is asked for, and leads to this machine: whoever looks where it leads asks nobody else for that.
        with write(session):
            host = session.scalars(
                select(OrganisationRow).where(OrganisationRow.key == stay.values["organisation"])
            ).one()
            host.asked_host = "localhost"
        settings = site.app.extensions["tripkit"]
        deliver_due(sessions(engine), transport_of(settings.mail), settings)
        # Some messages to look at are enough: the demonstration's list reads them all. With files first, which have an address too.
        sent = Path(settings.mail.partition(":")[2]).glob("*.eml")
        for file in sorted(sent, key=lambda one: (b"text/calendar" not in one.read_bytes(), one.name))[3:]:
            file.unlink()
        return Stage(app, stay, queued, way_out, _contact(site, stay), never)


def _draw(site: Site) -> None:
    """A trip whose places are drawn, and somebody in the draw."""
    closes = NOW + timedelta(days=30)
    trip_id = site.publish(make_organisation("lots"), admission=Admission.DRAW, signup_closes_at=closes, size=3)
    site.book(trip_id)
    site.session.rollback()


def _untouched(app: Flask) -> Stage:
    with app.app_context(), sessions(db.engine)() as session:
        Site(app, app.test_client(), session).at(NOW)
    return Stage(app, None, {}, "", "", ())


def _queued(site: Site) -> dict[str, str]:
    """A trip whose visit to the port is full, and somebody who queues for it; what their addresses need."""
    crowd = site.publish(make_organisation("crowd"), key="crowded")
    site.book(crowd, [make_participant(items=("port",)) for _ in range(4)])
    made = site.book(crowd, 2)
    first, second = site.session.scalars(
        select(ParticipantRow.id).where(ParticipantRow.booking_id == made.booking_id).order_by(ParticipantRow.id)
    ).all()
    site.session.rollback()
    join_visit_queue(site.session, booking_id=made.booking_id, participant_id=second, item="port", moment=make_moment())
    site.session.rollback()
    return {
        "organisation": "crowd",
        "trip": "crowded",
        "token": made.token,
        "participant_id": str(first),
        "offer_id": "1",
    }


def _contact(site: Site, stay: Stay) -> str:
    return site.session.get_one(BookingRow, stay.made.booking_id).contact_email


def _way_out(site: Site, stay: Stay) -> str:
    booking = site.session.get_one(BookingRow, stay.made.booking_id)
    plan = trip_plan(site.session, booking.trip_id)
    assert plan is not None
    site.session.rollback()
    with write(site.session):
        return make_ways_out(site.session, [(stay.made.booking_id, "reader@tripkit.example")], plan[2], NOW)[0]


def _note(made: Stage, statement: str) -> None:
    if made.mood is Mood.AWAY:
        raise OperationalError(statement, {}, ConnectionError("it is away"))
    if not statement.lstrip().startswith(("SELECT", "BEGIN", "PRAGMA", "SET ", "SHOW")):
        made.changed = True


def _taken(engine: Engine) -> Any:
    """Everything in the database, to be put back."""
    if engine.dialect.name == "sqlite":
        memory = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(str(engine.url.database))) as there:
            there.backup(memory)
        return memory
    with engine.connect() as connection:
        return {table: [*connection.execute(table.select()).mappings()] for table in db.metadata.sorted_tables}


def _put_back(engine: Engine, snapshot: Any) -> None:
    if isinstance(snapshot, sqlite3.Connection):
        with closing(sqlite3.connect(str(engine.url.database))) as there:
            there.execute("PRAGMA synchronous = OFF")
            snapshot.backup(there)
        return
    with engine.begin() as connection:
        # The log of who did what only grows, and its guard is a trigger.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in reversed(db.metadata.sorted_tables):
            connection.execute(table.delete())
        for table, rows in snapshot.items():
            if rows:
                connection.execute(table.insert(), [dict(row) for row in rows])
