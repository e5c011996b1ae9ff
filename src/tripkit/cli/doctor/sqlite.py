"""The doctor on SQLite: is its file whole, on a local disk, and written ahead; who may read it stands with the files."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from tripkit.cli.doctor.findings import Finding, fine, wrong

_REMOTE = re.compile(r"(nfs|cifs|smb|9p|afs|ceph|gluster|lustre|beegfs|gpfs|ocfs|davfs|vboxsf|virtiofs|fuse\.|fuseblk)")
"""Kinds of file systems whose locks reach other machines late, or not at all."""


def look(engine: Engine) -> Iterator[Finding]:
    """Disk, journal, integrity."""
    file = Path(engine.url.database or "").absolute()
    mounts = Path("/proc/self/mountinfo")
    if sys.platform == "linux" and mounts.exists():
        yield disk(file, mounts.read_text("utf-8", "replace"))
    with engine.connect() as connection:
        yield journal(connection)
        yield integrity(connection, file)


def disk(file: Path, mounts: str) -> Finding:
    """Whether the file is on a disk of this machine. ``mounts``: what ``/proc/self/mountinfo`` says (proc(5))."""
    nearest, kind = Path("/"), ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        # A space in a path is written as \040.
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), left.split()[4]))
        if file.is_relative_to(point) and len(point.parts) >= len(nearest.parts):
            nearest, kind = point, right.split()[0]
    if _REMOTE.match(kind):
        return wrong(
            f"{file} is on a network share ({kind}): locks do not hold there, and the file will break.",
            "Move it to a disk of this machine, or use PostgreSQL.",
        )
    return fine(f"It is on a disk of this machine{f' ({kind})' if kind else ''}.")


def journal(connection: Connection) -> Finding:
    """Whether it is written ahead, so that who reads never waits for who writes."""
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if mode != "wal":
        return wrong(
            f"Its journal is “{mode}” and not “wal”: this disk does not allow it, and readers and writers block each other.",
            "Move it to a disk of this machine.",
        )
    return fine("It is written ahead (wal), and each commit waits for the disk.")


def integrity(connection: Connection, file: Path) -> Finding:
    """Whether every page of the file is what it should be."""
    try:
        said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(3)")]
    except DatabaseError as error:
        said = [str(error.orig)]
    if said == ["ok"]:
        return fine("Its file is whole.")
    return wrong(
        f"Its file is damaged: {'; '.join(' '.join(one.split()) for one in said)[:200]}",
        f"Stop tripkit, put {file} aside, and restore the newest backup that is whole.",
    )
