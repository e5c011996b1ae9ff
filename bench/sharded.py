"""What a hot counter costs in one row, in shards or as tickets by the batch, on PostgreSQL; `python -m bench.sharded --write`."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

from sqlalchemy import make_url

from bench.marked import write_between
from bench.servers import POSTGRES, database, postgres_version, shown

DOCUMENT = Path(__file__).parents[1] / "docs" / "scaling.md"
PLACES, PEOPLE = 300, 900
HOLD = 0.005
"""Seconds a sign-up has the counter to itself: about as long as ours does, from locking the pools to the commit."""
CLIENTS = (4, 16, 48)
WAYS = (("one row", 1, 1), ("4 shards", 4, 1), ("16 shards", 16, 1), ("batches of 5", 1, 5), ("batches of 20", 1, 20))
"""Name, shards, and tickets that a client takes at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a rush. ``a_second``: places given, until the last one was.

    ``jumped``: got a place though they came when as many as there are places had come before, so that as many others
    were told it was full while it was not. ``asked``: counters asked by each of the last tenth of those with a place.
    """

    a_second: float
    placed: int
    counted: int
    jumped: int
    asked: float

    def is_wrong(self, places: int, batch: int) -> bool:
        """Whether more was given out than there is, or less though nobody held any back."""
        return max(self.placed, self.counted) > places or (batch == 1 and self.placed < places)


def rush(
    url: str, shards: int, batch: int, clients: int, *, places: int = PLACES, people: int = PEOPLE, guarded: bool = True
) -> Run:
    """So many clients serve people as fast as they can, in the order in which they come, until everybody has an answer.

    ``guarded``: without it, a client reads how many are taken and then counts up, as a program that trusts itself.
    """
    import psycopg  # noqa: PLC0415 (an extra: only this needs it)

    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    bound = "CHECK (taken <= size)" if guarded else "CHECK (taken >= 0)"
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute("DROP TABLE IF EXISTS shard, booking")
        connection.execute(f"CREATE TABLE shard (id int PRIMARY KEY, size int, taken int, {bound})")
        connection.execute("CREATE TABLE booking (arrival int PRIMARY KEY, asked int)")
        for shard in range(shards):
            size = places // shards + (shard < places % shards)
            connection.execute("INSERT INTO shard VALUES (%s, %s, 0)", (shard, size))
    arrivals = count(1)
    given_at: list[float] = []

    def serve(client: int) -> None:
        random, tickets = Random(client), 0
        with closing(psycopg.connect(address)) as connection:
            while (arrival := next(arrivals)) <= people:
                asked = 0
                if not tickets:
                    # Any shard first, and when that one is empty, all the others: nobody is told it is full before.
                    for shard in random.sample(range(shards), shards):
                        asked += 1
                        tickets = _take(connection, shard, batch, guarded)
                        if tickets:
                            break
                        connection.rollback()  # An empty one is let go of first: nobody waits in a ring.
                    if tickets and batch > 1:
                        connection.commit()  # They are this client's: nobody waits while it gives them out.
                if tickets:
                    tickets -= 1
                    connection.execute("SELECT pg_sleep(%s)", (HOLD,))  # The rest of a sign-up, without its work.
                    connection.execute("INSERT INTO booking VALUES (%s, %s)", (arrival, asked))
                    connection.commit()
                    given_at.append(time.perf_counter())

    began = time.perf_counter()
    _at_once(serve, clients)
    with closing(psycopg.connect(address)) as connection:
        booked = connection.execute("SELECT arrival, asked FROM booking ORDER BY arrival").fetchall()
        ((taken,),) = connection.execute("SELECT sum(taken) FROM shard").fetchall()
    return Run(
        a_second=len(booked) / (max(given_at) - began),
        placed=len(booked),
        counted=int(taken),
        jumped=sum(arrival > places for arrival, _ in booked),
        asked=_of_the_last([asked for _, asked in booked]),
    )


def _take(connection: Any, shard: int, batch: int, guarded: bool) -> int:
    """How many of a shard were taken: as many as wanted, or what is left of it. The row is locked until the commit."""
    lock = " FOR UPDATE" if guarded else ""
    ((left,),) = connection.execute(f"SELECT size - taken FROM shard WHERE id = %s{lock}", (shard,)).fetchall()
    taken = max(0, min(batch, left))
    if taken:
        connection.execute("UPDATE shard SET taken = taken + %s WHERE id = %s", (taken, shard))
    return taken


def _at_once(do: Callable[[int], None], clients: int) -> None:
    threads = [Thread(target=do, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _of_the_last(asked: Sequence[int]) -> float:
    last = asked[-max(1, len(asked) // 10) :]
    return sum(last) / len(last)


def table(url: str) -> str:
    """What PostgreSQL did. Raises: SystemExit when anybody was oversold or forgotten."""
    return "\n".join(_lines(url))


def _lines(url: str) -> Iterator[str]:
    heads = [f"a second, {clients} at once" for clients in CLIENTS]
    yield f"| {PLACES} places, {PEOPLE} people | {' | '.join(heads)} | jumped | not given out | asked by the last |"
    yield "|---" * (len(CLIENTS) + 4) + "|"
    for name, shards, batch in WAYS:
        runs = [rush(url, shards, batch, clients) for clients in CLIENTS]
        if any(run.is_wrong(PLACES, batch) for run in runs):
            raise SystemExit(f"That was wrong: {runs}")
        rates, last = " | ".join(f"{run.a_second:,.0f}" for run in runs), runs[-1]
        yield f"| {name} | {rates} | {last.jumped} | {PLACES - last.placed} | {last.asked:.1f} |"
    oversold = rush(url, 1, 1, CLIENTS[-1], guarded=False)
    yield f"\nWithout lock and bound, {oversold.placed} people got one of the {PLACES} places."


def main() -> None:
    """Rush, and print or write."""
    parser = argparse.ArgumentParser(prog="python -m bench.sharded", description=__doc__)
    parser.add_argument("--write", action="store_true", help="Write the table into docs/scaling.md.")
    given = parser.parse_args()
    if postgres_version() is None:
        raise SystemExit(f"No PostgreSQL can be used at {shown(POSTGRES)}.")
    with tempfile.TemporaryDirectory(prefix="tripkit-sharded-") as name, database("PostgreSQL", Path(name)) as url:
        text = table(url)
    print(text)
    if given.write:
        write_between(DOCUMENT, "sharded", text)


if __name__ == "__main__":
    main()
