"""A clock on the wall that jumps an hour ahead and back: no offer ends by it, nothing is sent twice, nothing is stuck."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.faults.bookings import accept, cancel, see
from tests.faults.conftest import MakeSite
from tests.faults.judge import judge, waiting
from tests.faults.people import Person, sign_up
from tests.faults.site import SiteProcesses, wait_for
from tests.faults.trip_ahead import trip_ahead
from tests.faults.wall_clock import WallClock
from tripkit.storage import sessions
from tripkit.storage.bookings import OfferRow
from tripkit.storage.work import WorkerRow
from tripkit.testing import applied

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("faults")]

AHEAD = timedelta(hours=1, minutes=10)
OFTEN = """
from dataclasses import replace
heart.BEAT_EVERY, worker.SWEEP_EVERY = 0.25, 0.5
jobs.run_jobs.__kwdefaults__["jobs"] = tuple(
    replace(job, every=timedelta(seconds=1)) if job.name == "mend_times" else job for job in jobs.JOBS
)
"""
"""What is done every five minutes, every second; looked at twice in it."""
BELIEVES_EVERY_CLOCK = "clock_watch.STEP = timedelta(days=1)"
FREE_BY_THE_CLOCK = """
from sqlalchemy import and_, or_
from tripkit.storage.outbox import OutboxRow
def due(now):
    is_free = or_(OutboxRow.leased_by.is_(None), OutboxRow.leased_until <= now)
    return and_(OutboxRow.state == "waiting", OutboxRow.next_at <= now, is_free)
leases._is_due = due
"""
"""A lease that runs out by the clock on the wall, as leases usually do."""


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    return WallClock(tmp_path / "clock")


def beats(engine: Engine) -> dict[str, int]:
    with sessions(engine)() as session:
        return {row.id: row.beat for row in session.scalars(select(WorkerRow))}


def let_them_work(engine: Engine) -> None:
    """Until every worker has had the time for several sweeps, by its own counter."""
    before = beats(engine)
    wait_for(lambda: all(beats(engine).get(one, 0) >= beat + 10 for one, beat in before.items()), "workers work")


def offers(engine: Engine) -> list[str]:
    with sessions(engine)() as session:
        return list(session.scalars(select(OfferRow.state)))


def until_it_jumps(
    site: SiteProcesses, engine: Engine, clock: WallClock, everybody: bool, before: str = ""
) -> list[Person]:
    """One who cancelled, one with a place, and one with an offer for an hour; messages go slowly, and a clock jumps ahead.

    ``everybody``: whether it is the clock of all processes, or of one worker.
    """
    with sessions(engine)() as session:
        applied(session, trip_ahead(size=2, offer_hours=1))
    stepping = clock.environment
    site.worker("stepping", before=OFTEN + before, **stepping)
    site.worker("other", before=OFTEN + before, **(stepping if everybody else {}))
    site.web(**(stepping if everybody else {}))
    people = [sign_up(site.ports) for _ in range(3)]
    wait_for(lambda: len(beats(engine)) == 2 and waiting(engine) == 0, "all have been written to")
    site.mail.be("slow 2")
    cancel(people[0], site.ports)
    people += [sign_up(site.ports) for _ in range(2)]
    assert offers(engine) == ["open"]
    wait_for(lambda: site.mail.reached and waiting(engine) >= 2, "some are being sent, and others wait")
    clock.be_off_by(AHEAD)
    return people


WHOSE = pytest.mark.parametrize(
    ("engine", "everybody"),
    [("sqlite", True), ("postgres", False)],
    ids=["everybody's on SQLite", "one worker's on PostgreSQL"],
    indirect=["engine"],
)


@WHOSE
def test_no_offer_ends_by_a_spike_and_nothing_is_sent_twice_or_stuck(
    engine: Engine, make_site: MakeSite, clock: WallClock, everybody: bool
) -> None:
    with make_site(engine) as site:
        people = until_it_jumps(site, engine, clock, everybody)
        told = ["stepping", "other"] if everybody else ["stepping"]
        wait_for(lambda: all("the clock is off by +42" in site.log(one) for one in told), "who steps has noticed")
        people.append(sign_up(site.ports))
        let_them_work(engine)
        assert offers(engine) == ["open"]
        clock.be_off_by(timedelta())
        let_them_work(engine)
        assert offers(engine) == ["open"]
        site.mail.be("take")
        accept(people[2], site.ports)
        assert offers(engine) == ["accepted"]
        assert "confirmed" in see(people[2], site.ports).words
        assert judge(engine, people, site.mail) == 0
        assert len(beats(engine)) == 2, "nobody was thought dead"


@WHOSE
def test_without_the_watch_and_the_heartbeat_a_spike_ends_an_offer_and_sends_twice(
    engine: Engine, make_site: MakeSite, clock: WallClock, everybody: bool
) -> None:
    with make_site(engine) as site:
        until_it_jumps(site, engine, clock, everybody, BELIEVES_EVERY_CLOCK + FREE_BY_THE_CLOCK)
        wait_for(lambda: offers(engine)[0] == "expired", "the offer is taken back")
        wait_for(lambda: max(site.mail.times().values()) > 1, "a message is sent twice")
