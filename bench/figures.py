"""What was measured, as medians and ratios, and the machine it was measured on."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bench.visitors import Round


@dataclass(frozen=True, slots=True)
class Figures:
    """One thing that was measured. ``ratio``: of its rate to the bare one's, the median of the rounds, and its span."""

    name: str
    per_second: float
    median: float
    p99: float
    ratio: float
    lowest: float
    highest: float


def figures(name: str, rounds: Sequence[Round], bare: Sequence[Round]) -> Figures:
    """Sum up. Each round is compared with the bare one beside it, so that noise that lasts hits both."""
    ratios = [one.per_second / other.per_second for one, other in zip(rounds, bare, strict=True)]
    times = sorted(time for one in rounds for time in one.times)
    return Figures(
        name=name,
        per_second=statistics.median(one.per_second for one in rounds),
        median=statistics.median(times) * 1000,
        p99=times[min(len(times) - 1, int(len(times) * 0.99))] * 1000,
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
    )


def table(heading: str, rows: Sequence[Figures]) -> str:
    """A table to print: the first row is the bare one."""
    width = max(len(row.name) for row in rows)
    lines = [heading, f"  {'':{width}}  {'a second':>9}  {'median':>8}  {'p99':>8}  of bare (lowest to highest round)"]
    for row in rows:
        ratio = "" if row is rows[0] else f"{row.ratio:.2f} ({row.lowest:.2f} to {row.highest:.2f})"
        lines.append(
            f"  {row.name:{width}}  {row.per_second:9,.0f}  {row.median:5.1f} ms  {row.p99:5.1f} ms  {ratio}".rstrip()
        )
    return "\n".join(lines)


def machine(folder: Path) -> str:
    """What was measured on, and with."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("flask", "sqlalchemy", "waitress"))
    return (
        f"{_processor()}, {os.cpu_count()} processors, {platform.system()} {platform.release()}\n"
        f"Python {platform.python_version()}, {versions}, SQLite {sqlite3.sqlite_version}\n"
        f"Writing four kilobytes to this disk and waiting for it takes {_disk_wait(folder):.1f} ms."
        f" Load before: {os.getloadavg()[0]:.1f}."
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _disk_wait(folder: Path) -> float:
    """Milliseconds until the disk has what was written, the median of thirty times."""
    waits = []
    with (folder / "disk").open("wb") as file:
        for _ in range(30):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            waits.append(time.perf_counter() - began)
    return statistics.median(waits) * 1000
