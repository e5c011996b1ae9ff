"""A trip that fifty thousand people have signed up for, as its organisers look at it: how soon, and in how much memory; a minute or two."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from bench.askers import SIGN_IN, browser_of, filled_in
from bench.bulk import Bulk
from bench.costs import site_on
from bench.figures import machine
from bench.grown import _hosts
from bench.grown_accounts import ACCOUNTS, WHOLE, add_accounts, sign_in_secret
from bench.grown_rows import add_booking, add_trip, finish_trip
from bench.grown_trips import LOOKED_AT, moved
from bench.requests import HOST
from bench.served import roomy_trip
from bench.servers import database, postgres_version
from tripkit.storage import open_engine
from tripkit.storage.migrations import upgrade

PEOPLE = 50_000
LIST = f"/en/organise/{HOST}/trips/{LOOKED_AT}/participants/"
PAGES = {
    "participants: first page by name": "",
    "participants: last page by name": "?page={last}",
    "participants: first come first": "?order=came",
    "participants: with a name searched": "?words=deltagare+123-1",
    "participants: of one group": "?segment=police",
}


def long_list(engine: Engine, people: int) -> None:
    """Fill an empty, migrated database: one trip, with room for everybody, and its owners' accounts."""
    random = Random(22)
    with engine.begin() as connection:
        bulk = Bulk(connection)
        hosts = _hosts(bulk)
        trip = add_trip(bulk, hosts[0], moved(replace(roomy_trip(), key=LOOKED_AT), 2))
        left = people
        while left:
            party = min(left, random.choice((1, 1, 1, 2, 2, 3)))
            add_booking(bulk, random, trip, party)
            left -= party
        finish_trip(bulk, trip)
        add_accounts(bulk, hosts[0], trip.bookings[:ACCOUNTS])
        bulk.finish()


def _milliseconds(client: FlaskClient, path: str, runs: int) -> float:
    taken = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[1:])


def _most_memory() -> float:
    """Megabytes. What `getrusage` says is also what the process had that started this one."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def measure(url: str, runs: int) -> Mapping[str, str]:
    """What was measured, by its name."""
    app, engine = site_on(url)
    # One of the owners; to look for others to ask would take more memory than what is measured.
    member = {SIGN_IN: sign_in_secret(1, WHOLE)}
    client = browser_of(app, member)
    found = {}
    for name, query in PAGES.items():
        path = LIST + query.format(last=PEOPLE // 100)
        found[name] = f"{_milliseconds(client, path, runs):,.0f} ms"
    for kind in ("csv", "xlsx"):
        fields = {**filled_in(client, LIST, {}, member), "as": kind}
        began = time.perf_counter()
        answer = client.post(f"{LIST}file/", data=fields, buffered=False)
        size = sum(len(piece) for piece in answer.iter_encoded())
        answer.close()
        took = time.perf_counter() - began
        found[f"participants as {kind}"] = f"{took:,.1f} s, {size / 1e6:.1f} MB"
    found["memory of the process, at most"] = f"{_most_memory():,.0f} MB"
    engine.dispose()
    return found


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--measure", metavar="DATABASE")
    given = parser.parse_args()
    if given.measure:
        for what, how in measure(given.measure, given.runs).items():
            print(f"{what}: {how}", flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="tripkit-list-") as name:
        folder = Path(name)
        print(machine(folder))
        for kind in ("SQLite", *(["PostgreSQL"] if postgres_version() else [])):
            with database(kind, folder) as url:
                engine = open_engine(url)
                upgrade(engine)
                long_list(engine, given.people)
                if kind == "PostgreSQL":
                    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                        connection.execute(text("VACUUM ANALYZE"))
                engine.dispose()
                print(kind, flush=True)
                # In a process of its own: its memory is that of a site, and not of filling a database.
                command = [sys.executable, "-m", "bench.long_list", "--runs", str(given.runs), "--measure", url]
                subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
