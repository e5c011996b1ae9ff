"""What one thing asked of a site costs: statements, rows the database looked at, milliseconds, bytes; no table, no report."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from bench.askers import Asker, browser_of, filled_in
from bench.grown_rows import NOW
from bench.look import Look
from bench.looks import METRICS_TOKEN
from bench.served import DATA_KEYS
from bench.works import Work
from tripkit.app import create_app
from tripkit.settings import Clock, Settings
from tripkit.storage import db

RUNS = 4
"""How often each is done; the first time is not timed, since it finds nothing in memory."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one thing costs.

    ``rows``: that the database looked at, None where it does not say; ``size``: bytes answered; ``peak``: bytes of memory
    taken meanwhile, where it was looked at.
    """

    statements: int
    rows: int | None
    milliseconds: float
    size: int
    peak: int | None = None


class Meter:
    """Counts what a database is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._counts_rows = engine.dialect.name == "postgresql"

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The statements of the block, on whatever engine."""
        found: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith("BEGIN"):
                found.append(statement)

        event.listen(Engine, "before_cursor_execute", note)  # Commands open engines of their own.
        try:
            yield found
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    def rows(self) -> int | None:
        """How many rows the database has looked at so far, in tables and through indexes."""
        if not self._counts_rows:
            return None
        with self._engine.connect() as connection:
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
            connection.commit()
            read = "(SELECT sum(seq_tup_read) FROM pg_stat_user_tables) + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)"
            return int(connection.scalar(text(f"SELECT {read}")) or 0)


def site_on(url: str) -> tuple[Flask, Engine]:
    """The application on a grown database, as it stands at that moment, and its engine."""
    settings = Settings(
        database_url=url,
        secret_key="only for measuring, 32 signs....",
        data_keys=DATA_KEYS,
        clock=Clock(NOW),
        metrics_token=METRICS_TOKEN,
    )
    app = create_app(settings)
    with app.app_context():
        return app, db.engine


def cost_of_look(app: Flask, meter: Meter, look: Look, who: Sequence[Asker], runs: int = RUNS) -> Cost:
    """What a request costs: every time by somebody else if it changes something, and with no page in memory."""
    costs = []
    for asker in who[:runs] if look.method == "POST" else [who[0]] * runs:
        client, path = browser_of(app, asker), look.path.format_map(asker)
        fields = None
        if look.method == "POST":
            fields = filled_in(client, look.form or look.path, look.fields, asker)
        for kept in ("tripkit_pages", "tripkit_trips", "tripkit_readiness", "tripkit_hosts"):
            app.extensions.pop(kept, None)

        def ask(client: Any = client, path: str = path, fields: dict[str, str] | None = fields) -> int:
            answer = client.open(
                path, method=look.method, data=fields, headers={"Accept-Language": "en", **look.headers}
            )
            assert answer.status_code == look.status, f"{look.name}: {answer.status_code}, {answer.text[:300]}"
            return len(answer.data)

        costs.append(_cost(meter, ask))
    return _sum_up(costs)


def cost_of_work(
    make_session: Callable[[], Session], meter: Meter, work: Work, *, runs: int = RUNS, with_memory: bool = False
) -> Cost:
    """What a job or a command costs. ``with_memory``: and how much memory it takes at most, done once more for that."""
    with make_session() as session:

        def do() -> int:
            work.do(session)
            session.rollback()
            return 0

        cost = _sum_up([_cost(meter, do) for _ in range(1 if work.once else runs)])
        if work.once or not with_memory:
            return cost
        tracemalloc.start()  # A time of its own: it makes everything slower.
        do()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return replace(cost, peak=peak)


def _cost(meter: Meter, do: Callable[[], int]) -> Cost:
    before = meter.rows()
    with meter.counting() as statements:
        began = time.perf_counter()
        size = do()
        took = (time.perf_counter() - began) * 1000
    after = meter.rows()
    rows = None if before is None or after is None else after - before
    return Cost(len(statements), rows, took, size)


def _sum_up(costs: Sequence[Cost]) -> Cost:
    """The most statements and rows, the median time, of all but the first."""
    later = costs[1:] or costs
    rows = [cost.rows for cost in later if cost.rows is not None]
    return Cost(
        max(cost.statements for cost in later),
        max(rows) if rows else None,
        statistics.median(cost.milliseconds for cost in later),
        max(cost.size for cost in later),
    )
