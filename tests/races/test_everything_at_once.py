"""Sign-ups, cancellations, answers, changes, sweeps and resizes by many processes at once, recounted afterwards."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.emptying import empty
from tests.races import crowd, mixed
from tripkit.testing import applied

PROCESSES = 6
SECONDS = 6.0
ROUNDS = 8
EVERYTHING = {*mixed.ACTS, "refused"}

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("races")]


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_without_the_lock_the_judge_finds_what_went_wrong(migrated_postgres: Engine) -> None:
    """On PostgreSQL, where transactions run beside each other; on SQLite a writer holds the database."""
    wrong: list[str] = []
    for _ in range(ROUNDS):
        with Session(migrated_postgres) as session:
            trip = applied(session, mixed.crowded_trip())
        work = partial(mixed.do_everything_unlocked, seconds=SECONDS)
        crowd.run(work, address(migrated_postgres), trip, PROCESSES)
        wrong = mixed.faults(migrated_postgres)
        empty(migrated_postgres)
        if wrong:
            break
    assert wrong != []


def test_everything_at_once_leaves_everything_right(engine: Engine) -> None:
    found: Counter[str] = Counter()
    for number in range(ROUNDS):
        with Session(engine) as session:
            trip = applied(session, mixed.crowded_trip())
        found += crowd.run(
            partial(mixed.do_everything, seconds=SECONDS, round_number=number), address(engine), trip, PROCESSES
        )
        assert mixed.faults(engine) == []
        if set(found) >= EVERYTHING:  # A busy machine gets less done in the time.
            break
        empty(engine)
    assert set(found) == EVERYTHING, found
