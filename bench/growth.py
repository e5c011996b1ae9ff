"""How what is asked of an installation grows with it, as tables; `python -m bench.growth --write` puts them into the documentation."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from bench.askers import askers
from bench.costs import RUNS, Cost, Meter, cost_of_look, cost_of_work, site_on
from bench.figures import machine
from bench.grown import grow
from bench.looks import LOOKS
from bench.marked import write_between
from bench.servers import database, postgres_version
from bench.works import WORKS, commands
from tripkit.storage import open_engine, sessions
from tripkit.storage.migrations import upgrade

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
SIZES = ((1_000, 0), (10_000, 0), (100_000, 0), (1_000, 10_000))
"""Participants, and how many more wait for the trip that is looked at."""


@contextmanager
def grown_database(kind: str, folder: Path, participants: int, queue: int) -> Iterator[str]:
    """A grown database for as long as the block, tidied up as a database is that has run for a while."""
    with database(kind, folder) as url:
        engine = open_engine(url)
        upgrade(engine)
        grow(engine, participants=participants, queue=queue)
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        yield url
        engine.dispose()


def measure(url: str, folder: Path, *, runs: int = RUNS, with_memory: bool = False) -> dict[str, Cost]:
    """What everything costs, by its name. ``folder``: for what commands write."""
    app, engine = site_on(url)
    meter = Meter(engine)
    make_session = sessions(engine)
    with make_session() as session:
        who = askers(session)
    found: dict[str, Cost] = {}
    for work in (*commands(url, folder), *WORKS):
        if not work.once:
            found[work.name] = cost_of_work(make_session, meter, work, runs=runs, with_memory=with_memory)
    turn: Counter[str] = Counter()
    for look in LOOKS:
        people = who[look.who]
        at = turn[look.who] % len(people)
        found[look.name] = cost_of_look(app, meter, look, [*people[at:], *people[:at]], runs)
        turn[look.who] += runs if look.method == "POST" else 0
    for work in WORKS:
        if work.once:
            found[work.name] = cost_of_work(make_session, meter, work)
    engine.dispose()
    return found


def tables(found: dict[str, list[dict[str, Cost]]]) -> str:
    """What was measured, as Markdown. ``found``: by kind of database, a column for each size."""
    names = [look.name for look in LOOKS], [work.name for work in (*WORKS, *commands("", Path()))]
    heads = [f"{participants:,}" + (f" + {queue:,} waiting" if queue else "") for participants, queue in SIZES]
    return "\n\n".join(
        [
            *(_asked(some, found.get("PostgreSQL", []), heads) for some in names if "PostgreSQL" in found),
            *(_times(some, found, heads) for some in names),
        ]
    )


def _asked(names: Sequence[str], columns: Sequence[dict[str, Cost]], heads: Sequence[str]) -> str:
    lines = [
        "| PostgreSQL | statements | rows: " + " | ".join(heads) + " | kB answered | MB taken |",
        "|---" * (len(heads) + 4) + "|",
    ]
    for name in names:
        costs = [column[name] for column in columns]
        statements = sorted({cost.statements for cost in costs})
        said = str(statements[0]) if len(statements) == 1 else f"{statements[0]} to {statements[-1]}"
        rows = " | ".join(f"{cost.rows or 0:,}" for cost in costs)
        biggest = max(cost.size for cost in costs)
        peaks = [cost.peak for cost in costs if cost.peak is not None]
        peak = f"{max(peaks) / 1e6:.1f}" if peaks else ""
        lines.append(f"| {name} | {said} | {rows} | {f'{biggest / 1000:,.0f}' if biggest else ''} | {peak} |")
    return "\n".join(lines)


def _times(names: Sequence[str], found: dict[str, list[dict[str, Cost]]], heads: Sequence[str]) -> str:
    columns = [
        (kind, head, column) for kind, columns in found.items() for head, column in zip(heads, columns, strict=True)
    ]
    head = " | ".join(f"{kind}: {head}" if head == heads[0] else head for kind, head, _ in columns)
    lines = [f"| milliseconds | {head} |", "|---" * (len(columns) + 1) + "|"]
    lines += [
        f"| {name} | " + " | ".join(f"{column[name].milliseconds:,.1f}" for *_, column in columns) + " |"
        for name in names
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and print or write."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="Measure on SQLite only.")
    parser.add_argument("--write", action="store_true", help="Write the tables into docs/performance.md.")
    given = parser.parse_args()
    began = time.monotonic()
    postgres = None if given.sqlite else postgres_version()
    found: dict[str, list[dict[str, Cost]]] = {}
    with tempfile.TemporaryDirectory(prefix="tripkit-growth-") as name:
        folder = Path(name)
        on = machine(folder)
        for kind in (*(["PostgreSQL"] if postgres else []), "SQLite"):
            for number, (participants, queue) in enumerate(SIZES):
                with grown_database(kind, folder, participants, queue) as url:
                    found.setdefault(kind, []).append(measure(url, folder / f"{kind}-{number}", with_memory=True))
    said = (
        f"{on}\n" + (f"PostgreSQL {postgres}. " if postgres else "") + f"Measured in {time.monotonic() - began:.0f} s."
    )
    text = f"{said.strip()}\n\n{tables(found)}"
    print(text)
    if given.write:
        write_between(DOCUMENT, "growth", text)


if __name__ == "__main__":
    main()
