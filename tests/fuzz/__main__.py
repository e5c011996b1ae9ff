"""`python -m tests.fuzz`: so many requests to a site of its own, everything that is wrong with an answer, and how to see it again."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from bench.marked import write_between
from tests.fuzz.many import Sum, many
from tests.fuzz.run import Fuzzer, Run, fuzzer
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "security.md"


def arguments(given: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Send a site what nobody would think of.")
    parser.add_argument("--requests", type=int, default=3000, help="how many (default: 3000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other requests (default: 1)")
    parser.add_argument("--case", type=int, help="only this one, with its answer")
    parser.add_argument(
        "--processes", type=int, default=1, help="how many ask at once, each a site of its own (default: 1)"
    )
    parser.add_argument(
        "--database", help="the address of an empty database, for one process; default: SQLite, in memory"
    )
    parser.add_argument("--write", action="store_true", help="write the figures into docs/security.md")
    return parser.parse_args(given)


def one(on: Fuzzer, seed: int, number: int) -> Run:
    """Run one case, and show what was sent and what came back."""
    done = Run()
    for ask, answer in on.walk(seed, number, done):
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        sys.stdout.write(f"{ask.told()}\n\n{answer.status}\n{headers}\n\n{answer.text}\n\n")
    sys.stdout.write("\n".join(finding.told() for finding in done.findings) or "Nothing is wrong with it.\n")
    return done


def figures(done: Sum, seed: int, database: str) -> str:
    """What stands in docs/security.md."""
    return (
        f"{datetime.now(UTC):%-d %B %Y}, {database}, seed {seed}, {done.forms} forms as they were found: **{done.requests:,} requests**. "
        f"{done.statuses[303]:,} forms were taken, {done.refused():,} requests refused in words, {done.statuses[503]:,} told to wait "
        f"while the database was away. **{done.errors()} errors of ours, {done.kinds.total()} answers with anything wrong.**"
    )


def main(given: list[str]) -> int:
    """Run it. 1 when anything was found."""
    asked = arguments(given)
    if asked.case is not None:
        with fuzzer(asked.database) as on:
            return bool(one(on, asked.seed, asked.case).findings)
    done = many(asked.seed, asked.requests, 1 if asked.database else asked.processes, asked.database)
    database = "PostgreSQL" if asked.database else "SQLite"
    found = figures(done, asked.seed, database)
    sys.stdout.write(f"{found}\n")
    if asked.write:
        write_between(PAGE, f"requests on {database}", found)
    return bool(done.kinds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
