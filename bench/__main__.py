"""Measures pages and sign-ups against bare Flask, in turn and in one run, and prints the ratios; two to three minutes."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from bench.figures import Figures, figures, machine, table
from bench.requests import filled_in, get, sign_up, trip_path
from bench.served import make_bare_database, make_tripkit_database, roomy_trip, sample_trip
from bench.servers import POSTGRES, SERVERS, database, described, postgres_version, redis, served, shown
from bench.visitors import VISITORS, Ask, Crowd, Line, Round

BARE = "bare Flask"


def measure(crowd: Crowd, asks: Mapping[str, tuple[int, Ask]], rounds: int, seconds: float) -> list[Figures]:
    """Each of these in turn, round after round, so that noise hits all alike. ``asks``: name to port and request."""
    found: dict[str, list[Round]] = {name: [] for name in asks}
    for port, ask in asks.values():
        crowd.visit(port, ask, 0.3)  # The first answers load what later ones find in memory.
    for _ in range(rounds):
        for name, (port, ask) in asks.items():
            found[name].append(crowd.visit(port, ask, seconds))
    return [figures(name, of, found[BARE]) for name, of in found.items()]


def measure_pages(crowd: Crowd, server: str, folder: Path, rounds: int, seconds: float) -> list[Figures]:
    """The public trip page beside a bare page of as many bytes."""
    trip = sample_trip()
    path = trip_path(trip)
    with ExitStack() as stack:
        url = stack.enter_context(database("SQLite", folder))
        make_tripkit_database(url, trip)
        ours = stack.enter_context(served(server, folder, kind="tripkit", database=url))
        _, head, body = Line(ours).ask(get(path).request)
        etag = next(line.partition(b": ")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"etag"))
        bare = stack.enter_context(served(server, folder, kind="bare", database=url, size=len(body)))
        asks = {
            BARE: (bare, get("/page")),
            "trip page, kept": (ours, get(path)),
            "trip page, not modified": (ours, get(path, 304, If_None_Match=etag.decode())),
            "trip page, asked whether it changed": (ours, get(path, X_Bench="ask")),
            "trip page, written anew": (ours, get(path, X_Bench="write anew")),
            "sign-up form": (ours, get(f"{path}sign-up/")),
        }
        if address := stack.enter_context(redis(folder)):
            sharing = stack.enter_context(served(server, folder, kind="tripkit", database=url, redis=address))
            asks["trip page, found in Redis"] = (sharing, get(path, X_Bench="write anew"))
        rows = measure(crowd, asks, rounds, seconds)
    print(table(f"Pages of {len(body):,} bytes, {described(server)}, SQLite", rows), end="\n\n", flush=True)
    return rows


def measure_sign_ups(crowd: Crowd, server: str, kind: str, folder: Path, rounds: int, seconds: float) -> Figures:
    """Sending the sign-up form beside the bare transaction: one conditional update, one insert, one commit."""
    trip = roomy_trip()
    with ExitStack() as stack:
        url, bare_url = (stack.enter_context(database(kind, folder)) for _ in range(2))
        make_tripkit_database(url, trip)
        make_bare_database(bare_url)
        ours = stack.enter_context(served(server, folder, kind="tripkit", database=url))
        bare = stack.enter_context(served(server, folder, kind="bare", database=bare_url, size=0))
        body, cookie = filled_in(ours, trip)
        asks = {
            BARE: (bare, sign_up("/sign-up", body)),
            "tripkit": (ours, sign_up(f"{trip_path(trip)}sign-up/", body, cookie)),
        }
        rows = measure(crowd, asks, rounds, seconds)
    print(table(f"Sign-ups, {described(server)}, {kind}", rows), end="\n\n", flush=True)
    return rows[1]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="Rounds of each measurement (default 5).")
    parser.add_argument("--seconds", type=float, default=0.8, help="Seconds of one round (default 0.8).")
    parser.add_argument("--server", choices=SERVERS, action="append", help="Measure under this server only.")
    parser.add_argument("--sqlite", action="store_true", help="Measure on SQLite only.")
    given = parser.parse_args()
    began = time.monotonic()
    heads: list[str] = []
    postgres = None if given.sqlite else postgres_version()
    absent = "as you asked" if given.sqlite else f"none can be used at {shown(POSTGRES)}"
    with tempfile.TemporaryDirectory(prefix="tripkit-bench-") as name, Crowd() as crowd:
        folder = Path(name)
        print(machine(folder))
        print(f"PostgreSQL {postgres}" if postgres else f"PostgreSQL is not measured: {absent}.")
        print(f"{VISITORS} visitors, each asking again as soon as it is answered; {given.rounds} rounds, in turn.\n")
        for server in given.server or SERVERS:
            page = measure_pages(crowd, server, folder, given.rounds, given.seconds)[1]
            heads.append(f"{server}: a kept trip page comes at {page.ratio:.2f} of the rate of a bare Flask page")
            for kind in ("SQLite", *(["PostgreSQL"] if postgres else [])):
                made = measure_sign_ups(crowd, server, kind, folder, given.rounds, given.seconds)
                heads.append(f"{server}, {kind}: sign-ups at {made.ratio:.2f} of the rate of the bare transaction")
    print("\n".join(heads))
    print(f"Measured in {time.monotonic() - began:.0f} seconds.")


if __name__ == "__main__":
    main()
