"""What works on a site without a visitor: jobs, delivery and commands that look, each with the statements it may send."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.grown_rows import NOW, SOON
from bench.grown_trips import LOOKED_AT
from bench.requests import HOST
from bench.served import DATA_KEYS
from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.cli import main
from tripkit.domain.bookings import Moment
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage.bookings import OfferRow
from tripkit.worker.heart import Passer
from tripkit.worker.jobs import JOBS
from tripkit.worker.leases import Limits, due, lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of work. ``statements``: how many it may send at most; ``once``: done a second time, it finds nothing to do."""

    name: str
    do: Callable[[Session], object]
    statements: int
    once: bool = False


def _moment(at: datetime) -> Moment:
    return Moment(at=at, actor="worker", origin="bench")


def _expire_one(session: Session) -> None:
    first = session.scalar(select(func.min(OfferRow.until)).where(OfferRow.state == "open"))
    assert first is not None
    assert expire_offers(session, moment=_moment(first)) == 1


def _release(session: Session) -> None:
    assert release_guarantees(session, moment=_moment(SOON)) == 1


def _lease(session: Session) -> None:
    assert lease(session, Passer(), NOW, Limits())


def _idle(work: Callable[..., int], session: Session) -> None:
    assert work(session, moment=_moment(NOW)) == 0


WORKS: tuple[Work, ...] = (
    *(Work(name=f"job {job.name}, nothing due", do=partial(_idle, job.work), statements=1) for job in JOBS),
    Work(name="count messages that are due, up to 20", do=lambda session: due(session, NOW, at_most=20), statements=1),
    Work(name="take a message in hand", do=_lease, statements=3),
    Work(name="recount every pool", do=pool_recount, statements=1),
    Work(name="take back one offer", do=_expire_one, statements=40, once=True),
    Work(name="open one trip's guarantees", do=_release, statements=30, once=True),
)


def commands(url: str, folder: Path) -> Sequence[Work]:
    """Commands that look, on this database. ``folder``: where the trip is exported to, and planned from."""
    directory = str(folder / "exported")
    trip = f"{HOST}/{LOOKED_AT}"

    def run(*words: str) -> Callable[[Session], object]:
        def do(_: Session) -> str:
            environment = {
                "TRIPKIT_DATABASE": url,
                "TRIPKIT_SECRET_KEY": "only for measuring, 32 signs....",
                "TRIPKIT_DATA_KEYS": DATA_KEYS[0],
                "TRIPKIT_CLOCK": (NOW + timedelta(hours=2)).isoformat(),
            }
            done = CliRunner().invoke(main, list(words), env=environment)
            if done.exception is not None and not isinstance(done.exception, SystemExit):
                traceback.print_exception(done.exception)
                raise done.exception
            return done.output

        return do

    return (
        Work(name="tripkit event export", do=run("event", "export", trip, directory, "--overwrite"), statements=30),
        Work(name="tripkit event plan", do=run("event", "plan", directory), statements=40),
        Work(name="tripkit mail list", do=run("mail", "list"), statements=6),
        Work(name="tripkit mail show", do=run("mail", "show", "1"), statements=5),
        Work(name="tripkit campaign list", do=run("campaign", "list"), statements=10),
        Work(name="tripkit doctor", do=run("doctor"), statements=60),
    )
