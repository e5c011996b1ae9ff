"""What is counted after a fault: everybody has one booking, every message arrived, twice only where nobody could tell."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine, func, select

from tests.faults.people import Person
from tests.faults.site import Mail, wait_for
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import sessions
from tripkit.storage.bookings import BookingRow, ParticipantRow, PoolRow
from tripkit.storage.outbox import MAY_BE_TWICE, OutboxRow

COUNTED = os.environ.get("TRIPKIT_TEST_COUNTED", "")
"""A file for what is counted, a line for each time; empty = nobody wants it."""
_MARKED = OutboxRow.last_error.startswith(MAY_BE_TWICE)


def waiting(engine: Engine) -> int:
    """Messages that are not sent yet."""
    with sessions(engine)() as session:
        return session.scalar(select(func.count()).where(OutboxRow.state == "waiting")) or 0


def judge(engine: Engine, people: Iterable[Person], mail: Mail, *, twice: int = 0, dead: int = 0) -> int:
    """Count, and fail if anything is lost, doubled or oversold. How many messages were taken twice.

    ``twice``: how many may have been, because SMTP could not tell; ``dead``: how many the mail server refused for good.
    """
    everybody = list(people)
    wait_for(lambda: waiting(engine) == 0, "messages still wait", patience=90)
    with sessions(engine)() as session:
        codes = {
            row.contact_email: row.code for row in session.execute(select(BookingRow.contact_email, BookingRow.code))
        }
        bookings = session.scalar(select(func.count()).select_from(BookingRow))
        placed = session.scalar(select(func.count()).where(ParticipantRow.status == "confirmed"))
        pools = session.scalars(select(PoolRow)).all()
        ids = {row.message_id: row.state for row in session.scalars(select(OutboxRow))}
        in_doubt = {row.message_id for row in session.scalars(select(OutboxRow).where(_MARKED))}
        assert pool_recount(session) == ()
    assert all(pool.bound is None or pool.taken <= pool.bound for pool in pools)
    assert codes == {person.address: person.code for person in everybody}
    assert bookings == len(everybody), "nobody has two bookings, and nobody's is lost"
    assert placed is not None
    states = Counter(ids.values())
    assert states == Counter({"sent": len(ids) - dead, "dead": dead}) - Counter(), states
    times = {key.strip("<>").partition("@")[0]: number for key, number in mail.times().items()}
    assert set(times) == {key for key, state in ids.items() if state == "sent"}, "every message arrived, and no other"
    doubled = sum(number - 1 for number in times.values())
    assert doubled <= twice, f"{doubled} messages were taken twice, at most {twice} could not be told"
    assert {key for key, number in times.items() if number > 1} <= in_doubt, "whoever runs the server can see which"
    note(mail, bookings=bookings, sent=states["sent"], doubled=doubled, lost=states["sent"] - len(times))
    return doubled


def note(mail: Mail, **counted: int) -> None:
    """Write down what was counted, where somebody wants it: see `docs/write_faults.py`."""
    if COUNTED:
        test = os.environ["PYTEST_CURRENT_TEST"].partition("::")[2].partition(" (")[0]
        with Path(COUNTED).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"site": str(mail.folder), "test": test, **counted}) + "\n")
