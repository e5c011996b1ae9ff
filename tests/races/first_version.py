"""People who sign up on the first version, as a process of its own: its statements, which know its tables and no others.

``python -m tests.races.first_version URL``: signs up one after the other until its standard input is closed, then says
as JSON how many have their booking, and what went wrong.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from itertools import count
from threading import Event, Thread
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, func, select, update

from tests.storage.neighbours import tables_of
from tripkit.storage import open_engine
from tripkit.storage.revision import revisions
from tripkit.storage.session import writing

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def sign_up(connection: Connection, tables: MetaData, name: str) -> int:
    """A booking with one participant, in the transaction that is open: rows, counter, message and log, as `book_places`."""
    pool, booking, participant, claim, outbox, audit = (
        tables.tables[table] for table in ("pool", "booking", "participant", "claim", "outbox", "audit")
    )
    pools = connection.execute(select(pool).order_by(pool.c.id).with_for_update()).mappings().all()
    place = pools[0]
    connection.execute(update(pool).where(pool.c.id == place["id"]).values(taken=pool.c.taken + 1))
    booked: dict[str, Any] = {
        "trip_id": place["trip_id"],
        "code": name,
        "form_key": name,
        "form_digest": "",
        "contact_name": name,
        "contact_email": f"{name}@tripkit.example",
        "organisation": "",
        "invoice_address": "",
        "invoice_reference": "",
        "language": "sv",
        "together": False,
        "terms_version": "1",
        "booked_at": NOW,
    }
    booking_id = connection.execute(booking.insert(), booked).inserted_primary_key[0]
    who = {"booking_id": booking_id, "trip_id": place["trip_id"], "name": name, "segment": "city"}
    made = connection.execute(participant.insert(), {**who, "status": "confirmed", "price": {}, "wished": []})
    connection.execute(claim.insert(), {"participant_id": made.inserted_primary_key[0], "pool_id": place["id"]})
    message = {"booking_id": booking_id, "kind": "confirmed", "recipient": name, "language": "sv", "payload": {}}
    connection.execute(
        outbox.insert(),
        {**message, "message_id": name, "created_at": NOW, "state": "waiting", "attempts": 0, "next_at": NOW},
    )
    entry = {"at": NOW, "actor": "contact", "origin": "", "action": "book", "reason": "", "details": {}}
    connection.execute(audit.insert(), {**entry, "trip_id": place["trip_id"], "booking_id": booking_id})
    return int(booking_id)


def look(engine: Engine, tables: MetaData, booking_id: int) -> None:
    """The receipt: every column of the booking, its people and its messages."""
    with engine.connect() as connection:
        for table, column in (("booking", "id"), ("participant", "booking_id"), ("outbox", "booking_id")):
            found = tables.tables[table]
            rows = connection.execute(select(found).where(found.c[column] == booking_id)).mappings().all()
            assert len(rows) == 1, table
        trip = tables.tables["trip"]
        assert connection.scalar(select(func.count()).select_from(trip)) == 1


def main(url: str) -> None:
    """Sign up until told to stop."""
    tables, engine = tables_of(revisions()[0]), open_engine(url)
    stop = Event()
    Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    done, wrong = 0, []
    _say("ready")
    for number in count():
        if stop.is_set():
            break
        try:
            with writing(engine) as connection:
                booked = sign_up(connection, tables, f"{os.getpid()}-{number}")
            look(engine, tables, booked)
            done += 1
        except Exception as error:  # noqa: BLE001 (whatever it is, somebody saw it)
            wrong.append(f"{type(error).__name__}: {error}"[:500])
    engine.dispose()
    _say(json.dumps({"done": done, "wrong": wrong[:5]}))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
