"""An installation that has grown: many trips with bookings, queues, offers and messages, written in bulk; `python -m bench.grown`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from sqlalchemy import Engine

from bench.bulk import A_PIECE, Bulk
from bench.grown_accounts import ACCOUNTS, add_accounts
from bench.grown_letters import add_letters
from bench.grown_rows import NOW, add_booking, add_trip, finish_trip
from bench.grown_trips import LOOKED_AT, ORGANISATIONS, grown_trips
from tripkit.cli.demo import sample_directory
from tripkit.eventfile import read_event
from tripkit.storage import open_engine
from tripkit.storage.columns import columns_of
from tripkit.storage.migrations import upgrade
from tripkit.storage.trips import OrganisationRow


def grow(engine: Engine, *, participants: int, queue: int = 0) -> None:
    """Fill an empty, migrated database. ``queue``: how many more wait for the trip that is looked at."""
    random = Random(22)
    with engine.begin() as connection:
        bulk = Bulk(connection)
        hosts = _hosts(bulk)
        for grown in grown_trips(participants, queue):
            trip = add_trip(bulk, hosts[grown.organisation], grown.trip)
            left = grown.wanted
            while left:
                party = min(left, random.choice((1, 1, 1, 2, 2, 3)))
                add_booking(bulk, random, trip, party)
                left -= party
            finish_trip(bulk, trip)
            if grown.trip.key == LOOKED_AT:
                accounts = add_accounts(bulk, hosts[grown.organisation], trip.bookings[:ACCOUNTS])
                add_letters(bulk, trip.id, trip.bookings, accounts)
            bulk.flush(at_least=A_PIECE)
        bulk.finish()


def _hosts(bulk: Bulk) -> Sequence[int]:
    host = read_event(sample_directory()).organisation
    made = [replace(host, key=f"{host.key}-{number}" if number else host.key) for number in range(ORGANISATIONS)]
    # Each asks for an address of its own, which whoever runs the site may confirm.
    asked = {one.key: f"{one.key}.tripkit.example" for one in made[1:]}
    return [
        bulk.add(OrganisationRow, **columns_of(one, OrganisationRow), asked_host=asked.get(one.key)) for one in made
    ]


def main() -> None:
    """Make one."""
    parser = argparse.ArgumentParser(prog="python -m bench.grown", description=__doc__)
    parser.add_argument("database", help="The address of an empty database, as in TRIPKIT_DATABASE.")
    parser.add_argument(
        "--participants", type=int, default=100_000, help="How many (default 100,000), a hundred to a trip."
    )
    parser.add_argument("--queue", type=int, default=0, help="How many more wait for the trip “looked-at” (default 0).")
    given = parser.parse_args()
    engine = open_engine(given.database)
    upgrade(engine)
    began = time.monotonic()
    grow(engine, participants=given.participants, queue=given.queue)
    engine.dispose()
    print(f"Made in {time.monotonic() - began:.0f} s. Look at it with TRIPKIT_CLOCK={NOW.isoformat()}")


if __name__ == "__main__":
    main()
